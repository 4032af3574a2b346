"""When merchants are settled: calendars, and the terms that name them."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import Q

from merchants.models.merchants import HOME_ZONE, ZONE_LENGTH, Merchant


class SettlementCalendar(models.Model):
    """When days end, which of them are closed together, and when they are due; never changed.

    A ``cutoff`` before noon is that of the next morning: a day with the cut-off 04:00 goes on
    through the night; one with 22:00 has ended by then. WEEKLY periods end on ``weekday`` (0:
    Monday), MONTHLY ones on ``month_day`` or the last day of a shorter month. What was closed is
    due ``delay_days`` business days of the country's bank calendar after the last day.
    """

    class Schedule(models.TextChoices):
        DAILY = "DAILY", "Each day"
        WEEKLY = "WEEKLY", "Each week"
        MONTHLY = "MONTHLY", "Each month"

    name = models.CharField(max_length=60, unique=True)
    zone = models.CharField(max_length=ZONE_LENGTH, default=HOME_ZONE)
    country = models.CharField(max_length=2, default="KR")
    cutoff = models.TimeField(default=time(0))
    schedule = models.CharField(max_length=7, choices=Schedule, default=Schedule.DAILY)
    weekday = models.SmallIntegerField(null=True)
    month_day = models.SmallIntegerField(null=True)
    delay_days = models.SmallIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(schedule="DAILY", weekday__isnull=True, month_day__isnull=True)
                | Q(
                    schedule="WEEKLY",
                    weekday__isnull=False,
                    weekday__range=(0, 6),
                    month_day__isnull=True,
                )
                | Q(
                    schedule="MONTHLY",
                    weekday__isnull=True,
                    month_day__isnull=False,
                    month_day__range=(1, 31),
                ),
                name="merchants_settlement_calendar_says_when",
            ),
            models.CheckConstraint(
                condition=Q(delay_days__range=(0, 60)),
                name="merchants_settlement_calendar_delay_sensible",
            ),
        )

    def __str__(self) -> str:
        return self.name


class SettlementTerms(models.Model):
    """From which business day on a merchant is settled how; it holds until the next begins.

    Of each settlement's payments ``reserve_bps`` are held back for ``reserve_days``. A payout
    above ``review_above_minor`` waits until a person approved the settlement.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="terms")
    from_date = models.DateField()
    calendar = models.ForeignKey(SettlementCalendar, on_delete=models.PROTECT, related_name="+")
    reserve_bps = models.IntegerField(default=0)
    reserve_days = models.IntegerField(default=0)
    review_above_minor = models.BigIntegerField(null=True)
    agreed_at = models.DateTimeField()
    agreed_by = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["merchant", "from_date"], name="merchants_settlement_terms_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(reserve_bps=0, reserve_days=0)
                | Q(reserve_bps__range=(1, 10_000), reserve_days__range=(1, 3_650)),
                name="merchants_settlement_terms_reserve_sensible",
            ),
            models.CheckConstraint(
                condition=~Q(agreed_by=""), name="merchants_settlement_terms_say_who"
            ),
        )

    def __str__(self) -> str:
        return f"terms {self.pk}"
