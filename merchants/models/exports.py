"""Reports that were asked for, and the files that were made."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from merchants.models.merchants import Merchant
from merchants.models.onboarding import DIGEST_LENGTH


class Export(models.Model):
    """A report of some days as a file, for finance or, with ``merchant``, for one merchant.

    Whoever makes it holds it until ``lease_until`` by ``token``, as a shard of a settlement run.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "Asked for"
        CLAIMED = "CLAIMED", "Being made"
        DONE = "DONE", "Made"
        DEAD = "DEAD", "Failed too often"

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Spreadsheet"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, null=True, related_name="exports"
    )
    report = models.CharField(max_length=3)
    format = models.CharField(max_length=4, choices=Format)
    first_day = models.DateField()
    last_day = models.DateField()
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.PENDING)
    token = models.BigIntegerField(default=0)
    attempts = models.SmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    # How many rows are written so far, and how many there will be.
    rows_done = models.BigIntegerField(default=0)
    rows_total = models.BigIntegerField(null=True)
    stored_as = models.CharField(max_length=100, blank=True, default="")
    sha256 = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="")
    manifest = models.JSONField(null=True)
    failure = models.CharField(max_length=200, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(first_day__lte=models.F("last_day")),
                name="merchants_export_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="DONE",
                    sha256__regex="^[0-9a-f]{64}$",
                    manifest__isnull=False,
                    ended_at__isnull=False,
                )
                | Q(~Q(state="DONE"), sha256="", stored_as="", manifest__isnull=True),
                name="merchants_export_made_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="CLAIMED") | Q(lease_until__isnull=False),
                name="merchants_export_claimed_for_a_time",
            ),
        )
        indexes = (
            models.Index(
                fields=["id"],
                condition=Q(state__in=["PENDING", "CLAIMED"]),
                name="merchants_export_open",
            ),
            models.Index(fields=["merchant", "-id"], name="merchants_export_latest"),
        )

    def __str__(self) -> str:
        return f"{self.report} {self.first_day} {self.last_day}"

    @property
    def file_name(self) -> str:
        """What the file is called for whoever fetches it."""
        return f"{self.report}_{self.first_day}_{self.last_day}.{self.format}"
