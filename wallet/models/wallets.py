"""Wallets."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from ledger.models import CURRENCY_LENGTH, Account
from wallet.models.people import User


class Wallet(models.Model):
    """A consumer's stored value in one currency; the money itself is in the ledger."""

    class Status(models.TextChoices):
        OPEN = "OPEN", "Open"
        FROZEN = "FROZEN", "Frozen"
        CLOSED = "CLOSED", "Closed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="wallets")
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    available_account = models.OneToOneField(Account, on_delete=models.PROTECT)
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["holder", "currency"], name="wallet_wallet_one_each"),
            models.CheckConstraint(
                condition=Q(status__in=["OPEN", "FROZEN", "CLOSED"]),
                name="wallet_wallet_status_known",
            ),
        )

    def __str__(self) -> str:
        return f"wallet {self.public_id}"
