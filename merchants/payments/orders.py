"""Payments a till asks for: shown as a code of their own, or charged to a code the payer shows.

An order number pays once. Asking again with the same number returns the same payment, whatever
became of it meanwhile; with the number of another payment it is refused.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.money import Money
from merchants.codes.mpm.amounts import Tip, TipRule
from merchants.errors import OrderConflict, PaymentEnded, UnknownPayment
from merchants.events.recording import wake
from merchants.models import Payment, Store
from merchants.payments.authorizing import set_aside
from merchants.payments.finding import lock_payment
from merchants.payments.moving import mark_paid, move, post_payment, tell, tell_paid
from merchants.payments.paying import (
    Bill,
    admit_payer,
    asked,
    charge_limits,
    insert_or_find,
)
from merchants.payments.tips import checked_tip
from merchants.risk.measuring import Position
from merchants.states import OPEN, PAID, PaymentState
from wallet.idempotency import use_case
from wallet.models import Wallet
from wallet.proof.proofs import Proof

TIME_OUT = timedelta(minutes=3)
LONGEST_TIME_OUT = timedelta(hours=2)


@use_case
def ask(
    *,
    store: Store,
    bill: Bill,
    at: datetime,
    time_out: timedelta = TIME_OUT,
    is_manual_capture: bool = False,
) -> Payment:
    """Ask for a payment, whose code the till shows.

    Raises:
        OrderConflict: the order number is another payment's.

    """
    payment = asked(store=store, bill=bill, presented=Payment.Presented.DYNAMIC, at=at)
    payment.expires_at = at + min(time_out, LONGEST_TIME_OUT)
    payment.is_manual_capture = is_manual_capture
    return the_only(payment)


@use_case
def look(*, number: str, at: datetime) -> Payment:
    """Return what a scanned code asks for; the till learns that somebody looks at it.

    Raises:
        UnknownPayment: there is none by this number.
        PaymentEnded: it is closed, or out of time.

    """
    payment = lock_payment(number)
    if payment.presented != Payment.Presented.DYNAMIC:
        raise UnknownPayment
    if payment.state in PAID:
        return payment
    _require_open(payment, at)
    move(payment, "await")
    payment.save(update_fields=["state"])
    wake(payment.merchant)
    return payment


@use_case
def confirm(
    *,
    number: str,
    wallet: Wallet,
    proof: Proof,
    at: datetime,
    position: Position | None = None,
    tip: Money | None = None,
) -> Payment:
    """Pay what a till asked for, or confirm what it charged; the same payer's repeat is harmless.

    A tip is added to the amount, where the till asked for one.

    Raises:
        TipNotAsked: it asked for none.
        UnknownPayment: there is none by this number for this payer.
        PaymentEnded: it is closed, out of time, or paid by somebody else.
        CurrencyMismatch, WalletNotOpen, PinRequired, StepUpRequired, RiskRefused, LimitExceeded,
        InsufficientFunds: as for ``paying.pay``.

    """
    payment = lock_payment(number)
    if payment.store is None or payment.wallet_id not in {None, wallet.pk}:
        # Somebody else's; a code that many may scan says at least that it is paid.
        if payment.presented == Payment.Presented.DYNAMIC:
            raise PaymentEnded(payment.number, payment.state)
        raise UnknownPayment
    if payment.wallet_id == wallet.pk and payment.state in {*PAID, PaymentState.AUTHORIZED}:
        return payment
    _require_open(payment, at)
    _add_tip(payment, tip)
    wallet = admit_payer(wallet=wallet, store=payment.store, amount=payment.amount)
    if payment.is_manual_capture:
        return set_aside(payment, wallet=wallet, proof=proof, position=position, at=at)
    charge_limits(
        wallet=wallet,
        store=payment.store,
        bill=Bill(amount=payment.amount, position=position),
        proof=proof,
        code=payment.presented,
        at=at,
    )
    move(payment, "pay")
    mark_paid(payment, wallet=wallet, captured=payment.amount, at=at)
    payment.save()
    post_payment(payment, wallet=wallet, at=at)
    tell_paid(payment, wallet=wallet, store=payment.store, at=at)
    return payment


def _add_tip(payment: Payment, tip: Money | None) -> None:
    if tip is None:
        return
    asked = Tip(TipRule.PROMPT) if payment.asks_tip else None
    added = checked_tip(asked, amount=payment.amount + tip, given=tip)
    payment.amount_minor += added
    payment.tip_minor += added


def wait_for(payment: Payment, wallet: Wallet, at: datetime) -> Payment:
    """Write a payment that its payer has to confirm, and ask; or return its order's."""
    move(payment, "await")
    found = the_only(payment)
    if found is payment:
        tell(payment, "payment.asked", wallet=wallet, amount=payment.amount, at=at)
    return found


def the_only(payment: Payment) -> Payment:
    """Write a payment, or return the one that its order has.

    Raises:
        OrderConflict: the order number is another payment's.

    """
    wake(payment.merchant)
    return _same(insert_or_find(payment), payment)


def as_asked(earlier_id: int, payment: Payment) -> Payment:
    """Return the payment that an order has, if it is the one that is asked for.

    Raises:
        OrderConflict: it is another one.

    """
    found = Payment.objects.select_related("store", "merchant").get(pk=earlier_id)
    return _same(found, payment)


def _same(found: Payment, payment: Payment) -> Payment:
    """Return the payment found for an order if it is the one that is asked for.

    An order that was cancelled before it was asked for is found closed.
    """
    if found is payment or found.store_id is None:
        return found
    facts = ("store_id", "currency", "presented", "asks_tip")
    if any(getattr(found, name) != getattr(payment, name) for name in facts):
        raise OrderConflict
    # The payer may have added a tip meanwhile.
    added = found.tip_minor if found.asks_tip else 0
    amounts = (found.amount_minor - added, found.tip_minor - added)
    if amounts != (payment.amount_minor, payment.tip_minor):
        raise OrderConflict
    if payment.wallet_id is not None and found.wallet_id != payment.wallet_id:
        raise OrderConflict
    return found


def _require_open(payment: Payment, at: datetime) -> None:
    """Refuse what ended; time decides as the job would, however late that runs."""
    if payment.state not in OPEN:
        raise PaymentEnded(payment.number, payment.state)
    if payment.expires_at is not None and at >= payment.expires_at:
        raise PaymentEnded(payment.number, PaymentState.CLOSED)
