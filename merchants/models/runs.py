"""The closing of business days: what is frozen, and the parts it is worked through in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import Entry
from merchants.models.calendars import SettlementCalendar
from merchants.models.merchants import Merchant
from merchants.states import RunState, ShardState


class SettlementRun(models.Model):
    """One closing of a calendar's business day or period.

    What is posted above ``through_id`` waits for a later run, and so does what counts from
    ``window_to`` on. What counts from before ``window_from`` is late. Below ``settled_before``
    nothing but late entries can be missing once the run is closed.
    """

    class Kind(models.TextChoices):
        SCHEDULED = "SCHEDULED", "At the end of the day"
        EARLY = "EARLY", "Asked for while the day goes on"

    calendar = models.ForeignKey(SettlementCalendar, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.SCHEDULED)
    business_date = models.DateField()
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    settled_before = models.DateTimeField()
    due_on = models.DateField()
    through_id = models.BigIntegerField()
    state = models.CharField(max_length=7, choices=RunState, default=RunState.CLOSING)
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["calendar", "business_date"],
                condition=Q(kind="SCHEDULED"),
                name="merchants_settlement_run_scheduled_once",
            ),
            models.CheckConstraint(
                condition=Q(window_from__lt=F("window_to"), settled_before__lte=F("window_to")),
                name="merchants_settlement_run_window_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="CLOSING", closed_at__isnull=True)
                | Q(state="CLOSED", closed_at__isnull=False),
                name="merchants_settlement_run_closed_once",
            ),
        )

    def __str__(self) -> str:
        return f"run {self.pk} of {self.business_date}"


class SettlementShard(models.Model):
    """One part of a run: the merchants whose id leaves ``number`` when divided by 256.

    Whoever works on it holds it until ``lease_until`` by ``token``, which each claim raises: one
    who was thought dead and comes back finds another token and writes nothing.
    """

    run = models.ForeignKey(SettlementRun, on_delete=models.PROTECT, related_name="shards")
    number = models.SmallIntegerField()
    state = models.CharField(max_length=7, choices=ShardState, default=ShardState.PENDING)
    token = models.BigIntegerField(default=0)
    attempts = models.SmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    settlement_count = models.IntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["run", "number"], name="merchants_settlement_shard_once"
            ),
            models.CheckConstraint(
                condition=Q(number__range=(0, 255), attempts__range=(0, 5)),
                name="merchants_settlement_shard_within",
            ),
            models.CheckConstraint(
                condition=~Q(state="CLAIMED") | Q(lease_until__isnull=False),
                name="merchants_settlement_shard_claimed_for_a_time",
            ),
        )
        indexes = (
            models.Index(
                fields=["number", "run"],
                condition=Q(state__in=["PENDING", "CLAIMED"]),
                name="merchants_shard_open",
            ),
        )

    def __str__(self) -> str:
        return f"shard {self.number} of run {self.run_id}"


class LateEntry(models.Model):
    """An entry that came after the day it counts for was closed, or that comes back.

    A later settlement takes it. Others are found by when they count, so that no closing reads
    the days before it again.
    """

    entry = models.OneToOneField(
        Entry, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"late entry {self.pk}"
