"""Rules about payments that look wrong, what they caught, and what people made of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from ledger.models import CURRENCY_LENGTH
from merchants.models.merchants import Store
from wallet.models import User, Wallet
from wallet.models.wallets import REASON_LENGTH

CODE_LENGTH = 40
_LAST_HOUR = 23


class RiskRule(models.Model):
    """A measure of a payment, and what happens above the threshold; it is never changed but ended.

    ``threshold`` is a number of payments for COUNT, metres for DISTANCE, and else an amount in
    minor units. ``window_minutes`` is how far COUNT and AMOUNT look back; the hours are those of
    the store's clock, from the first to before the second, over midnight where it is less.
    """

    class Measure(models.TextChoices):
        COUNT = "COUNT", "Payments of the payer, this one with them"
        AMOUNT = "AMOUNT", "What the payer paid, this one with it"
        NEW_PAYEE = "NEW_PAYEE", "The amount, to a merchant never paid before"
        HOUR = "HOUR", "The amount, at these hours"
        DISTANCE = "DISTANCE", "Metres from the payer to the store, where both are known"

    class Outcome(models.TextChoices):
        ALLOW = "ALLOW", "Allow, for review afterwards"
        STEP_UP = "STEP_UP", "Ask for a second proof"
        REFUSE = "REFUSE", "Refuse"

    code = models.SlugField(max_length=CODE_LENGTH, unique=True)
    measure = models.CharField(max_length=9, choices=Measure)
    threshold = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH, blank=True, default="")
    window_minutes = models.IntegerField(null=True, blank=True)
    from_hour = models.SmallIntegerField(null=True, blank=True)
    to_hour = models.SmallIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=7, choices=Outcome)
    # Measured and written down, without effect: how every rule begins.
    is_dry_run = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome__in=["ALLOW", "STEP_UP", "REFUSE"], threshold__gte=0),
                name="merchants_risk_rule_sensible",
            ),
            # Written so that a null fails instead of passing.
            models.CheckConstraint(
                condition=Q(
                    measure__in=["COUNT", "AMOUNT"],
                    window_minutes__isnull=False,
                    window_minutes__gt=0,
                    from_hour__isnull=True,
                    to_hour__isnull=True,
                )
                | Q(
                    measure__in=["NEW_PAYEE", "DISTANCE"],
                    window_minutes__isnull=True,
                    from_hour__isnull=True,
                    to_hour__isnull=True,
                )
                | Q(
                    measure="HOUR",
                    window_minutes__isnull=True,
                    from_hour__isnull=False,
                    to_hour__isnull=False,
                    from_hour__range=(0, _LAST_HOUR),
                    to_hour__range=(0, _LAST_HOUR + 1),
                ),
                name="merchants_risk_rule_has_what_it_measures",
            ),
            models.CheckConstraint(
                condition=Q(measure__in=["COUNT", "DISTANCE"], currency="")
                | (Q(measure__in=["AMOUNT", "NEW_PAYEE", "HOUR"]) & ~Q(currency="")),
                name="merchants_risk_rule_amounts_have_currency",
            ),
        )

    def __str__(self) -> str:
        return self.code


class RiskRuleChange(models.Model):
    """Who made, put into effect or ended a rule, when and why; never changed."""

    rule = models.ForeignKey(RiskRule, on_delete=models.PROTECT, related_name="changes")
    action = models.CharField(max_length=10)
    actor = models.CharField(max_length=64)
    reason = models.CharField(max_length=REASON_LENGTH)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(action__in=["made", "in effect", "ended"]) & ~Q(actor="", reason=""),
                name="merchants_risk_rule_change_says_what",
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"


class RiskHit(models.Model):
    """A payment that a rule caught, whether it came about or not; never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule = models.ForeignKey(RiskRule, on_delete=models.PROTECT, related_name="hits")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    measured = models.BigIntegerField()
    # What came of it: of all rules together, and of a second proof that was shown.
    verdict = models.CharField(max_length=7, choices=RiskRule.Outcome)
    is_dry_run = models.BooleanField()
    happened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"hit {self.public_id}"


class RiskReview(models.Model):
    """What one of our people made of a hit; never changed."""

    class Finding(models.TextChoices):
        FINE = "FINE", "Nothing wrong"
        FRAUD = "FRAUD", "Fraud"
        UNSURE = "UNSURE", "Not known"

    hit = models.OneToOneField(RiskHit, on_delete=models.PROTECT, related_name="review")
    finding = models.CharField(max_length=6, choices=Finding)
    note = models.CharField(max_length=REASON_LENGTH)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(finding__in=["FINE", "FRAUD", "UNSURE"]) & ~Q(note=""),
                name="merchants_risk_review_says_what",
            ),
        )

    def __str__(self) -> str:
        return f"review of hit {self.hit_id}"
