"""Payments at stores, and what is given back of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from merchants.models.merchants import Merchant, Store
from merchants.states import PaymentState
from wallet.models import Wallet


class Payment(models.Model):
    """Money a wallet paid to a store; ``fee_minor`` is what the merchant pays for it."""

    number = models.CharField(max_length=20, unique=True)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="payments")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="payments")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="payments")
    # Null where the merchant gave none: the unique constraint passes over nulls, not over "".
    merchant_order_no = models.CharField(max_length=64, null=True)  # noqa: DJ001
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=20, choices=PaymentState)
    paid_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["merchant", "merchant_order_no"], name="merchants_payment_order_paid_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gt=0, fee_minor__gte=0, fee_minor__lte=F("amount_minor")
                ),
                name="merchants_payment_amounts_sensible",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="merchants_payment_refunds_within",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def amount(self) -> Money:
        """What the payer paid."""
        return Money(self.amount_minor, self.currency)

    @property
    def refunded(self) -> Money:
        """What came back to the payer."""
        return Money(self.refunded_minor, self.currency)


class Refund(models.Model):
    """Money given back for a payment, in part or in whole."""

    number = models.CharField(max_length=64, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=100, blank=True)
    refunded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="merchants_refund_amount_positive"
            ),
        )

    def __str__(self) -> str:
        return self.number
