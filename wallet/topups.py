"""Money from a funding provider into a wallet.

Asking is one database transaction, telling the provider comes after its commit, and what the
provider says later is another. A call or a callback that is lost is found out by the poll.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from ledger.accounts import account_id
from ledger.errors import CurrencyMismatch
from ledger.money import Money
from ledger.posting import credit, debit, post
from wallet.activity.notes import note
from wallet.chart import PROVIDER_RECEIVABLE, SAFEGUARDING
from wallet.errors import TopUpNotPending, UnknownTopUp, WalletNotOpen
from wallet.idempotency import use_case
from wallet.models import TopUp, Wallet

POLL_AFTER = timedelta(seconds=30)
POLL_BATCH = 100


@use_case
def ask(*, wallet: Wallet, amount: Money, at: datetime) -> TopUp:
    """Write down that a top-up is wanted; no money moves yet.

    Raises:
        CurrencyMismatch: the wallet is in another currency.
        WalletNotOpen: it is frozen or closed.

    """
    if amount.currency != wallet.currency:
        raise CurrencyMismatch(wallet.currency, amount.currency)
    if wallet.status != Wallet.Status.OPEN:
        raise WalletNotOpen
    return TopUp.objects.create(
        wallet=wallet, amount_minor=amount.minor, currency=amount.currency, asked_at=at
    )


@use_case
def settle(*, public_id: uuid.UUID, amount: Money, at: datetime) -> TopUp:
    """Credit the wallet once the provider confirms the money; a second time changes nothing.

    Raises:
        UnknownTopUp: it was never asked for, or for another amount.
        TopUpNotPending: it failed before.

    """
    top_up = _locked(public_id)
    if top_up.amount != amount:
        raise UnknownTopUp
    if top_up.status == TopUp.Status.SETTLED:
        return top_up
    _decide(top_up, TopUp.Status.SETTLED, at)
    post(
        kind="TOP_UP",
        reference=f"top_up:{public_id}",
        legs=[
            debit(account_id(PROVIDER_RECEIVABLE, amount.currency), amount),
            credit(top_up.wallet.available_account_id, amount),
        ],
        effective_at=at,
    )
    note(
        wallet=top_up.wallet,
        reference=f"top_up:{public_id}",
        kind="TOP_UP",
        counterparty="",
        memo="",
        at=at,
    )
    return top_up


@use_case
def fail(*, public_id: uuid.UUID, at: datetime) -> TopUp:
    """Note that the provider refused; a second time changes nothing.

    Raises:
        UnknownTopUp: it was never asked for.
        TopUpNotPending: it was settled before.

    """
    top_up = _locked(public_id)
    if top_up.status != TopUp.Status.FAILED:
        _decide(top_up, TopUp.Status.FAILED, at)
    return top_up


@use_case
def receive(*, reference: str, amount: Money, at: datetime) -> None:
    """Book the money of confirmed top-ups as it arrives at the bank; once per reference."""
    post(
        kind="PROVIDER_PAYMENT",
        reference=f"provider_payment:{reference}",
        legs=[
            debit(account_id(SAFEGUARDING, amount.currency), amount),
            credit(account_id(PROVIDER_RECEIVABLE, amount.currency), amount),
        ],
        effective_at=at,
    )


def waiting(*, at: datetime) -> list[TopUp]:
    """Return top-ups that nothing was heard of for a while, the oldest first."""
    pending = TopUp.objects.filter(status=TopUp.Status.PENDING, asked_at__lt=at - POLL_AFTER)
    return list(pending.order_by("asked_at")[:POLL_BATCH])


def _locked(public_id: uuid.UUID) -> TopUp:
    found = (
        TopUp.objects.select_for_update(no_key=True, of=("self",))
        .select_related("wallet")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise UnknownTopUp
    return found


def _decide(top_up: TopUp, status: TopUp.Status, at: datetime) -> None:
    if top_up.status != TopUp.Status.PENDING:
        raise TopUpNotPending
    top_up.status, top_up.decided_at = status, at
    top_up.save(update_fields=["status", "decided_at"])
