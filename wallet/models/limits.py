"""Limits, and what was spent of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from ledger.models import CURRENCY_LENGTH
from wallet.models.wallets import Wallet

ANY = "ANY"


class Period(models.TextChoices):
    """What a limit is counted over."""

    EACH = "EACH", "Each movement"
    DAY = "DAY", "24 hours"
    MONTH = "MONTH", "30 days"
    BALANCE = "BALANCE", "The balance"


class CodeKind(models.TextChoices):
    """By which kind of code somebody was paid."""

    NONE = "NONE", "No code"
    STATIC = "STATIC", "Printed code"
    DYNAMIC = "DYNAMIC", "One-time code of the payee"
    CONSUMER = "CONSUMER", "Code of the payer"


class Limit(models.Model):
    """At most so much, so often: for a tier and currency, and the kinds of movement it names.

    Rows are counted one by one, so that several may hold for one movement; all of them must.
    """

    tier = models.CharField(max_length=10, choices=Wallet.Tier)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    period = models.CharField(max_length=7, choices=Period)
    purpose = models.CharField(max_length=20, default=ANY)
    means = models.CharField(max_length=10, default=ANY)
    code_kind = models.CharField(max_length=10, default=ANY)
    amount_minor = models.BigIntegerField(null=True)
    count = models.IntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tier", "currency", "period", "purpose", "means", "code_kind"],
                name="wallet_limit_one_each",
            ),
            models.CheckConstraint(
                condition=Q(tier__in=["UNVERIFIED", "VERIFIED"]), name="wallet_limit_tier_known"
            ),
            models.CheckConstraint(
                condition=Q(period__in=["DAY", "MONTH"]) & Q(count__isnull=False)
                | Q(period__in=["EACH", "DAY", "MONTH", "BALANCE"], amount_minor__isnull=False),
                name="wallet_limit_says_something",
            ),
            models.CheckConstraint(
                condition=Q(count__isnull=True) | Q(count__gte=0, period__in=["DAY", "MONTH"]),
                name="wallet_limit_count_over_time",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True) | Q(amount_minor__gte=0),
                name="wallet_limit_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(period="BALANCE") | Q(purpose=ANY, means=ANY, code_kind=ANY),
                name="wallet_limit_balance_of_all",
            ),
        )

    def __str__(self) -> str:
        return f"limit {self.pk} per {self.period}"


class Spend(models.Model):
    """An amount counted against the limits; never updated or deleted.

    What is given back is a row of its own with the sign turned. It bears the instant of the row
    that it gives back, so that both leave a rolling window together and the sum of a window is
    never below zero.
    """

    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="spends", db_index=False
    )
    purpose = models.CharField(max_length=20)
    means = models.CharField(max_length=10)
    code_kind = models.CharField(max_length=10, choices=CodeKind)
    amount_minor = models.BigIntegerField()
    # 1 for a movement, -1 for one given back whole, 0 for one given back in part.
    count = models.SmallIntegerField(default=1)
    spent_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    # What moved, such as ``withdrawal:<id>``: by it the movement is given back.
    reference = models.CharField(max_length=64, null=True)  # noqa: DJ001 - unique where given.
    gives_back = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="given_back", db_index=False
    )

    class Meta:
        constraints = (
            # Of the rows that have one: most are written without, on the path of a payment.
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(reference__isnull=False),
                name="wallet_spend_reference_once",
            ),
            models.UniqueConstraint(
                fields=["gives_back"],
                condition=Q(gives_back__isnull=False),
                name="wallet_spend_given_back_once",
            ),
            models.CheckConstraint(
                condition=Q(gives_back__isnull=True, amount_minor__gt=0, count=1)
                | Q(gives_back__isnull=False, amount_minor__lt=0, count__in=[0, -1]),
                name="wallet_spend_sign_fits",
            ),
            models.CheckConstraint(
                condition=~Q(gives_back=F("id")), name="wallet_spend_gives_back_another"
            ),
        )
        indexes = (models.Index(fields=["wallet", "spent_at"], name="wallet_spend_recent"),)

    def __str__(self) -> str:
        return f"spend {self.pk}"
