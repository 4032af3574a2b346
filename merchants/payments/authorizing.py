"""Payments in two steps: set aside now, captured (less or equal) or given back later."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.money import Money
from merchants.errors import PaymentEnded
from merchants.models import Merchant, Payment
from merchants.payments.finding import lock_payment
from merchants.payments.moving import (
    credits_of,
    mark_paid,
    move,
    payee_of,
    reference_of,
    tell,
    tell_paid,
)
from merchants.risk.measuring import Position
from merchants.risk.screening import screen
from merchants.states import PaymentState
from wallet.errors import CaptureTooLarge
from wallet.holds import capture_hold, place_hold, release_hold
from wallet.idempotency import use_case
from wallet.models import Hold, Wallet
from wallet.proof.proofs import Proof

AUTHORIZED_FOR = timedelta(days=7)


def set_aside(
    payment: Payment,
    *,
    wallet: Wallet,
    proof: Proof,
    position: Position | None,
    at: datetime,
) -> Payment:
    """Set the amount of a locked payment aside in a locked wallet, to be captured later."""
    move(payment, "authorize")
    payment.expires_at = at + AUTHORIZED_FOR
    payment.wallet = wallet
    payment.hold = place_hold(
        wallet=wallet,
        amount=payment.amount,
        payee=payee_of(payment.merchant),
        proof=proof,
        expires_at=payment.expires_at,
        at=at,
        code=payment.presented,
    )
    if payment.store is not None:
        screen(
            wallet=wallet,
            store=payment.store,
            amount=payment.amount,
            proof=proof,
            position=position,
            at=at,
        )
    payment.save()
    tell(payment, "payment.authorized", wallet=wallet, amount=payment.amount, at=at)
    return payment


@use_case
def capture(*, number: str, merchant: Merchant, amount: Money, at: datetime) -> Payment:
    """Take what was set aside, once, whole or in part; the rest is the payer's again.

    The same capture again returns the payment.

    Raises:
        UnknownPayment: the merchant has no such payment.
        PaymentEnded: it is not set aside, or no longer.
        CaptureTooLarge: more than was set aside, nothing, or in another currency.

    """
    payment = lock_payment(number, merchant=merchant)
    if payment.state == PaymentState.CAPTURED and payment.captured == amount:
        return payment
    move(payment, "capture")
    wallet, hold = _held(payment)
    if payment.expires_at is not None and at >= payment.expires_at:
        raise PaymentEnded(payment.number, PaymentState.EXPIRED)
    if amount.currency != payment.currency or not 0 < amount.minor <= payment.amount_minor:
        raise CaptureTooLarge
    mark_paid(payment, wallet=wallet, captured=amount, at=at)
    capture_hold(
        public_id=hold.public_id,
        amount=amount,
        credits=credits_of(payment),
        at=at,
        kind="PAYMENT",
        reference=reference_of(payment),
    )
    payment.save()
    if payment.store is not None:
        tell_paid(payment, wallet=wallet, store=payment.store, at=at)
    return payment


@use_case
def void(*, number: str, merchant: Merchant, at: datetime) -> Payment:
    """Give back what was set aside; again, it is given back already.

    Raises:
        UnknownPayment: the merchant has no such payment.
        PaymentEnded: it is not set aside.

    """
    payment = lock_payment(number, merchant=merchant)
    if payment.state == PaymentState.VOIDED:
        return payment
    return give_back(payment, "void", at)


def give_back(payment: Payment, event: str, at: datetime) -> Payment:
    """Void or expire a locked payment; the hold may have expired by itself before."""
    move(payment, event)
    wallet, hold = _held(payment)
    if hold.state == Hold.State.HELD:
        release_hold(public_id=hold.public_id, at=at)
    payment.ended_at = at
    payment.save(update_fields=["state", "ended_at"])
    tell(payment, f"payment.{payment.state.lower()}", wallet=wallet, amount=payment.amount, at=at)
    return payment


def _held(payment: Payment) -> tuple[Wallet, Hold]:
    if payment.wallet is None or payment.hold is None:
        raise PaymentEnded(payment.number, payment.state)
    return payment.wallet, payment.hold
