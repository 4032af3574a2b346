"""Giving money back for a payment. The fee is not given back."""

from __future__ import annotations

from datetime import datetime

from ledger.money import Money
from ledger.posting import credit, debit, post
from merchants.errors import RefundConflict, RefundTooLarge
from merchants.models import Payment, Refund
from merchants.payments import payment_facts
from merchants.states import PAYMENT_EDGES, PaymentState
from wallet.activity.notes import note
from wallet.events import record
from wallet.idempotency import use_case


@use_case
def refund(
    *, payment_number: str, number: str, amount: Money, reason: str, at: datetime
) -> Refund:
    """Give back part or all of a payment, from what the merchant is owed.

    The same refund number again returns the first refund.

    Raises:
        Payment.DoesNotExist: there is no such payment.
        RefundConflict: the number was used for another payment or amount.
        RefundTooLarge: more than what is left of the payment, or in another currency.

    """
    # Refunds of one payment queue here, so their sum is checked one after the other.
    payment = (
        Payment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("wallet", "merchant", "store")
        .get(number=payment_number)
    )
    earlier = Refund.objects.filter(number=number).first()
    if earlier is not None:
        if (earlier.payment_id, earlier.amount_minor) != (payment.pk, amount.minor):
            raise RefundConflict
        return earlier
    _note(payment, amount)
    made = Refund.objects.create(
        number=number,
        payment=payment,
        amount_minor=amount.minor,
        reason=reason,
        refunded_at=at,
    )
    post(
        kind="REFUND",
        reference=f"refund:{number}",
        legs=[
            debit(payment.merchant.payable_account_id, amount),
            credit(payment.wallet.available_account_id, amount),
        ],
        effective_at=at,
    )
    note(
        wallet=payment.wallet,
        reference=f"refund:{number}",
        kind="REFUND",
        counterparty=payment.store.name,
        memo=reason,
        at=at,
    )
    record(
        wallet=payment.wallet, kind="payment.refunded", facts=payment_facts(payment, amount), at=at
    )
    return made


def _note(payment: Payment, amount: Money) -> None:
    left = payment.amount_minor - payment.refunded_minor
    if amount.currency != payment.currency or amount.minor > left:
        raise RefundTooLarge
    event = "refund_rest" if amount.minor == left else "refund_part"
    payment.refunded_minor += amount.minor
    payment.state = PAYMENT_EDGES[PaymentState(payment.state), event]
    payment.save(update_fields=["refunded_minor", "state"])
