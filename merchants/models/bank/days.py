"""What reconciliation found of a day: the equation of each account, and safeguarding."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH
from merchants.models.bank.statements import DIGEST_LENGTH, HouseAccount
from wallet.models import User


class ReconciliationRun(models.Model):
    """One run of the passes, over what the book had up to ``through_id``."""

    day = models.DateField()
    through_id = models.BigIntegerField()
    rule_version = models.IntegerField()
    began_at = models.DateTimeField()
    match_count = models.IntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="Matches per rule")

    def __str__(self) -> str:
        return f"reconciliation {self.pk} of {self.day}"


class ReconciliationDay(models.Model):
    """The equation of one account and day: the ledger's balance, and what leads to the bank's.

    ``ledger_closing_minor`` + ``outstanding_out_minor`` - ``outstanding_in_minor`` +
    ``unidentified_minor`` + the breaks = ``statement_closing_minor``, but for the residual.
    """

    account = models.ForeignKey(HouseAccount, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="days")
    ledger_opening_minor = models.BigIntegerField()
    ledger_movements_minor = models.BigIntegerField()
    ledger_closing_minor = models.BigIntegerField()
    outstanding_out_minor = models.BigIntegerField()
    outstanding_in_minor = models.BigIntegerField()
    unidentified_minor = models.BigIntegerField()
    breaks = models.JSONField(default=dict, help_text="Minor units per category")
    breaks_minor = models.BigIntegerField()
    statement_closing_minor = models.BigIntegerField()
    residual_minor = models.BigIntegerField()
    has_statement = models.BooleanField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "day"], name="merchants_reconciliation_day_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    statement_closing_minor=F("ledger_closing_minor")
                    + F("outstanding_out_minor")
                    - F("outstanding_in_minor")
                    + F("unidentified_minor")
                    + F("breaks_minor")
                    + F("residual_minor")
                ),
                name="merchants_reconciliation_day_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    ledger_closing_minor=F("ledger_opening_minor") + F("ledger_movements_minor")
                ),
                name="merchants_reconciliation_day_rolls_forward",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} on {self.day}"


class SafeguardingDay(models.Model):
    """What customers and merchants are owed, and what is kept apart for them, as of an instant.

    Nobody's debt lessens what others are owed: ``customers_negative_minor`` is shown, never
    netted. ``difference_minor`` above zero is to be withdrawn, below zero to be topped up.
    """

    class Pool(models.TextChoices):
        STORED_VALUE = "STORED_VALUE", "Customers' money and merchants' settlement funds"

    class Action(models.TextChoices):
        NONE = "NONE", "Nothing to do"
        TOP_UP = "TOP_UP", "To be topped up with our own money"
        WITHDRAW = "WITHDRAW", "The excess is to be withdrawn"

    pool = models.CharField(max_length=12, choices=Pool)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    day = models.DateField()
    as_of = models.DateTimeField()
    customers_positive_minor = models.BigIntegerField()
    customers_negative_minor = models.BigIntegerField()
    merchant_payable_minor = models.BigIntegerField()
    refunds_payable_minor = models.BigIntegerField()
    unallocated_receipts_minor = models.BigIntegerField()
    in_transit_out_minor = models.BigIntegerField()
    in_transit_in_minor = models.BigIntegerField()
    requirement_minor = models.BigIntegerField()
    bank_balance_per_ledger_minor = models.BigIntegerField()
    bank_balance_per_statement_minor = models.BigIntegerField(null=True)
    guarantee_minor = models.BigIntegerField(default=0)
    resource_minor = models.BigIntegerField()
    difference_minor = models.BigIntegerField()
    action = models.CharField(max_length=8, choices=Action)
    evidence_sha256 = models.CharField(max_length=DIGEST_LENGTH)
    maker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    checker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actioned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["pool", "currency", "day"], name="merchants_safeguarding_day_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    difference_minor=F("resource_minor") - F("requirement_minor"),
                    requirement_minor=F("customers_positive_minor")
                    + F("merchant_payable_minor")
                    + F("refunds_payable_minor")
                    + F("unallocated_receipts_minor")
                    + F("in_transit_out_minor"),
                    resource_minor=F("bank_balance_per_ledger_minor")
                    + F("in_transit_in_minor")
                    + F("guarantee_minor"),
                ),
                name="merchants_safeguarding_day_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(actioned_at__isnull=True)
                | Q(~Q(maker=F("checker")), maker__isnull=False, checker__isnull=False),
                name="merchants_safeguarding_day_two_persons",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pool} {self.currency} {self.day}"
