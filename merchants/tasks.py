"""Jobs of acceptance."""

from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from merchants.disputes import deciding
from merchants.exports import producing
from merchants.offline import cases, releasing
from merchants.payments import cancelling
from merchants.payouts import sending as paying
from merchants.reconciliation import daily
from merchants.settlement import runs, working
from merchants.webhooks import sending

BUDGET_SECONDS = 45.0  # a job goes on in another one after that
HELPERS = 4
SHARDS_EACH = 8  # so few that it is not worth to ask for help


@shared_task(acks_late=True, ignore_result=True)
def run_due(**_future: object) -> None:
    """Close payments and disputes whose time is over, and the days that are due."""
    cancelling.close_due(at=timezone.now())
    deciding.close_due(at=timezone.now())
    runs.ask_due(at=timezone.now())
    for _ in range(min(HELPERS, working.waiting() // SHARDS_EACH)):
        settle_shards.delay()
    _settle()


@shared_task(acks_late=True, ignore_result=True)
def settle_shards(**_future: object) -> None:
    """Settle shards until none is left to claim."""
    _settle()


@shared_task(acks_late=True, ignore_result=True)
def pay_out(**_future: object) -> None:
    """Hand signed payout runs to the bank, and ask about those it has not answered."""
    paying.send_due(at=timezone.now())
    paying.poll(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def reconcile_days(**_future: object) -> None:
    """Reconcile the days that ended, and those whose statement came since."""
    daily.reconcile_due(at=timezone.now())


def _settle() -> None:
    deadline = time.monotonic() + BUDGET_SECONDS
    while working.settle_next(now=timezone.now):
        if time.monotonic() > deadline:
            settle_shards.delay()
            break
    runs.finish(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def relay_webhooks(**_future: object) -> None:
    """Tell merchants' programs what happened."""
    sending.relay(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def run_offline(**_future: object) -> None:
    """Give back allowances that nobody claimed in time, and book what was lost as debts."""
    releasing.release_due(at=timezone.now())
    cases.book_due(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def make_exports(**_future: object) -> None:
    """Make the reports that were asked for, and remove the files that are too old."""
    deadline = time.monotonic() + BUDGET_SECONDS
    while producing.make_next(now=timezone.now):
        if time.monotonic() > deadline:
            make_exports.delay()
            break
    producing.forget_old(at=timezone.now())
