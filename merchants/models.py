"""Stores, payments, and the settlement of what they are owed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.models import CURRENCY_LENGTH, Account, Entry
from ledger.money import Money
from merchants.states import PaymentState, RunState, SettlementState
from wallet.models import Wallet

PUBLIC_ID_LENGTH = 25  # what fits an EMVCo data object of ours


class FeePlan(models.Model):
    """What a payment costs a merchant: a share in basis points and a fixed part, plus VAT."""

    name = models.CharField(max_length=40, unique=True)
    rate_bps = models.IntegerField()
    fixed_minor = models.BigIntegerField(default=0)
    vat_bps = models.IntegerField(default=1000)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(rate_bps__range=(0, 10_000), fixed_minor__gte=0, vat_bps__gte=0),
                name="merchants_fee_plan_sensible",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Merchant(models.Model):
    """A legal party that is owed money for payments at its stores."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True)
    legal_name = models.CharField(max_length=100)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    zone = models.CharField(max_length=40, default="Asia/Seoul")
    fee_plan = models.ForeignKey(FeePlan, on_delete=models.PROTECT)
    minimum_payout_minor = models.BigIntegerField(default=1000)
    payable_account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="merchant_payable"
    )
    in_transit_account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="merchant_in_transit"
    )

    def __str__(self) -> str:
        return self.legal_name


class Store(models.Model):
    """A place where a merchant accepts payments."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="stores")
    name = models.CharField(max_length=25)
    latin_name = models.CharField(max_length=25)
    city = models.CharField(max_length=15)
    country = models.CharField(max_length=2, default="KR")
    merchant_category_code = models.CharField(max_length=4)
    accepts = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


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


class SettlementRun(models.Model):
    """One closing of a business day; ``through_id`` freezes its input, later postings wait."""

    business_date = models.DateField()
    through_id = models.BigIntegerField()
    is_scheduled = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=RunState, default=RunState.PENDING)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["business_date"],
                condition=Q(is_scheduled=True),
                name="merchants_settlement_run_scheduled_once",
            ),
        )

    def __str__(self) -> str:
        return f"run {self.pk} of {self.business_date}"


class Settlement(models.Model):
    """What a merchant is owed for a business day: items, less VAT, plus what was carried in."""

    run = models.ForeignKey(SettlementRun, on_delete=models.PROTECT, related_name="settlements")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="settlements")
    business_date = models.DateField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    state = models.CharField(max_length=10, choices=SettlementState)
    payment_count = models.IntegerField(default=0)
    payment_gross_minor = models.BigIntegerField(default=0)
    refund_count = models.IntegerField(default=0)
    refund_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    vat_minor = models.BigIntegerField(default=0)
    carry_in_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField(default=0)
    payout_minor = models.BigIntegerField(default=0)
    carry_out_minor = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["merchant", "business_date", "currency"],
                name="merchants_settlement_day_closed_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    net_minor=F("payment_gross_minor")
                    - F("refund_minor")
                    - F("fee_minor")
                    - F("vat_minor")
                    + F("carry_in_minor")
                ),
                name="merchants_settlement_lines_sum_to_net",
            ),
            models.CheckConstraint(
                condition=Q(net_minor=F("payout_minor") + F("carry_out_minor")),
                name="merchants_settlement_net_paid_or_carried",
            ),
        )

    def __str__(self) -> str:
        return f"settlement {self.pk}"


class SettlementItem(models.Model):
    """One ledger entry of a settlement; an entry is settled once, ever."""

    class LineType(models.TextChoices):
        PAYMENT = "PAYMENT", "Payment"
        REFUND = "REFUND", "Refund"

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="items")
    line_no = models.IntegerField()
    line_type = models.CharField(max_length=16, choices=LineType)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT)
    gross_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    is_late = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["settlement", "line_no"], name="merchants_settlement_item_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(net_minor=F("gross_minor") - F("fee_minor")),
                name="merchants_settlement_item_net_is_gross_less_fee",
            ),
        )

    def __str__(self) -> str:
        return f"{self.settlement_id}/{self.line_no}"


class Payout(models.Model):
    """Money on its way from us to a merchant's bank account, for one settlement."""

    settlement = models.OneToOneField(Settlement, on_delete=models.PROTECT)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    booked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="merchants_payout_amount_positive"
            ),
        )

    def __str__(self) -> str:
        return f"payout {self.pk}"
