"""A provider takes the money of a settled top-up back, though it may be spent by then."""

from __future__ import annotations

import uuid
from datetime import datetime

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import credit
from wallet.chart import SAFEGUARDING
from wallet.errors import ReversalReferenceReused, TopUpNotSettled, UnknownTopUp
from wallet.idempotency import use_case
from wallet.models import TopUp, Wallet
from wallet.topups.deciding import locked, move, record
from wallet.wallets import lock
from wallet.wallets.debts import freeze, owe, owed


@use_case
def reverse(*, public_id: uuid.UUID, amount: Money, reference: str, at: datetime) -> TopUp:
    """Take back what is there, book the rest as a debt; once per reference of the provider.

    Raises:
        UnknownTopUp: it was never asked for, or for another amount.
        TopUpNotSettled: it is not settled, or was reversed under another reference.
        ReversalReferenceReused: the reference stands for the reversal of another top-up.

    """
    top_up = locked(public_id)
    if top_up.amount != amount:
        raise UnknownTopUp
    if top_up.reversal_reference == reference:
        return top_up
    if top_up.status != TopUp.Status.SETTLED:
        raise TopUpNotSettled
    if TopUp.objects.filter(reversal_reference=reference).exists():
        raise ReversalReferenceReused
    move(top_up, TopUp.Status.REVERSED)
    top_up.reversed_at, top_up.reversal_reference = at, reference
    top_up.save(update_fields=["status", "reversed_at", "reversal_reference"])
    (wallet,) = lock(top_up.wallet)
    _take_back(wallet, top_up, at)
    due = owed(wallet)
    if due.minor > 0:
        freeze(wallet, at=at)
    told = {"amount": due.to_major(), "currency": due.currency}
    record(top_up, "top_up.reversed", at, owed=told)
    return top_up


def _take_back(wallet: Wallet, top_up: TopUp, at: datetime) -> None:
    amount = top_up.amount
    owe(
        wallet,
        amount,
        credits=[credit(account_id(SAFEGUARDING, amount.currency), amount)],
        kind="TOP_UP_REVERSAL",
        reference=f"top_up_reversal:{top_up.public_id}",
        at=at,
    )
