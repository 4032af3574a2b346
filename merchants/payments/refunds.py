"""Giving money back for a payment, from what its merchant is owed, which may go below zero."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import credit, debit, post
from merchants.errors import PaymentEnded, RefundConflict, RefundTooLarge, RefundWindowOver
from merchants.fees import fee_returned
from merchants.fees.agreements import plan_of
from merchants.models import Merchant, Payment, Refund
from merchants.payments.finding import lock_payment
from merchants.payments.moving import move, tell
from merchants.payments.numbers import payment_number
from wallet.activity.notes import note
from wallet.chart import MERCHANT_FEES
from wallet.idempotency import use_case

WINDOW = timedelta(days=365)
# Refund numbers that merchants cannot give: theirs have no colon.
CANCELLATION, DISPUTE = "cancel", "dispute"


@use_case
def refund(
    *,
    merchant: Merchant,
    number: str,
    refund_no: str,
    amount: Money,
    reason: str,
    at: datetime,
) -> Refund:
    """Give back part or all of a payment; the same refund number again returns the first refund.

    Args:
        merchant: who gives back.
        number: the payment's.
        refund_no: the merchant's own number, which is used once.
        amount: at most what is left of the payment.
        reason: shown to the payer.
        at: when; at most 365 days after the payment.

    Raises:
        UnknownPayment: the merchant has no such payment.
        PaymentEnded: it is not paid.
        RefundConflict: the number was used for another payment or amount.
        RefundTooLarge: more than what is left and not contested, or in another currency.
        RefundWindowOver: the payment is too old.

    """
    # Refunds of one payment queue here, so their sum is checked one after the other.
    payment = lock_payment(number, merchant=merchant)
    earlier = Refund.objects.filter(merchant=merchant, merchant_refund_no=refund_no).first()
    if earlier is not None:
        if (earlier.payment_id, earlier.amount_minor) != (payment.pk, amount.minor):
            raise RefundConflict
        return earlier
    if payment.paid_at is None:
        raise PaymentEnded(payment.number, payment.state)
    if at > payment.paid_at + WINDOW:
        raise RefundWindowOver
    return _give_back(payment, amount, refund_no, reason, at)


def refund_disputed(payment: Payment, *, amount: Money, reason: str, at: datetime) -> Refund:
    """Give back what was contested of a locked payment, and is held back no longer."""
    return _give_back(payment, amount, f"{DISPUTE}:{payment.number}", reason, at)


def refund_rest(payment: Payment, *, reason: str, at: datetime) -> Refund:
    """Give back what is left of a locked payment; there is one such refund at most."""
    return _give_back(payment, payment.left, f"{CANCELLATION}:{payment.number}", reason, at)


def _give_back(
    payment: Payment, amount: Money, refund_no: str, reason: str, at: datetime
) -> Refund:
    if payment.wallet is None or payment.store is None:
        raise PaymentEnded(payment.number, payment.state)
    returned = _note(payment, amount)
    made = Refund.objects.create(
        number=payment_number(at),
        merchant=payment.merchant,
        merchant_refund_no=refund_no,
        payment=payment,
        amount_minor=amount.minor,
        fee_minor=returned.minor,
        reason=reason,
        refunded_at=at,
    )
    reference = f"refund:{made.number}"
    legs = [credit(payment.wallet.available_account_id, amount)]
    if amount.minor > returned.minor:
        legs.append(debit(payment.merchant.payable_account_id, amount - returned))
    if returned.minor:
        legs.append(debit(account_id(MERCHANT_FEES, amount.currency), returned))
    post(kind="REFUND", reference=reference, legs=legs, effective_at=at)
    note(
        wallet=payment.wallet,
        reference=reference,
        kind="REFUND",
        counterparty=payment.store.name,
        memo=reason,
        at=at,
    )
    tell(payment, "payment.refunded", wallet=payment.wallet, amount=amount, at=at)
    return made


def _note(payment: Payment, amount: Money) -> Money:
    """Write the refund on its payment; return what we give back of our fee."""
    if amount.currency != payment.currency or not 0 < amount.minor <= payment.left.minor:
        raise RefundTooLarge
    is_rest = payment.refunded_minor + amount.minor == payment.captured_minor
    move(payment, "refund_rest" if is_rest else "refund_part")
    returned = fee_returned(
        plan=plan_of(merchant=payment.merchant, at=payment.paid_at or payment.created_at),
        amount_minor=payment.captured_minor,
        fee_minor=payment.fee_minor,
        before_minor=payment.refunded_minor,
        refund_minor=amount.minor,
    )
    payment.refunded_minor += amount.minor
    payment.save(update_fields=["refunded_minor", "state"])
    return Money(returned, payment.currency)
