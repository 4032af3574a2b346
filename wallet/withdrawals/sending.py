"""Telling the bank about withdrawals, and asking it what became of them."""

from __future__ import annotations

import logging
from datetime import datetime

from ledger.errors import LedgerError
from wallet.claims import claim
from wallet.errors import WalletError
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
        reference = payouts.send(withdrawal)
    except ProviderUnavailable:
        log.warning("the bank did not answer about withdrawal %s", withdrawal.public_id)
        return
    note_sent(public_id=withdrawal.public_id, at=at, reference=reference)


def poll(*, at: datetime) -> int:
    """Ask the bank about withdrawals that nothing was heard of; return how many were decided."""
    decided = 0
    open_ones = Withdrawal.objects.filter(
        status__in=[Withdrawal.Status.ASKED, Withdrawal.Status.SENT]
    )
    for found in claim(open_ones.select_related("bank_account"), at, POLL_AFTER, POLL_BATCH):
        try:
            decided += _find_out(found, at)
        except ProviderUnavailable:
            log.warning("the bank did not answer about withdrawal %s", found.public_id)
        except (WalletError, LedgerError):
            log.exception("what the bank says of withdrawal %s is refused", found.public_id)
    return decided


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


def _find_out(withdrawal: Withdrawal, at: datetime) -> bool:
    word = payouts.status(withdrawal)
    if word is None:
        # The bank never heard of it. Should the first message still come, it has the same id.
        send(withdrawal=withdrawal, at=at)
        return False
    apply(withdrawal, word.status, at, reference=word.reference, reason=word.reason)
    return word.status != "PENDING"
