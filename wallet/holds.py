"""Setting money aside in a wallet, and what becomes of it.

A hold moves money from the wallet's available to its held account. One capture takes the whole or
a part and gives back the rest in the same posting; a release or the expiry is the reversal of the
posting that set the money aside, which even a frozen account accepts.

The functions ending in ``_hold`` take part in the caller's database transaction; ``place``,
``capture`` and ``release`` are the same as use-cases.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ledger.accounts import open_account
from ledger.errors import CurrencyMismatch, LedgerError
from ledger.models import Category
from ledger.money import Money
from ledger.posting import Leg, credit, debit, post, reverse
from wallet.errors import CaptureTooLarge, HoldEnded, UnknownHold, WalletError, WalletNotOpen
from wallet.events import record
from wallet.idempotency import use_case
from wallet.limits.spending import give_back, spend
from wallet.models import Hold, Wallet
from wallet.proof.proofs import Proof
from wallet.proof.rules import authorize
from wallet.wallets import lock

log = logging.getLogger(__name__)

EXPIRE_BATCH = 500
PURPOSE = "PAYMENT"

# Every way a hold may go; all others are refused.
HOLD_EDGES = {
    (Hold.State.HELD, "capture"): Hold.State.CAPTURED,
    (Hold.State.HELD, "release"): Hold.State.RELEASED,
    (Hold.State.HELD, "expire"): Hold.State.EXPIRED,
}


@use_case
def place(  # noqa: PLR0913 - see place_hold.
    *,
    wallet: Wallet,
    amount: Money,
    payee: str,
    proof: Proof,
    expires_at: datetime,
    at: datetime,
    code: str = "",
) -> Hold:
    """Set money aside for a payee; see ``place_hold``."""
    (wallet,) = lock(wallet)
    return place_hold(
        wallet=wallet,
        amount=amount,
        payee=payee,
        proof=proof,
        expires_at=expires_at,
        at=at,
        code=code,
    )


@use_case
def capture(*, public_id: uuid.UUID, amount: Money, credits: Sequence[Leg], at: datetime) -> Hold:  # noqa: A002
    """Take held money, whole or in part; see ``capture_hold``."""
    return capture_hold(public_id=public_id, amount=amount, credits=credits, at=at)


@use_case
def release(*, public_id: uuid.UUID, at: datetime) -> Hold:
    """Give held money back to its holder; see ``release_hold``."""
    return release_hold(public_id=public_id, at=at)


def place_hold(  # noqa: PLR0913 - a payment that may be counted is its properties.
    *,
    wallet: Wallet,
    amount: Money,
    payee: str,
    proof: Proof,
    expires_at: datetime,
    at: datetime,
    code: str = "",
) -> Hold:
    """Set money of a locked wallet aside; it counts against the limits from now.

    Raises:
        CurrencyMismatch: the wallet is in another currency.
        WalletNotOpen: it is frozen or closed.
        LimitExceeded: the amount is above a limit.
        InsufficientFunds: the wallet does not hold enough.

    """
    if amount.currency != wallet.currency:
        raise CurrencyMismatch(wallet.currency, amount.currency)
    if wallet.status != Wallet.Status.OPEN:
        raise WalletNotOpen
    public_id = uuid.uuid4()
    reference = _reference(public_id)
    authorize(proof=proof, wallet=wallet, purpose=PURPOSE, amount=amount, payee=payee, at=at)
    spend(
        wallet=wallet,
        purpose=PURPOSE,
        amount=amount,
        proof=proof,
        at=at,
        code=code,
        reference=reference,
    )
    legs = [
        debit(wallet.available_account_id, amount),
        credit(held_account_id(wallet), amount),
    ]
    posted = post(kind="HOLD", reference=reference, legs=legs, effective_at=at)
    hold = Hold.objects.create(
        public_id=public_id,
        wallet=wallet,
        amount_minor=amount.minor,
        currency=amount.currency,
        payee=payee,
        transaction_id=posted.transaction_id,
        placed_at=at,
        expires_at=expires_at,
    )
    _tell(hold, "hold.placed", at)
    return hold


def capture_hold(
    *,
    public_id: uuid.UUID,
    amount: Money,
    credits: Sequence[Leg],  # noqa: A002 - the bookkeeper's word.
    at: datetime,
    kind: str = "CAPTURE",
    reference: str | None = None,
) -> Hold:
    """Take held money once, whole or in part; the rest is available again.

    Args:
        public_id: the hold's.
        amount: what is taken, at most what is held.
        credits: who gets it; they sum to the amount.
        at: before the hold expires.
        kind: the posting's, where it is more than a capture.
        reference: the posting's; after the hold by default.

    Raises:
        UnknownHold: there is no such hold.
        HoldEnded: it was captured, released or has expired.
        CaptureTooLarge: more than is held, nothing, or in another currency.
        UnbalancedTransaction: the credits do not sum to the amount.

    """
    hold = _locked(public_id)
    _move(hold, "capture", at)
    if amount.currency != hold.currency or not 0 < amount.minor <= hold.amount_minor:
        raise CaptureTooLarge
    wallet, rest = hold.wallet, hold.amount - amount
    legs = [debit(held_account_id(wallet), hold.amount), *credits]
    if rest.minor:
        legs.append(credit(wallet.available_account_id, rest))
    reference = reference or f"hold_capture:{public_id}"
    post(kind=kind, reference=reference, legs=legs, effective_at=at)
    hold.captured_minor = amount.minor
    hold.save(update_fields=["state", "captured_minor", "ended_at"])
    give_back(reference=_reference(public_id), amount=rest)
    captured = {"amount": amount.to_major(), "currency": amount.currency}
    _tell(hold, "hold.captured", at, captured=captured)
    return hold


def release_hold(*, public_id: uuid.UUID, at: datetime) -> Hold:
    """Give held money back to its holder, and free what it used of the limits.

    Raises:
        UnknownHold: there is no such hold.
        HoldEnded: it was captured, released or has expired.

    """
    return _undo(_locked(public_id), "release", at)


def expire_due(*, at: datetime) -> int:
    """Give back what was held for too long, each hold by itself; return how many there were."""
    expired = 0
    refused: list[int] = []
    for _ in range(EXPIRE_BATCH):
        with transaction.atomic(durable=True):
            due = Hold.objects.filter(state=Hold.State.HELD, expires_at__lte=at)
            due = due.exclude(pk__in=refused).order_by("expires_at").select_related("wallet")
            hold = due.select_for_update(no_key=True, of=("self",), skip_locked=True).first()
            if hold is None:
                break
            try:
                with transaction.atomic():
                    _undo(hold, "expire", at)
                expired += 1
            except (WalletError, LedgerError):
                # One that cannot be given back now must not keep the others waiting.
                log.exception("%s cannot expire", hold)
                refused.append(hold.pk)
    return expired


def held_account_id(wallet: Wallet) -> int:
    """Return the account of a locked wallet's held money, opened with the first hold."""
    if wallet.held_account_id is not None:
        return wallet.held_account_id
    account = open_account(
        code=f"wallet:{wallet.public_id.hex}:held",
        currency=wallet.currency,
        category=Category.LIABILITY,
        floor_minor=0,
    )
    wallet.held_account = account
    wallet.save(update_fields=["held_account"])
    return account.pk


