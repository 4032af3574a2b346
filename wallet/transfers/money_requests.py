"""Asking somebody for money, and what they answer."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError

from ledger.money import Money
from wallet.errors import (
    MoneyRequestNotOpen,
    TooManyRequests,
    TransferToSelf,
    WalletNotOpen,
)
from wallet.events import record
from wallet.facts import facts_of
from wallet.idempotency import use_case
from wallet.models import BillSplit, MoneyRequest, Wallet
from wallet.proof.proofs import Proof
from wallet.proof.rules import authorize
from wallet.transfers.payees import find_payee
from wallet.transfers.sending import PURPOSE, Sending, lock_both, move, require_currency
from wallet.wallets import lock

log = logging.getLogger(__name__)

Status = MoneyRequest.Status
EDGES = frozenset(
    {
        (Status.OPEN, Status.PAID),
        (Status.OPEN, Status.DECLINED),
        (Status.OPEN, Status.CANCELLED),
        (Status.OPEN, Status.EXPIRED),
    }
)
EXPIRES_AFTER = timedelta(days=14)
MAX_OPEN = 5  # of one person to another; more would be pestering
BATCH = 500


@use_case
def ask(*, asker: Wallet, payee: str, amount: Money, memo: str, at: datetime) -> MoneyRequest:
    """Ask whoever has this phone number or handle for money.

    Raises:
        UnknownRecipient: nobody with it has a wallet in this currency.
        TooManyLookups: the asker asked for too many unknown people today.
        TransferToSelf: it is the asker's own.
        TooManyRequests: the person has not answered the asker's earlier ones.
        CurrencyMismatch: the wallet is in another currency.
        WalletNotOpen: the asker's wallet is frozen or closed.

    """
    require_currency(asker, amount)
    payer = find_payee(payee=payee, asker=asker, at=at)
    asker = lock_asker(asker)
    return written(asker=asker, payer=payer, amount=amount, memo=memo, at=at)


@use_case
def pay(*, request: MoneyRequest, proof: Proof, at: datetime) -> MoneyRequest:
    """Send what was asked for, once.

    Raises:
        MoneyRequestNotOpen: it was paid, declined or cancelled before, or is too old.
        WalletNotOpen: one of the two wallets is frozen or closed.
        InsufficientFunds: the payer does not hold enough.

    """
    sending = Sending(request.payer, request.asker, request.amount, request.memo)
    sending = lock_both(sending)
    found = _locked(request)
    # Before anything is proved or moved: a proof is spent by showing it.
    _require_edge(found, Status.PAID, at)
    phone = found.asker.holder.phone
    payer, amount = sending.sender, sending.amount
    authorize(proof=proof, wallet=payer, purpose=PURPOSE, amount=amount, payee=phone, at=at)
    found.transfer = move(sending, proof=proof, at=at)
    _decide(found, Status.PAID, at)
    _tell(found.asker, found, "request.paid", at)
    return found


@use_case
def decline(*, request: MoneyRequest, at: datetime) -> MoneyRequest:
    """Refuse to pay, as the one who was asked.

    Raises:
        MoneyRequestNotOpen: it was answered before, or is too old.

    """
    found = _locked(request)
    _decide(found, Status.DECLINED, at)
    _tell(found.asker, found, "request.declined", at)
    return found


@use_case
def cancel(*, request: MoneyRequest, at: datetime) -> MoneyRequest:
    """Take a request back, as the one who asked.

    Raises:
        MoneyRequestNotOpen: it was answered before, or is too old.

    """
    found = _locked(request)
    _decide(found, Status.CANCELLED, at)
    return found


@use_case
def expire(*, at: datetime) -> int:
    """Close a batch of requests that nobody answered in time; return how many."""
    due = MoneyRequest.objects.filter(status=Status.OPEN, expires_at__lte=at)
    rows = due.select_for_update(no_key=True, skip_locked=True).order_by("expires_at")
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    return MoneyRequest.objects.filter(pk__in=ids).update(status=Status.EXPIRED, decided_at=at)


def expire_due(*, at: datetime) -> int:
    """Close requests that nobody answered in time; return how many."""
    try:
        return expire(at=at)
    except DatabaseError:
        log.exception("requests could not be expired; the next run tries again")
        return 0


def lock_asker(asker: Wallet) -> Wallet:
    """Lock the wallet that wants money and return it, fresh.

    Raises:
        WalletNotOpen: it is frozen or closed.

    """
    (locked,) = lock(asker)
    if locked.status != Wallet.Status.OPEN:
        raise WalletNotOpen
    return locked


def written(
    *,
    asker: Wallet,
    payer: Wallet,
    amount: Money,
    memo: str,
    at: datetime,
    split: BillSplit | None = None,
) -> MoneyRequest:
    """Write down a request of a locked wallet and tell the one who is asked.

    Raises:
        TransferToSelf: they are the same.
        TooManyRequests: the person has not answered the asker's earlier ones.

    """
    if payer.pk == asker.pk:
        raise TransferToSelf
    if (
        MoneyRequest.objects.filter(asker=asker, payer=payer, status=Status.OPEN).count()
        >= MAX_OPEN
    ):
        raise TooManyRequests
    made = MoneyRequest.objects.create(
        asker=asker,
        payer=payer,
        split=split,
        amount_minor=amount.minor,
        currency=amount.currency,
        memo=memo,
        asked_at=at,
        expires_at=at + EXPIRES_AFTER,
    )
    _tell(payer, made, "request.received", at)
    return made


def _locked(request: MoneyRequest) -> MoneyRequest:
    rows = MoneyRequest.objects.select_for_update(no_key=True, of=("self",))
    related = rows.select_related("asker__holder__profile", "payer__holder__profile")
    return related.get(pk=request.pk)


def _require_edge(request: MoneyRequest, status: MoneyRequest.Status, at: datetime) -> None:
    if (request.status, status) not in EDGES:
        raise MoneyRequestNotOpen(request.status)
    if at >= request.expires_at:
        raise MoneyRequestNotOpen(Status.EXPIRED)


def _decide(request: MoneyRequest, status: MoneyRequest.Status, at: datetime) -> None:
    _require_edge(request, status, at)
    request.status, request.decided_at = status, at
    request.save(update_fields=["status", "decided_at", "transfer"])


def _tell(wallet: Wallet, request: MoneyRequest, kind: str, at: datetime) -> None:
    facts = facts_of("money_request_id", request.public_id, request.amount, request.memo)
    record(wallet=wallet, kind=kind, facts=facts, at=at)
