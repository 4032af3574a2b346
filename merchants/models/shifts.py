"""Shifts: who stood at a till, from when until when, and what it took meanwhile."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from ledger.money import Money
from merchants.models.merchants import Terminal
from wallet.models import User


class TillShift(models.Model):
    """A shift at a till; what it came to is written when it is closed, and stays.

    Counted is what this till asked for: payments of the store's poster are no till's.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="shifts")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    payments = models.IntegerField(null=True)
    taken_minor = models.BigIntegerField(null=True)
    refunded_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["terminal"],
                condition=Q(closed_at__isnull=True),
                name="merchants_till_shift_one_open",
            ),
            models.CheckConstraint(
                condition=Q(
                    closed_at__isnull=True,
                    closed_by__isnull=True,
                    payments__isnull=True,
                    taken_minor__isnull=True,
                    refunded_minor__isnull=True,
                )
                | Q(
                    closed_at__isnull=False,
                    closed_at__gte=F("opened_at"),
                    closed_by__isnull=False,
                    payments__isnull=False,
                    payments__gte=0,
                    taken_minor__isnull=False,
                    taken_minor__gte=0,
                    refunded_minor__isnull=False,
                    refunded_minor__gte=0,
                ),
                name="merchants_till_shift_closed_whole",
            ),
        )

    def __str__(self) -> str:
        return f"shift {self.public_id}"

    @property
    def taken(self) -> Money:
        """What a closed shift took."""
        return Money(self.taken_minor or 0, self.terminal.store.merchant.currency)

    @property
    def refunded(self) -> Money:
        """What a closed shift gave back."""
        return Money(self.refunded_minor or 0, self.terminal.store.merchant.currency)