def _locked(public_id: uuid.UUID) -> Hold:
    rows = Hold.objects.select_for_update(no_key=True, of=("self",)).select_related("wallet")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise UnknownHold
    return found


def _undo(hold: Hold, event: str, at: datetime) -> Hold:
    _move(hold, event, at)
    reverse(
        transaction_id=hold.transaction_id,
        reference=f"hold_release:{hold.public_id}",
        effective_at=at,
    )
    hold.save(update_fields=["state", "ended_at"])
    give_back(reference=_reference(hold.public_id), amount=hold.amount)
    _tell(hold, f"hold.{hold.state.lower()}", at)
    return hold


def _move(hold: Hold, event: str, at: datetime) -> None:
    """Take one edge of the table, in memory; whoever calls saves the row.

    Time decides as the job would, however late it runs: what is past its time is not captured.
    """
    following = HOLD_EDGES.get((Hold.State(hold.state), event))
    if following is None:
        raise HoldEnded(hold.state)
    if event == "capture" and at >= hold.expires_at:
        raise HoldEnded(Hold.State.EXPIRED.value)
    hold.state, hold.ended_at = following, at


def _reference(public_id: uuid.UUID) -> str:
    return f"hold:{public_id}"


def _tell(hold: Hold, kind: str, at: datetime, **more: object) -> None:
    amount = {"amount": hold.amount.to_major(), "currency": hold.currency}
    facts: dict[str, object] = {"hold_id": str(hold.public_id), "amount": amount}
    record(wallet=hold.wallet, kind=kind, facts=facts | {"payee": hold.payee} | more, at=at)
