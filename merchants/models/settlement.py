"""The settlement of what merchants are owed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.models import CURRENCY_LENGTH, Entry
from merchants.models.merchants import Merchant
from merchants.models.payments import Payment
from merchants.states import RunState, SettlementState


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
