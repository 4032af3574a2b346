"""Differences that nobody has explained yet, and how they are."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH, Transaction
from merchants.models.bank.matches import ACTOR_LENGTH, REASON_LENGTH
from merchants.models.bank.statements import HouseAccount
from wallet.models import User

SUBJECT_LENGTH = 120


class Break(models.Model):
    """A difference. ``subject`` names what it is about, so that it is found again, not doubled."""

    class Category(models.TextChoices):
        TIMING = "TIMING", "Expected, not yet due"
        MISSING_IN_LEDGER = "MISSING_IN_LEDGER", "A record without an entry in the book"
        MISSING_IN_RECORDS = "MISSING_IN_RECORDS", "An entry in the book without a record"
        MISSING_AT_BANK = "MISSING_AT_BANK", "Overdue at the bank"
        UNIDENTIFIED_RECEIPT = "UNIDENTIFIED_RECEIPT", "Money came that nobody expected"
        UNIDENTIFIED_DEBIT = "UNIDENTIFIED_DEBIT", "Money went that nobody expected"
        AMOUNT_MISMATCH = "AMOUNT_MISMATCH", "Another amount"
        CURRENCY_MISMATCH = "CURRENCY_MISMATCH", "Another currency"
        DUPLICATE_BANK_LINE = "DUPLICATE_BANK_LINE", "The bank booked it twice"
        DUPLICATE_RECORD = "DUPLICATE_RECORD", "Recorded twice"
        FEE_VARIANCE = "FEE_VARIANCE", "Another fee"
        BANK_FEE = "BANK_FEE", "The bank took a fee"
        RETURNED_PAYOUT = "RETURNED_PAYOUT", "The bank returned it"
        FX_ROUNDING = "FX_ROUNDING", "Rounded otherwise"
        STATEMENT_GAP = "STATEMENT_GAP", "A statement is missing"
        STATEMENT_BALANCE_MISMATCH = "STATEMENT_BALANCE_MISMATCH", "Balances do not join"
        LATE_ITEM = "LATE_ITEM", "On another day"

    class State(models.TextChoices):
        OPEN = "OPEN", "Open"
        ASSIGNED = "ASSIGNED", "Somebody's"
        INVESTIGATING = "INVESTIGATING", "Being looked into"
        PENDING_APPROVAL = "PENDING_APPROVAL", "Waiting for a second person"
        RESOLVED = "RESOLVED", "Resolved"
        REOPENED = "REOPENED", "Open again"

    class Resolution(models.TextChoices):
        MATCHED = "MATCHED", "Found after all"
        ADJUSTED = "ADJUSTED", "Posted"
        WRITTEN_OFF = "WRITTEN_OFF", "Written off"
        RETURNED = "RETURNED", "Sent back"
        RECOVERED = "RECOVERED", "Got back"

    subject = models.CharField(max_length=SUBJECT_LENGTH, unique=True)
    account = models.ForeignKey(HouseAccount, on_delete=models.PROTECT, null=True)
    category = models.CharField(max_length=26, choices=Category)
    detail = models.CharField(max_length=REASON_LENGTH, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    first_seen_on = models.DateField()
    expected_on = models.DateField()
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    resolution = models.CharField(max_length=11, choices=Resolution, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    resolved_on = models.DateField(null=True)

    class Meta:
        permissions = (("approve_large_breaks", "May decide about breaks above the limit"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="RESOLVED", resolved_on__isnull=False) & ~Q(resolution="")
                | ~Q(state="RESOLVED") & Q(resolved_on__isnull=True, resolution=""),
                name="merchants_break_resolved_somehow",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["OPEN", "RESOLVED", "REOPENED"]) | Q(owner__isnull=False),
                name="merchants_break_has_an_owner",
            ),
        )
        indexes = (
            models.Index(
                fields=["expected_on"],
                condition=~Q(state="RESOLVED"),
                name="merchants_break_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.category} {self.subject}"


class BreakResolution(models.Model):
    """A posting that would explain a break: proposed by one person, approved by another.

    The counter-account is credited where the break's amount is positive, debited where not; the
    other leg is that of the bank account.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        APPROVED = "APPROVED", "Approved"
        REJECTED = "REJECTED", "Rejected"

    about = models.ForeignKey(Break, on_delete=models.PROTECT, related_name="resolutions")
    resolution = models.CharField(max_length=11, choices=Break.Resolution)
    counter_account = models.CharField(max_length=100)
    reason = models.CharField(max_length=REASON_LENGTH)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    maker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    checker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    transaction = models.OneToOneField(
        Transaction, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["about"],
                condition=Q(state="PROPOSED"),
                name="merchants_break_one_proposal",
            ),
            models.CheckConstraint(
                condition=Q(state="PROPOSED", checker__isnull=True)
                | Q(
                    ~Q(maker=F("checker")),
                    ~Q(state="PROPOSED"),
                    checker__isnull=False,
                    decided_at__isnull=False,
                ),
                name="merchants_break_resolution_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & (~Q(state="APPROVED") | Q(transaction__isnull=False)),
                name="merchants_break_resolution_in_the_book",
            ),
        )

    def __str__(self) -> str:
        return f"resolution {self.pk}"


class BreakStep(models.Model):
    """What happened to a break, by whom and why; never changed."""

    about = models.ForeignKey(Break, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=16, choices=Break.State)
    category = models.CharField(max_length=26, choices=Break.Category)
    actor = models.CharField(max_length=ACTOR_LENGTH)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    happened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.about_id} {self.state}"
