"""Payments that their payers contest."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from merchants.models.merchants import Merchant
from merchants.models.onboarding import DIGEST_LENGTH
from merchants.models.payments import Payment
from merchants.states import UNDECIDED, DisputeState
from wallet.models import User

TEXT_LENGTH = 2_000
MAX_FILE_BYTES = 256 * 1024


class Dispute(models.Model):
    """A payer's claim to have money of a payment back; there is one to a payment, ever.

    What is claimed is held back from the merchant until it is decided. ``ended_by`` says who
    ended it: two of our people, the time, the merchant or the payer.
    """

    class Reason(models.TextChoices):
        NOT_RECEIVED = "NOT_RECEIVED", "Not received"
        NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED", "Not as described"
        PAID_TWICE = "PAID_TWICE", "Paid twice"
        WRONG_AMOUNT = "WRONG_AMOUNT", "Wrong amount"
        NOT_MINE = "NOT_MINE", "Not paid by the holder"
        OTHER = "OTHER", "Another reason"

    class EndedBy(models.TextChoices):
        PEOPLE = "PEOPLE", "Two of our people"
        TIME = "TIME", "Nobody decided in time"
        MERCHANT = "MERCHANT", "The merchant"
        PAYER = "PAYER", "The payer"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="dispute")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="disputes")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="disputes")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    reason = models.CharField(max_length=16, choices=Reason)
    statement = models.CharField(max_length=TEXT_LENGTH)
    state = models.CharField(max_length=9, choices=DisputeState, default=DisputeState.OPEN)
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    decide_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    proposal = models.CharField(max_length=4, blank=True, default="")
    proposal_reason = models.CharField(max_length=TEXT_LENGTH, blank=True, default="")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="")
    ended_by = models.CharField(max_length=8, choices=EndedBy, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="merchants_dispute_of_something"
            ),
            models.CheckConstraint(
                condition=Q(answer_by__gt=F("opened_at"), decide_by__gt=F("answer_by")),
                name="merchants_dispute_times_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state="PROPOSED")
                | Q(
                    ~Q(proposal_reason=""),
                    proposal__in=["WON", "LOST"],
                    proposed_by__isnull=False,
                    proposed_at__isnull=False,
                ),
                name="merchants_dispute_proposal_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNDECIDED, ended_by="", ended_at__isnull=True)
                | Q(state__in=["WON", "LOST"], ended_by="TIME", ended_at__isnull=False)
                | Q(state__in=["WON", "LOST"], ended_by="PEOPLE", ended_at__isnull=False)
                | Q(state="WITHDRAWN", ended_by="PAYER", ended_at__isnull=False)
                | Q(state="CONCEDED", ended_by="MERCHANT", ended_at__isnull=False),
                name="merchants_dispute_ended_by_somebody",
            ),
            # Written so that a null fails instead of passing: a decision has both persons.
            models.CheckConstraint(
                condition=~Q(ended_by="PEOPLE")
                | Q(
                    ~Q(proposed_by=F("decided_by"))
                    & ~Q(proposed_by=F("opened_by"))
                    & ~Q(decided_by=F("opened_by")),
                    proposed_by__isnull=False,
                    decided_by__isnull=False,
                    proposal=F("state"),
                    decided_digest__regex="^[0-9a-f]{64}$",
                ),
                name="merchants_dispute_two_persons",
            ),
        )
        indexes = (
            models.Index(
                fields=["decide_by"],
                condition=Q(state__in=UNDECIDED),
                name="merchants_dispute_to_decide",
            ),
            models.Index(fields=["merchant", "id"], name="merchants_dispute_of_merchant"),
        )

    def __str__(self) -> str:
        return f"dispute {self.public_id}"

    @property
    def amount(self) -> Money:
        """What is claimed."""
        return Money(self.amount_minor, self.currency)


class DisputeEvidence(models.Model):
    """What one side has to say or to show; never changed."""

    class Side(models.TextChoices):
        PAYER = "PAYER", "The payer"
        MERCHANT = "MERCHANT", "The merchant"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="evidence")
    side = models.CharField(max_length=8, choices=Side)
    actor = models.CharField(max_length=64)
    text = models.CharField(max_length=TEXT_LENGTH, blank=True)
    file_type = models.CharField(max_length=20, blank=True)
    file = models.BinaryField(null=True)
    file_sha256 = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(side__in=["PAYER", "MERCHANT"]),
                name="merchants_dispute_evidence_side_known",
            ),
            models.CheckConstraint(
                condition=~Q(text="") | Q(file__isnull=False),
                name="merchants_dispute_evidence_of_something",
            ),
            models.CheckConstraint(
                condition=Q(file__isnull=True, file_type="", file_sha256="")
                | Q(
                    file__isnull=False,
                    file_type__in=["image/jpeg", "image/png", "application/pdf"],
                    file_sha256__regex="^[0-9a-f]{64}$",
                ),
                name="merchants_dispute_evidence_file_whole",
            ),
        )

    def __str__(self) -> str:
        return f"evidence {self.public_id}"
