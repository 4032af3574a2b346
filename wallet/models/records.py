"""What was answered to whom, and what happened: rows written with the effect they tell of."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wallet.models.wallets import Wallet


class IdempotencyRecord(models.Model):
    """What a keyed request was answered; written in the database transaction of its effect."""

    principal = models.CharField(max_length=64)
    operation = models.CharField(max_length=64)
    key = models.CharField(max_length=255, db_collation="C")
    fingerprint = models.BinaryField(max_length=32)
    status = models.SmallIntegerField(null=True)
    body = models.JSONField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["principal", "operation", "key"], name="wallet_idempotency_record_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.operation} {self.pk}"


class Event(models.Model):
    """Something that happened to a wallet; written in the database transaction of the effect."""

    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    kind = models.CharField(max_length=40)
    facts = models.JSONField(encoder=DjangoJSONEncoder)
    happened_at = models.DateTimeField()
    # A mark per row and not a place reached: ids are given out in another order than commits.
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["id"],
                condition=Q(delivered_at__isnull=True),
                name="wallet_event_undelivered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
