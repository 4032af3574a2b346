"""Telling the bank about withdrawals, and asking it what became of them."""

from __future__ import annotations

import logging
from datetime import datetime

from wallet.due import ask_about, claim
from wallet.models import Withdrawal
from wallet.providers import payouts
from wallet.providers.channel import ProviderUnavailable
from wallet.withdrawals.asking import POLL_AFTER
from wallet.withdrawals.deciding import confirm, note_sent, take_back

log = logging.getLogger(__name__)

POLL_BATCH = 100
__all__ = ["POLL_AFTER", "apply", "poll", "send"]


def send(*, withdrawal: Withdrawal, at: datetime) -> None:
    """Tell the bank to pay out; without an answer its outcome is unknown, and the poll asks."""
    try:
        _send(withdrawal, at)
    except ProviderUnavailable:
        log.warning("the bank did not answer about %s", withdrawal)


def poll(*, at: datetime) -> int:
    """Ask the bank about withdrawals that nothing was heard of; return how many were decided."""
    undecided = [Withdrawal.Status.ASKED, Withdrawal.Status.SENT]
    rows = Withdrawal.objects.filter(status__in=undecided).select_related("bank_account")
    found = claim(rows, at, POLL_AFTER, POLL_BATCH)
    return ask_about(found, lambda withdrawal: _find_out(withdrawal, at))


def apply(
    withdrawal: Withdrawal, status: str, at: datetime, *, reference: str = "", reason: str = ""
) -> None:
    """Do what the bank says of a withdrawal; the same word again changes nothing.

    Raises:
        WithdrawalState: it contradicts what the bank said before.

    """
    public_id, amount = withdrawal.public_id, withdrawal.amount
    if status == "CONFIRMED":
        confirm(public_id=public_id, amount=amount, at=at)
    elif status == "RETURNED":
        take_back(public_id=public_id, amount=amount, reason=reason, at=at)
    else:
        note_sent(public_id=public_id, at=at, reference=reference)


def _send(withdrawal: Withdrawal, at: datetime) -> None:
    reference = payouts.send(withdrawal)
    note_sent(public_id=withdrawal.public_id, at=at, reference=reference)


def _find_out(withdrawal: Withdrawal, at: datetime) -> bool:
    word = payouts.status(withdrawal)
    if word is None:
        # The bank never heard of it. Should the first message still come, it has the same id.
        _send(withdrawal, at)
        return False
    apply(withdrawal, word.status, at, reference=word.reference, reason=word.reason)
    return word.status != "PENDING"
