"""Transfers that happen later, and can be cancelled until then.

Who may send is decided when a transfer is scheduled, by the proof that is shown then; whether
there is enough money, and room in the limits, is decided when it is due.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from ledger.errors import LedgerError
from ledger.money import Money
from wallet.errors import InvalidDueTime, ScheduledTransferNotOpen, WalletError
from wallet.events import record
from wallet.facts import facts_of
from wallet.idempotency import use_case
from wallet.models import ScheduledTransfer, Transfer, Wallet
from wallet.proof.proofs import Means, Proof
from wallet.proof.rules import authorize
from wallet.transfers.payees import find_payee
from wallet.transfers.sending import PURPOSE, Sending, lock_both, move, require_currency

log = logging.getLogger(__name__)

Status = ScheduledTransfer.Status
EDGES = frozenset(
    {
        (Status.SCHEDULED, Status.SENT),
        (Status.SCHEDULED, Status.CANCELLED),
        (Status.SCHEDULED, Status.FAILED),
    }
)
FURTHEST = timedelta(days=366)
BATCH = 100


@use_case
def schedule(  # noqa: PLR0913 - a transfer, and when.
    *,
    sender: Wallet,
    payee: str,
    amount: Money,
    memo: str,
    due_at: datetime,
    proof: Proof,
    at: datetime,
) -> ScheduledTransfer:
    """Write down a transfer for later; the money stays where it is until then.

    Raises:
        InvalidDueTime: it is not in the future, or more than a year away.
        UnknownRecipient, TooManyLookups, TransferToSelf: as for a transfer.
        CurrencyMismatch, WalletNotOpen: as for a transfer.

    """
    if not at < due_at <= at + FURTHEST:
        raise InvalidDueTime
    require_currency(sender, amount)
    recipient = find_payee(payee=payee, asker=sender, at=at)
    locked = lock_both(Sending(sender, recipient, amount, memo)).sender
    phone = recipient.holder.phone
    authorize(proof=proof, wallet=locked, purpose=PURPOSE, amount=amount, payee=phone, at=at)
    scheduled = ScheduledTransfer.objects.create(
        sender=sender,
        recipient=recipient,
        amount_minor=amount.minor,
        currency=amount.currency,
        memo=memo,
        means=proof.means,
        scheduled_at=at,
        due_at=due_at,
    )
    _tell(scheduled, "transfer.scheduled", at, due_at=due_at)
    return scheduled


@use_case
def cancel(*, scheduled: ScheduledTransfer, at: datetime) -> ScheduledTransfer:
    """Cancel a transfer that has not been sent.

    Raises:
        ScheduledTransferNotOpen: it was sent or cancelled, or it failed.

    """
    rows = ScheduledTransfer.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("recipient__holder__profile").get(pk=scheduled.pk)
    _decide(found, Status.CANCELLED, at)
    return found


@use_case
def execute(*, scheduled_id: int, at: datetime) -> bool:
    """Send one transfer that is due, or note why not; false when somebody else is at it."""
    due = ScheduledTransfer.objects.filter(
        pk=scheduled_id, status=Status.SCHEDULED, due_at__lte=at
    )
    scheduled = (
        due.select_related("sender", "recipient")
        .select_for_update(no_key=True, of=("self",), skip_locked=True)
        .first()
    )
    if scheduled is None:
        return False
    try:
        with transaction.atomic():
            transfer = _send(scheduled, at)
    except (WalletError, LedgerError) as exc:
        _decide(scheduled, Status.FAILED, at, reason=exc.code)
        _tell(scheduled, "transfer.failed", at, reason=exc.code)
    else:
        _decide(scheduled, Status.SENT, at, transfer=transfer)
    return True


def execute_due(*, at: datetime) -> int:
    """Send all transfers that are due, each by itself; return how many were decided."""
    due = ScheduledTransfer.objects.filter(status=Status.SCHEDULED, due_at__lte=at)
    decided = 0
    for scheduled_id in list(due.order_by("due_at").values_list("pk", flat=True)[:BATCH]):
        try:
            decided += execute(scheduled_id=scheduled_id, at=at)
        except DatabaseError:
            log.exception("transfer %s could not be sent; the next run tries again", scheduled_id)
    return decided


def _send(scheduled: ScheduledTransfer, at: datetime) -> Transfer:
    sending = Sending(scheduled.sender, scheduled.recipient, scheduled.amount, scheduled.memo)
    proof = Proof(scheduled.sender.holder_id, Means(scheduled.means))
    return move(lock_both(sending), proof=proof, at=at)


def _decide(
    scheduled: ScheduledTransfer,
    status: ScheduledTransfer.Status,
    at: datetime,
    *,
    reason: str = "",
    transfer: Transfer | None = None,
) -> None:
    if (scheduled.status, status) not in EDGES:
        raise ScheduledTransferNotOpen(scheduled.status)
    scheduled.status, scheduled.decided_at = status, at
    scheduled.reason, scheduled.transfer = reason, transfer
    scheduled.save(update_fields=["status", "decided_at", "reason", "transfer"])


def _tell(scheduled: ScheduledTransfer, kind: str, at: datetime, **more: object) -> None:
    name, memo = "scheduled_transfer_id", scheduled.memo
    facts = facts_of(name, scheduled.public_id, scheduled.amount, memo, **more)
    record(wallet=scheduled.sender, kind=kind, facts=facts, at=at)
