"""Money from one wallet to another."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from wallet.models.wallets import Wallet


class Transfer(models.Model):
    """Money sent from one wallet to another."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sender = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="transfers_sent")
    recipient = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="transfers_received"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    memo = models.CharField(max_length=100, blank=True)
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

    def __str__(self) -> str:
        return f"transfer {self.public_id}"

    @property
    def amount(self) -> Money:
        """What was sent."""
        return Money(self.amount_minor, self.currency)
