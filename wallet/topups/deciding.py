"""What the provider decided about a top-up."""

from __future__ import annotations

import uuid
from datetime import datetime

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import debit, post
from wallet import events
from wallet.chart import PROVIDER_RECEIVABLE
from wallet.errors import BankReferenceReused, TopUpNotPending, UnknownTopUp
from wallet.idempotency import use_case
from wallet.models import Provider, TopUp
from wallet.topups.failures import note_failure
from wallet.wallets import lock
from wallet.wallets.debts import incoming, thaw

_Status = TopUp.Status

# Every way that a top-up goes; all others are refused.
EDGES = {
    (_Status.PENDING, _Status.SETTLED),
    (_Status.PENDING, _Status.FAILED),
    (_Status.SETTLED, _Status.REVERSED),
}


@use_case
def settle(
    *, public_id: uuid.UUID, amount: Money, at: datetime, provider_reference: str = ""
) -> TopUp:
    """Credit the wallet once the provider confirms the money; a second time changes nothing.

    Raises:
        UnknownTopUp: it was never asked for, or for another amount.
        TopUpNotPending: it failed before.
        BankReferenceReused: the provider gave this reference to another top-up.

    """
    top_up = locked(public_id)
    # A bank transfer is settled by the money that arrives, never by word alone.
    if top_up.amount != amount or top_up.provider != Provider.CARD:
        raise UnknownTopUp
    if top_up.status in (_Status.SETTLED, _Status.REVERSED):
        return top_up
    (top_up.wallet,) = lock(top_up.wallet)
    mark_settled(top_up, provider_reference, at)
    post(
        kind="TOP_UP",
        reference=f"top_up:{public_id}",
        legs=[
            debit(account_id(PROVIDER_RECEIVABLE, amount.currency), amount),
            *incoming(top_up.wallet, amount),
        ],
        effective_at=at,
    )
    thaw(top_up.wallet, at=at)
    return top_up


@use_case
def fail(*, public_id: uuid.UUID, at: datetime, reason: str = "") -> TopUp:
    """Note that the provider refused; a second time changes nothing.

    Raises:
        UnknownTopUp: it was never asked for.
        TopUpNotPending: it was settled before.

    """
    top_up = locked(public_id)
    if top_up.status == _Status.FAILED:
        return top_up
    move(top_up, _Status.FAILED)
    top_up.decided_at, top_up.failure_reason = at, reason
    top_up.save(update_fields=["status", "decided_at", "failure_reason"])
    record(top_up, "top_up.failed", at, reason=reason)
    note_failure(top_up, at=at)
    return top_up


def mark_settled(top_up: TopUp, provider_reference: str, at: datetime) -> None:
    """Note a locked top-up as settled; the caller posts its money.

    Raises:
        TopUpNotPending: it failed before.
        BankReferenceReused: the provider gave this reference to another top-up.

    """
    move(top_up, _Status.SETTLED)
    refuse_reused(top_up, provider_reference)
    top_up.decided_at, top_up.provider_reference = at, provider_reference
    top_up.save(update_fields=["status", "decided_at", "provider_reference"])
    record(top_up, "top_up.settled", at)


def refuse_reused(top_up: TopUp, provider_reference: str) -> None:
    """Refuse a reference that stands for another top-up.

    Raises:
        BankReferenceReused: it does.

    """
    same = TopUp.objects.filter(provider=top_up.provider, provider_reference=provider_reference)
    if provider_reference and same.exclude(pk=top_up.pk).exists():
        raise BankReferenceReused


def locked(public_id: uuid.UUID) -> TopUp:
    """Return a top-up, locked.

    Raises:
        UnknownTopUp: it was never asked for.

    """
    found = (
        TopUp.objects.select_for_update(no_key=True, of=("self",))
        .select_related("wallet")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise UnknownTopUp
    return found


def move(top_up: TopUp, status: TopUp.Status) -> None:
    """Set the status of a locked top-up, without saving it.

    Raises:
        TopUpNotPending: no edge leads there from where it is.

    """
    if (TopUp.Status(top_up.status), status) not in EDGES:
        raise TopUpNotPending
    top_up.status = status


def record(top_up: TopUp, kind: str, at: datetime, **facts: object) -> None:
    """Tell the holder what became of a top-up."""
    money = {"amount": top_up.amount.to_major(), "currency": top_up.currency}
    told = {"id": str(top_up.public_id), "amount": money, "provider": top_up.provider, **facts}
    events.record(wallet=top_up.wallet, kind=kind, facts=told, at=at)
