"""What one person asks for about a month of the book, and another one decides."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ledger.models import REFERENCE_LENGTH
from merchants.models.onboarding import DIGEST_LENGTH
from wallet.models import User
from wallet.models.wallets import REASON_LENGTH


class PeriodRequest(models.Model):
    """To close, lock or open a month again, or to let a reference into a soft-closed one."""

    class Action(models.TextChoices):
        SOFT_CLOSE = "SOFT_CLOSE", "Close softly"
        LOCK = "LOCK", "Lock"
        REOPEN = "REOPEN", "Open again"
        PERMIT = "PERMIT", "Permit a posting"

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", "Requested"
        APPROVED = "APPROVED", "Approved"
        REJECTED = "REJECTED", "Rejected"

    month = models.CharField(max_length=7)
    action = models.CharField(max_length=10, choices=Action)
    reference = models.CharField(max_length=REFERENCE_LENGTH, blank=True, default="")
    reason = models.CharField(max_length=REASON_LENGTH)
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="")

    class Meta:
        permissions = (
            ("close_periods", "May ask to close months and open them again, and approve it"),
            ("permit_postings", "May ask to post into soft-closed months, and approve it"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["month", "action", "reference"],
                condition=Q(state="REQUESTED"),
                name="merchants_period_request_once",
            ),
            models.CheckConstraint(
                condition=~Q(reason="")
                & (
                    Q(action="PERMIT") & ~Q(reference="")
                    | Q(action__in=["SOFT_CLOSE", "LOCK", "REOPEN"], reference="")
                ),
                name="merchants_period_request_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(state="REQUESTED", decided_by__isnull=True)
                | Q(
                    ~Q(requested_by=F("decided_by")),
                    state__in=["APPROVED", "REJECTED"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="merchants_period_request_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state="APPROVED") | Q(approved_digest__regex="^[0-9a-f]{64}$"),
                name="merchants_period_request_approved_as_seen",
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.month}"
