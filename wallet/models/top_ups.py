"""Money from a funding provider into a wallet."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from wallet.models.wallets import Wallet


class TopUp(models.Model):
    """Money asked for from a funding provider; PENDING until the provider has decided."""

    class Status(models.TextChoices):
        PENDING = "PENDING", "Pending"
        SETTLED = "SETTLED", "Settled"
        FAILED = "FAILED", "Failed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="top_ups")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    status = models.CharField(max_length=7, choices=Status, default=Status.PENDING)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_top_up_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(status="PENDING", decided_at__isnull=True)
                | Q(status__in=["SETTLED", "FAILED"], decided_at__isnull=False),
                name="wallet_top_up_decided_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["asked_at"], condition=Q(status="PENDING"), name="wallet_top_up_pending"
            ),
        )

    def __str__(self) -> str:
        return f"top-up {self.public_id}"

    @property
    def amount(self) -> Money:
        """What was asked for."""
        return Money(self.amount_minor, self.currency)
