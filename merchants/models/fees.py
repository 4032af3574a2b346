"""What payments cost merchants, and since when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH
from merchants.models.merchants import Merchant


class Price(models.Model):
    """Basis points of a payment and a fixed part, within bounds; amounts are minor units."""

    rate_bps = models.IntegerField()
    fixed_minor = models.BigIntegerField(default=0)
    minimum_minor = models.BigIntegerField(default=0)
    maximum_minor = models.BigIntegerField(null=True)

    class Meta:
        abstract = True


def _sensible(name: str, **more: object) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(
            Q(maximum_minor__isnull=True) | Q(maximum_minor__gte=F("minimum_minor")),
            rate_bps__range=(0, 10_000),
            fixed_minor__gte=0,
            minimum_minor__gte=0,
            **more,
        ),
        name=name,
    )


class FeePlan(Price):
    """The terms of payments: its own price, unless a rate fits better; VAT comes on top.

    Terms are never changed: another price is another plan, which a merchant agrees to from a
    date. ``returns_fee`` says whether a refund gives the fee back in proportion.
    """

    name = models.CharField(max_length=40, unique=True)
    currency = models.CharField(max_length=CURRENCY_LENGTH, default="KRW")
    vat_bps = models.IntegerField(default=1000)
    returns_fee = models.BooleanField(default=False)
    # Whether there are rates, so that a plan without any costs no question for them.
    is_tiered = models.BooleanField(default=False)

    class Meta:
        constraints = (_sensible("merchants_fee_plan_sensible", vat_bps__range=(0, 10_000)),)

    def __str__(self) -> str:
        return self.name


class FeeRate(Price):
    """Another price of a plan: for one kind of payment, or from a monthly turnover up."""

    class Kind(models.TextChoices):
        ANY = "ANY", "Every kind"
        STATIC = "STATIC", "Printed code"
        DYNAMIC = "DYNAMIC", "One-time code of the store"
        CONSUMER = "CONSUMER", "Code of the payer"
        OFFLINE = "OFFLINE", "Voucher"

    plan = models.ForeignKey(FeePlan, on_delete=models.PROTECT, related_name="rates")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.ANY)
    from_turnover_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            _sensible("merchants_fee_rate_sensible", from_turnover_minor__gte=0),
            models.CheckConstraint(
                condition=Q(kind__in=["ANY", "STATIC", "DYNAMIC", "CONSUMER", "OFFLINE"]),
                name="merchants_fee_rate_kind_known",
            ),
            models.UniqueConstraint(
                fields=["plan", "kind", "from_turnover_minor"], name="merchants_fee_rate_one_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} from {self.from_turnover_minor}"


class FeeAgreement(models.Model):
    """From when a merchant pays by a plan; it holds until the next one begins.

    Agreements of a merchant thus cannot overlap, and leave no gap. None begins before it was
    made, so that what was charged is never charged differently afterwards.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="agreements")
    plan = models.ForeignKey(FeePlan, on_delete=models.PROTECT, related_name="agreements")
    effective_from = models.DateTimeField()
    agreed_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["merchant", "effective_from"], name="merchants_fee_agreement_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(effective_from__gte=F("agreed_at")),
                name="merchants_fee_agreement_not_backdated",
            ),
            models.CheckConstraint(
                condition=~Q(agreed_by=""), name="merchants_fee_agreement_says_who"
            ),
        )

    def __str__(self) -> str:
        return f"agreement {self.pk}"


class MonthlyTurnover(models.Model):
    """What a merchant's payments of a month came to; it decides the tier of the month after."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="turnovers")
    month = models.DateField(help_text="Its first day, in the merchant's zone")
    amount_minor = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["merchant", "month"], name="merchants_monthly_turnover_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, month__day=1),
                name="merchants_monthly_turnover_sensible",
            ),
        )

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
