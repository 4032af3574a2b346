"""Money for people who have no wallet yet."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from wallet.models.people import PHONE_LENGTH
from wallet.models.profiles import MEMO_LENGTH
from wallet.models.wallets import Wallet


class Claim(models.Model):
    """Money sent to a phone number without a wallet; OPEN while it waits to be claimed."""

    class Status(models.TextChoices):
        OPEN = "OPEN", "Open"
        CLAIMED = "CLAIMED", "Claimed"
        CANCELLED = "CANCELLED", "Cancelled"
        RETURNED = "RETURNED", "Returned"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sender = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="claims_sent", db_index=False
    )
    recipient = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, null=True, related_name="claims_received"
    )
    phone = models.CharField(max_length=PHONE_LENGTH)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    memo = models.CharField(max_length=MEMO_LENGTH, blank=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField()
    return_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_claim_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", decided_at__isnull=True, recipient__isnull=True)
                | Q(status="CLAIMED", decided_at__isnull=False, recipient__isnull=False)
                | Q(
                    status__in=["CANCELLED", "RETURNED"],
                    decided_at__isnull=False,
                    recipient__isnull=True,
                ),
                name="wallet_claim_goes_to_one_place",
            ),
        )
        indexes = (
            models.Index(
                fields=["return_at"], condition=Q(status="OPEN"), name="wallet_claim_due"
            ),
            models.Index(
                fields=["phone", "currency"],
                condition=Q(status="OPEN"),
                name="wallet_claim_waiting",
            ),
            models.Index(fields=["sender", "-id"], name="wallet_claim_newest"),
        )

    def __str__(self) -> str:
        return f"claim {self.public_id}"

    @property
    def amount(self) -> Money:
        """What waits, or waited."""
        return Money(self.amount_minor, self.currency)
