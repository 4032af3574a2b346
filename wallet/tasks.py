"""Jobs of the wallet."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from wallet import answers, callbacks, holds, topups, withdrawals
from wallet.codes import handles, misses
from wallet.notices import deliveries, relay
from wallet.proof import devices, one_time_codes, sign_ins, step_ups, tokens
from wallet.topups import automatic
from wallet.transfers import claims, money_requests, schedules
from wallet.withdrawals import accounts


@shared_task(acks_late=True, ignore_result=True)
def poll_top_ups(**_future: object) -> None:
    """Find out what became of top-ups whose callback was lost."""
    topups.poll(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def read_bank_feed(**_future: object) -> None:
    """Read what the bank told since the last time, lost callbacks included."""
    callbacks.read_feed(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def poll_withdrawals(**_future: object) -> None:
    """Find out what became of withdrawals that nothing was heard of."""
    withdrawals.poll(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def check_bank_accounts(**_future: object) -> None:
    """Ask the bank about accounts that it gave no answer for."""
    accounts.check_waiting(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def ask_automatic_top_ups(**_future: object) -> None:
    """Top up the wallets that hold less than their holders want."""
    automatic.run(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def expire_holds(**_future: object) -> None:
    """Give back money that was set aside for too long."""
    holds.expire_due(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def return_claims(**_future: object) -> None:
    """Send back money that nobody claimed in time."""
    claims.return_due(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def send_scheduled_transfers(**_future: object) -> None:
    """Send the transfers that are due."""
    schedules.execute_due(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def expire_money_requests(**_future: object) -> None:
    """Close requests for money that nobody answered in time."""
    money_requests.expire_due(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def relay_events(**_future: object) -> None:
    """Tell people what happened, and send what is due to their telephones and browsers."""
    relay.deliver_due(at=timezone.now())
    deliveries.send_due(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def prune_proofs(**_future: object) -> None:
    """Remove codes, second proofs and answers that nobody can use any more."""
    one_time_codes.prune(at=timezone.now())
    step_ups.prune(at=timezone.now())
    devices.prune(at=timezone.now())
    sign_ins.prune(at=timezone.now())
    tokens.prune(at=timezone.now())
    handles.prune(at=timezone.now())
    misses.prune(at=timezone.now())
    answers.prune(at=timezone.now())
