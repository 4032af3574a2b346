"""Money set aside in a wallet."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from ledger.models import CURRENCY_LENGTH
from ledger.money import Money
from wallet.models.wallets import Wallet


class Hold(models.Model):
    """An amount set aside for somebody until it is captured, released or expires."""

    class State(models.TextChoices):
        HELD = "HELD", "Held"
        CAPTURED = "CAPTURED", "Captured"
        RELEASED = "RELEASED", "Released"
        EXPIRED = "EXPIRED", "Expired"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="holds")
    amount_minor = models.BigIntegerField()
    captured_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=CURRENCY_LENGTH)
    payee = models.CharField(max_length=64)
    # The ledger's transaction that set the money aside; a release is its reversal.
    transaction_id = models.BigIntegerField(unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.HELD)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="wallet_hold_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("placed_at")), name="wallet_hold_lasts"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="CAPTURED", captured_minor__gt=0, captured_minor__lte=F("amount_minor")
                )
                | Q(state__in=["HELD", "RELEASED", "EXPIRED"], captured_minor=0),
                name="wallet_hold_captured_within",
            ),
            models.CheckConstraint(
                condition=Q(state="HELD", ended_at__isnull=True)
                | (~Q(state="HELD") & Q(ended_at__isnull=False)),
                name="wallet_hold_ended_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["expires_at"], condition=Q(state="HELD"), name="wallet_hold_to_expire"
            ),
            models.Index(fields=["wallet"], condition=Q(state="HELD"), name="wallet_hold_held"),
        )

    def __str__(self) -> str:
        return f"hold {self.public_id}"

    @property
    def amount(self) -> Money:
        """What was set aside."""
        return Money(self.amount_minor, self.currency)

    @property
    def captured(self) -> Money:
        """What was taken of it."""
        return Money(self.captured_minor, self.currency)
