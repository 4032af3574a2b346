"""What happened to merchants, and where they are told of it."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from merchants.models.merchants import Merchant, Store

KIND_LENGTH = 40
URL_LENGTH = 500
SEALED_BYTES = 100


class MerchantEvent(models.Model):
    """Something that happened to a merchant; written in the database transaction of the effect.

    What happens to payments and refunds is written by a trigger, see Note [Events by trigger].
    ``sequence`` counts a merchant's events from 1 without a gap, and is given later: ids are drawn
    in another order than they are committed in.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, related_name="+")
    sequence = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=KIND_LENGTH)
    # Amounts are minor units here, under names that end in _minor.
    facts = models.JSONField(encoder=DjangoJSONEncoder)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["merchant", "sequence"], name="merchants_event_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(sequence__isnull=True) | Q(sequence__gt=0),
                name="merchants_event_numbered_from_one",
            ),
        )
        indexes = (
            models.Index(
                fields=["merchant", "id"],
                condition=Q(sequence__isnull=True),
                name="merchants_event_unnumbered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class WebhookEndpoint(models.Model):
    """Where a merchant is told; events go there once it has answered with the challenge.

    No ``kinds``: every kind. A removed endpoint is kept, so that what was sent can be explained.
    """

    class State(models.TextChoices):
        UNVERIFIED = "UNVERIFIED", "Has not answered the challenge yet"
        ACTIVE = "ACTIVE", "Active"
        DISABLED = "DISABLED", "Disabled"
        REMOVED = "REMOVED", "Removed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="webhooks")
    url = models.CharField(max_length=URL_LENGTH)
    label = models.CharField(max_length=40, blank=True)
    kinds = ArrayField(models.CharField(max_length=KIND_LENGTH), default=list)
    state = models.CharField(max_length=10, choices=State, default=State.UNVERIFIED)
    challenge = models.CharField(max_length=43)
    disabled_because = models.CharField(max_length=20, blank=True)
    # Since when nothing arrived; such an endpoint gets one message at a time.
    failing_since = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["UNVERIFIED", "ACTIVE", "DISABLED", "REMOVED"]),
                name="merchants_webhook_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="DISABLED") ^ Q(disabled_because=""),
                name="merchants_webhook_disabled_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"webhook {self.public_id}"


class WebhookSecret(models.Model):
    """A secret that messages are signed with, encrypted; two while one takes over from another."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.BinaryField(max_length=SEALED_BYTES)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["endpoint"],
                condition=Q(expires_at__isnull=True),
                name="merchants_webhook_one_current_secret",
            ),
        )

    def __str__(self) -> str:
        return f"secret {self.pk}"


class WebhookDelivery(models.Model):
    """An event on its way to an endpoint; without an event, the challenge that verifies it.

    ``leased_until`` says that a worker is sending it, and until when that is believed.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "Pending"
        DELIVERED = "DELIVERED", "Delivered"
        DEAD = "DEAD", "Given up"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    event = models.ForeignKey(
        MerchantEvent, on_delete=models.PROTECT, null=True, related_name="deliveries"
    )
    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    answered = models.SmallIntegerField(null=True)
    error = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["endpoint", "event"], name="merchants_webhook_delivery_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["PENDING", "DELIVERED", "DEAD"]),
                name="merchants_webhook_delivery_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="PENDING") | Q(leased_until__isnull=True),
                name="merchants_webhook_delivery_leased_while_pending",
            ),
        )
        indexes = (
            models.Index(
                fields=["endpoint", "due_at"],
                condition=Q(state="PENDING"),
                name="merchants_webhook_due",
            ),
            models.Index(
                fields=["endpoint", "leased_until"],
                condition=Q(leased_until__isnull=False),
                name="merchants_webhook_leased",
            ),
        )

    def __str__(self) -> str:
        return f"delivery {self.public_id}"
