"""Taking in what the bank says about files and their payments; the same again changes nothing."""

from __future__ import annotations

import logging
from datetime import datetime

from merchants.errors import MerchantError
from merchants.models import Payout, PayoutRun
from merchants.payouts import outcomes, pain002
from merchants.payouts.signing import move
from merchants.states import FileState, PayoutState
from wallet.idempotency import use_case

log = logging.getLogger(__name__)

# Files and payments that the bank's last word about is still to come.
WAITING = (FileState.SENT, FileState.UNKNOWN)
OPEN = (PayoutState.SUBMITTED, PayoutState.UNKNOWN, PayoutState.ACCEPTED)


def hear(answer: pain002.Answer, *, at: datetime) -> None:
    """Take in what the bank says about a file and its payments; the same again changes nothing."""
    if answer.status:
        _hear_file(answer, at)
    for status in answer.payments:
        try:
            _hear_payment(status, at)
        except (MerchantError, Payout.DoesNotExist):
            log.exception("what the bank says of %s is refused", status.end_to_end_id)


@use_case
def note_file(*, number: str, status: str) -> None:
    """Note what the bank says about a file as a whole."""
    run = PayoutRun.objects.select_for_update(no_key=True).filter(number=number).first()
    if run is None or run.state not in WAITING:
        return
    if status in pain002.REJECTED:
        move(run, "reject")
    elif status in pain002.PARTLY:
        move(run, "accept_part")
    elif status in pain002.ACCEPTED | pain002.PAID:
        move(run, "accept")
    run.save()


def _hear_file(answer: pain002.Answer, at: datetime) -> None:
    note_file(number=answer.message_id, status=answer.status)
    if answer.status not in pain002.REJECTED or answer.payments:
        return
    refused = Payout.objects.filter(run__number=answer.message_id, state__in=OPEN)
    for number in refused.order_by("pk").values_list("number", flat=True):
        outcomes.reject(number=number, code=answer.code, reason=answer.reason, at=at)


def _hear_payment(status: pain002.Status, at: datetime) -> None:
    number = status.end_to_end_id
    if status.status in pain002.ACCEPTED:
        outcomes.accept(number=number, at=at, reference=status.reference)
    elif status.status in pain002.PAID:
        outcomes.confirm_paid(number=number, at=at, reference=status.reference)
    elif status.status in pain002.REJECTED:
        outcomes.reject(number=number, code=status.code, reason=status.reason, at=at)
