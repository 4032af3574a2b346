"""What is expected at the bank, and which of its lines it was found on."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH, Entry
from merchants.models.bank.days import ReconciliationRun
from merchants.models.bank.statements import REFERENCE_LENGTH, BankLine, HouseAccount

ACTOR_LENGTH = 64
REASON_LENGTH = 200
SOURCE_LENGTH = 64


class Movement(models.Model):
    """A movement that the bank should have: the ledger's entry, and the record behind it.

    Positive where money comes in. ``kind`` and ``source_id`` name the record; ``end_to_end_id``,
    ``batch_id`` and ``bank_reference`` are what the bank may call it by. Without an entry the
    record is ahead of the book: it was sent to the bank, which has not answered yet.
    """

    account = models.ForeignKey(HouseAccount, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=40)
    source_id = models.CharField(max_length=SOURCE_LENGTH)
    entry = models.OneToOneField(
        Entry, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    end_to_end_id = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    batch_id = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    bank_reference = models.CharField(max_length=REFERENCE_LENGTH, blank=True)
    expected_on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "source_id", "account"], name="merchants_movement_expected_once"
            ),
            models.CheckConstraint(
                condition=~Q(amount_minor=0), name="merchants_movement_moves_something"
            ),
        )
        indexes = (
            models.Index(fields=["account", "expected_on"], name="merchants_movement_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id}"


class MatchGroup(models.Model):
    """Bank lines and movements that belong together, by which rule and on which evidence.

    ``difference_minor`` is what the lines are more than the movements. ``first_on`` is the day of
    the first of them, ``last_on`` of the last.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        CONFIRMED = "CONFIRMED", "Confirmed"
        REJECTED = "REJECTED", "Rejected"
        REVOKED = "REVOKED", "Revoked"

    account = models.ForeignKey(HouseAccount, on_delete=models.PROTECT, related_name="matches")
    run = models.ForeignKey(
        ReconciliationRun, on_delete=models.PROTECT, null=True, related_name="matches"
    )
    rule = models.CharField(max_length=8)
    rule_version = models.IntegerField()
    score = models.SmallIntegerField()
    state = models.CharField(max_length=9, choices=State)
    difference_minor = models.BigIntegerField(default=0)
    first_on = models.DateField()
    last_on = models.DateField()
    evidence = models.JSONField(default=dict)
    actor = models.CharField(max_length=ACTOR_LENGTH)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(score__range=(0, 100), first_on__lte=F("last_on")),
                name="merchants_match_group_sensible",
            ),
            # Only a person may say that a difference does not matter.
            models.CheckConstraint(
                condition=Q(difference_minor=0) | Q(rule__in=["P7", "MANUAL"]),
                name="merchants_match_group_ties",
            ),
        )
        indexes = (
            models.Index(
                fields=["account"],
                condition=~Q(difference_minor=0),
                name="merchants_match_differs",
            ),
            models.Index(fields=["account", "last_on"], name="merchants_match_by_day"),
        )

    def __str__(self) -> str:
        return f"match {self.pk} by {self.rule}"


class MatchClaim(models.Model):
    """One line or one movement of a group. While it is live, no other group may claim the same."""

    group = models.ForeignKey(MatchGroup, on_delete=models.PROTECT, related_name="claims")
    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, null=True, related_name="claims")
    movement = models.ForeignKey(
        Movement, on_delete=models.PROTECT, null=True, related_name="claims"
    )
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["line"], condition=Q(is_live=True), name="merchants_line_claimed_once"
            ),
            models.UniqueConstraint(
                fields=["movement"],
                condition=Q(is_live=True),
                name="merchants_movement_claimed_once",
            ),
            models.CheckConstraint(
                condition=Q(line__isnull=True, movement__isnull=False)
                | Q(line__isnull=False, movement__isnull=True),
                name="merchants_match_claim_of_one_side",
            ),
        )

    def __str__(self) -> str:
        return f"claim {self.pk}"


class MatchStep(models.Model):
    """What became of a group, by whom and why; never changed."""

    group = models.ForeignKey(MatchGroup, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=9, choices=MatchGroup.State)
    actor = models.CharField(max_length=ACTOR_LENGTH)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    happened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.group_id} {self.state}"
