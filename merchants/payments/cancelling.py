"""Cancel: make it not have happened, whatever the state.

A till that lost the answer says this one thing. What is unpaid is closed, what is set aside is
given back, what is paid is refunded; and an order nobody heard of yet is remembered as closed, so
that a late payment with its number is refused. Saying it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection

from merchants.errors import UnknownPayment
from merchants.events.recording import wake
from merchants.models import Merchant, Payment
from merchants.payments.authorizing import give_back
from merchants.payments.contested import concede_undecided
from merchants.payments.finding import lock_order, lock_payment, payments
from merchants.payments.moving import move
from merchants.payments.numbers import payment_number
from merchants.payments.paying import insert_or_find
from merchants.payments.refunds import refund_rest
from merchants.states import OPEN, PAID, PaymentState
from wallet.idempotency import use_case
from wallet.models import Wallet

CLOSE_BATCH = 1_000
EXPIRE_BATCH = 200

# What has been waiting for its payer for too long; rows that somebody is paying are passed over.
_CLOSE_DUE = """
    UPDATE merchants_payment SET state = 'CLOSED', closed_because = 'TIMED_OUT', ended_at = %(at)s
    WHERE id IN (
        SELECT id FROM merchants_payment
        WHERE state IN ('CREATED', 'AWAITING_PAYER') AND expires_at <= %(at)s
        ORDER BY expires_at LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
    )
"""


class Action(StrEnum):
    """What a cancellation did."""

    CLOSE = "CLOSE"
    VOID = "VOID"
    REFUND = "REFUND"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What a cancellation did, and the payment as it is now."""

    action: Action
    payment: Payment


@use_case
def cancel(
    *, merchant: Merchant, order_no: str, at: datetime, stores: Container[int] | None = None
) -> Cancelled:
    """Make a merchant's order not have happened; harmless again and again.

    A refund of this kind has no time limit of its own and may leave the merchant owing. ``stores``
    are those whose orders the caller may cancel; None: all of the merchant's.

    Raises:
        UnknownPayment: the order is another store's.

    """
    payment = lock_order(merchant=merchant, order_no=order_no)
    if payment is None:
        tombstone = _tombstone(merchant, order_no, at)
        if insert_or_find(tombstone) is tombstone:
            return Cancelled(Action.CLOSE, tombstone)
        # Somebody paid it while we wrote: what they wrote is committed now.
        payment = lock_order(merchant=merchant, order_no=order_no)
    if payment is None:
        raise LookupError("a payment that was found is gone")
    if stores is not None and payment.store_id is not None and payment.store_id not in stores:
        raise UnknownPayment
    return _undo(payment, at)


@use_case
def decline(*, number: str, wallet: Wallet, at: datetime) -> Payment:
    """Close a payment that waits for this payer, because the payer says so.

    Raises:
        UnknownPayment: none waits for this payer.
        PaymentEnded: it does not wait any more.

    """
    payment = lock_payment(number, wallet=wallet)
    if payment.state == PaymentState.CLOSED:
        return payment
    return _close(payment, "DECLINED", at)


def close_due(*, at: datetime) -> int:
    """Close and expire what nobody paid or captured in time; return how many there were."""
    closed = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_CLOSE_DUE, {"at": at, "batch": CLOSE_BATCH})
            batch: int = cursor.rowcount
        closed += batch
        if batch < CLOSE_BATCH:
            break
    for _ in range(EXPIRE_BATCH):
        if not _expire_one(at=at):
            break
        closed += 1
    return closed


@use_case
def _expire_one(*, at: datetime) -> bool:
    due = payments().filter(state=PaymentState.AUTHORIZED, expires_at__lte=at)
    rows = due.select_for_update(no_key=True, of=("self",), skip_locked=True)
    payment = rows.order_by("expires_at").first()
    if payment is None:
        return False
    give_back(payment, "expire", at)
    return True


def _undo(payment: Payment, at: datetime) -> Cancelled:
    if payment.state in OPEN:
        return Cancelled(Action.CLOSE, _close(payment, "CANCELLED", at))
    if payment.state == PaymentState.AUTHORIZED:
        return Cancelled(Action.VOID, give_back(payment, "void", at))
    # Whoever makes it not have happened has nothing to say against its payer.
    is_conceded = concede_undecided(payment, at=at)
    if payment.state in PAID and payment.left.minor:
        refund_rest(payment, reason="cancelled", at=at)
        return Cancelled(Action.REFUND, payment)
    if is_conceded:
        return Cancelled(Action.REFUND, payment)
    return Cancelled(Action.NONE, payment)


def _close(payment: Payment, because: str, at: datetime) -> Payment:
    move(payment, "close")
    payment.closed_because, payment.ended_at = because, at
    payment.save(update_fields=["state", "closed_because", "ended_at"])
    wake(payment.merchant)
    return payment


def _tombstone(merchant: Merchant, order_no: str, at: datetime) -> Payment:
    return Payment(
        number=payment_number(at),
        merchant=merchant,
        merchant_order_no=order_no,
        presented=Payment.Presented.DYNAMIC,
        currency=merchant.currency,
        amount_minor=0,
        state=PaymentState.CLOSED,
        closed_because="CANCELLED",
        created_at=at,
        ended_at=at,
    )
