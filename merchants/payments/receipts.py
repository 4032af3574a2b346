"""Receipts of payments: the same for both sides, known by the same number and match code."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.money import Money
from merchants.errors import PaymentEnded
from merchants.models import Payment, Refund
from merchants.payments.numbers import match_code
from merchants.states import PAID


@dataclass(frozen=True, slots=True)
class PaymentReceipt:
    """A paid payment with what was given back of it, as it can be shown to somebody else."""

    payment: Payment
    refunds: tuple[Refund, ...]

    @property
    def match_code(self) -> str:
        """The four digits that both sides' receipts show."""
        return match_code(self.payment.number)

    @property
    def fee(self) -> Money:
        """What the merchant paid for it, less what came back with refunds."""
        returned = sum(each.fee_minor for each in self.refunds)
        return Money(self.payment.fee_minor - returned, self.payment.currency)

    @property
    def kept(self) -> Money:
        """What the payer paid and did not get back."""
        return self.payment.captured - self.payment.refunded


def receipt_of(payment: Payment) -> PaymentReceipt:
    """Return the receipt of a payment; its store and merchant are at hand.

    Raises:
        PaymentEnded: it was not paid, so that there is none.

    """
    if payment.state not in PAID:
        raise PaymentEnded(payment.number, payment.state)
    rows = Refund.objects.filter(payment=payment).order_by("refunded_at", "pk")
    for each in (refunds := tuple(rows)):
        each.payment = payment  # whose currency it is in
    return PaymentReceipt(payment, refunds)
