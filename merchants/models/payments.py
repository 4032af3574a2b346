"""Payments at stores, and what is given back of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from merchants.models.merchants import Merchant, Store
from merchants.states import OPEN, PAID, PaymentState
from wallet.models import Hold, Wallet


class Payment(models.Model):
    """What a store asks for, and what became of it.

    ``amount_minor`` is what was asked, the tip included, which the payer adds where ``asks_tip``;
    ``captured_minor`` is what the payer paid of it, ``fee_minor`` what the merchant pays for that,
    ``answers`` what a printed code asked the payer for. A closed payment without a store keeps
    the place of an order that was cancelled before anybody heard of it.
    """

    class Presented(models.TextChoices):
        STATIC = "STATIC", "The store's printed code"
        DYNAMIC = "DYNAMIC", "The store's code for this payment"
        CONSUMER = "CONSUMER", "The payer's code"
        OFFLINE = "OFFLINE", "A voucher of the payer's device"

    number = models.CharField(max_length=20, unique=True)
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, null=True, related_name="payments", db_index=False
    )
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="payments", db_index=False
    )
    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, null=True, related_name="payments", db_index=False
    )
    # Null where the merchant gave none: the unique constraint passes over nulls, not over "".
    merchant_order_no = models.CharField(max_length=64, null=True)  # noqa: DJ001
    presented = models.CharField(max_length=8, choices=Presented)
    is_manual_capture = models.BooleanField(default=False)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    amount_minor = models.BigIntegerField()
    tip_minor = models.BigIntegerField(default=0)
    asks_tip = models.BooleanField(default=False, db_default=False)
    captured_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    # What the payer contests, held back from the merchant until that is decided.
    disputed_minor = models.BigIntegerField(default=0)
    bill_number = models.CharField(max_length=25, blank=True)
    memo = models.CharField(max_length=100, blank=True)
    answers = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    state = models.CharField(max_length=20, choices=PaymentState)
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField()
    # Until when it may be paid, then until when it may be captured.
    expires_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["merchant", "merchant_order_no"], name="merchants_payment_order_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gt=0,
                    store__isnull=False,
                    tip_minor__gte=0,
                    tip_minor__lt=F("amount_minor"),
                )
                | Q(amount_minor=0, tip_minor=0, state=PaymentState.CLOSED),
                name="merchants_payment_asks_for_something",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=PAID,
                    wallet__isnull=False,
                    paid_at__isnull=False,
                    captured_minor__gt=0,
                    captured_minor__lte=F("amount_minor"),
                )
                | Q(~Q(state__in=PAID), captured_minor=0, paid_at__isnull=True),
                name="merchants_payment_paid_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(fee_minor__gte=0, fee_minor__lte=F("captured_minor")),
                name="merchants_payment_fee_within",
            ),
            models.CheckConstraint(
                condition=Q(
                    refunded_minor__gte=0,
                    disputed_minor__gte=0,
                    refunded_minor__lte=F("captured_minor") - F("disputed_minor"),
                ),
                name="merchants_payment_refunds_within",
            ),
        )
        indexes = (
            models.Index(fields=["merchant", "-id"], name="merchants_payment_latest"),
            # What a payer paid lately, for rules about that; and the payer's payments at all.
            models.Index(fields=["wallet", "paid_at"], name="merchants_payment_of_wallet"),
            # What a till shows: the store's last ones, and those of its day.
            models.Index(fields=["store", "created_at"], name="merchants_payment_of_store"),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=[*OPEN, PaymentState.AUTHORIZED]),
                name="merchants_payment_to_end",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def amount(self) -> Money:
        """What was asked for."""
        return Money(self.amount_minor, self.currency)

    @property
    def tip(self) -> Money:
        """The part of the amount that is a tip."""
        return Money(self.tip_minor, self.currency)

    @property
    def captured(self) -> Money:
        """What the payer paid."""
        return Money(self.captured_minor, self.currency)

    @property
    def left(self) -> Money:
        """What the merchant may still give back: neither refunded nor contested."""
        return self.captured - self.refunded - Money(self.disputed_minor, self.currency)

    @property
    def refunded(self) -> Money:
        """What came back to the payer."""
        return Money(self.refunded_minor, self.currency)


class Refund(models.Model):
    """Money given back for a payment, in part or in whole."""

    number = models.CharField(max_length=20, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="refunds")
    merchant_refund_no = models.CharField(max_length=64)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    # What the merchant gets back of the payment's fee.
    fee_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=100, blank=True)
    refunded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["merchant", "merchant_refund_no"], name="merchants_refund_number_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gt=0, fee_minor__gte=0, fee_minor__lte=F("amount_minor")
                ),
                name="merchants_refund_amount_positive",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def amount(self) -> Money:
        """What the payer got back."""
        return Money(self.amount_minor, self.payment.currency)
