"""Money from one wallet to another, at once or later."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from wallet.models.profiles import MEMO_LENGTH
from wallet.models.wallets import Wallet


class Transfer(models.Model):
    """Money sent from one wallet to another."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sender = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="transfers_sent", db_index=False
    )
    recipient = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="transfers_received", db_index=False
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    memo = models.CharField(max_length=MEMO_LENGTH, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_transfer_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(sender=models.F("recipient")), name="wallet_transfer_to_another"
            ),
        )
        indexes = (
            models.Index(fields=["sender", "-id"], name="wallet_transfer_sent_newest"),
            models.Index(fields=["recipient", "-id"], name="wallet_transfer_got_newest"),
        )

    def __str__(self) -> str:
        return f"transfer {self.public_id}"

    @property
    def amount(self) -> Money:
        """What was sent."""
        return Money(self.amount_minor, self.currency)


class ScheduledTransfer(models.Model):
    """A transfer that happens later; SCHEDULED until its time has come or it is cancelled."""

    class Status(models.TextChoices):
        SCHEDULED = "SCHEDULED", "Scheduled"
        SENT = "SENT", "Sent"
        CANCELLED = "CANCELLED", "Cancelled"
        FAILED = "FAILED", "Failed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sender = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="scheduled_to_send", db_index=False
    )
    recipient = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="scheduled_to_receive"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    memo = models.CharField(max_length=MEMO_LENGTH, blank=True)
    means = models.CharField(max_length=10, help_text="How it was proved when it was scheduled")
    status = models.CharField(max_length=9, choices=Status, default=Status.SCHEDULED)
    scheduled_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=64, blank=True, help_text="Error code of a failure")
    transfer = models.OneToOneField(
        Transfer, on_delete=models.PROTECT, null=True, related_name="scheduled"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_scheduled_transfer_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(sender=models.F("recipient")),
                name="wallet_scheduled_transfer_to_another",
            ),
            models.CheckConstraint(
                condition=Q(status="SCHEDULED", decided_at__isnull=True, transfer__isnull=True)
                | Q(status="SENT", decided_at__isnull=False, transfer__isnull=False)
                | Q(status="CANCELLED", decided_at__isnull=False, transfer__isnull=True)
                | (
                    Q(status="FAILED", decided_at__isnull=False, transfer__isnull=True)
                    & ~Q(reason="")
                ),
                name="wallet_scheduled_transfer_ends_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=Q(status="SCHEDULED"),
                name="wallet_scheduled_transfer_due",
            ),
            models.Index(fields=["sender", "-id"], name="wallet_scheduled_newest"),
        )

    def __str__(self) -> str:
        return f"scheduled transfer {self.public_id}"

    @property
    def amount(self) -> Money:
        """What will be sent."""
        return Money(self.amount_minor, self.currency)
