"""What a person is told of: the inbox, and the ways out of the building."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from wallet.models.people import User
from wallet.models.records import Event

ENDPOINT_LENGTH = 1000


class Language(models.TextChoices):
    """The languages notices and documents are written in."""

    KOREAN = "ko", "Korean"
    ENGLISH = "en", "English"


class Channel(models.TextChoices):
    """The ways out of the building."""

    SMS = "SMS", "Text message"
    PUSH = "PUSH", "Web push"


class Notice(models.Model):
    """A line in a person's inbox about an event; its text is made when it is read."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event", "person"], name="wallet_notice_once"),
        )
        indexes = (
            models.Index(fields=["person", "id"], name="wallet_notice_inbox"),
            models.Index(
                fields=["person"], condition=Q(read_at__isnull=True), name="wallet_notice_unread"
            ),
        )

    def __str__(self) -> str:
        return f"notice {self.public_id}"


class NoticePreference(models.Model):
    """How a person wants to be told; the defaults stand where there is no row."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    language = models.CharField(max_length=2, choices=Language, default=Language.KOREAN)
    sms = models.BooleanField(default=False)
    push = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(language__in=["ko", "en"]),
                name="wallet_notice_preference_language_known",
            ),
        )

    def __str__(self) -> str:
        return f"preferences of user {self.person_id}"


class PushSubscription(models.Model):
    """A browser that takes web push for a person, with the keys its messages are sealed with."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_subscriptions")
    # The push service gave this address to one browser: whoever signs in there last has it.
    endpoint = models.CharField(max_length=ENDPOINT_LENGTH, unique=True, db_collation="C")
    public_key = models.BinaryField(max_length=65)
    auth_secret = models.BinaryField(max_length=16)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"push subscription {self.public_id}"


class NoticeDelivery(models.Model):
    """A notice on its way out by one channel; ``public_id`` lets a receiver drop a second copy."""

    class Status(models.TextChoices):
        PENDING = "PENDING", "Pending"
        SENT = "SENT", "Sent"
        FAILED = "FAILED", "Failed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notice = models.ForeignKey(
        Notice, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    channel = models.CharField(max_length=4, choices=Channel)
    subscription = models.ForeignKey(PushSubscription, null=True, on_delete=models.CASCADE)
    status = models.CharField(max_length=7, choices=Status, default=Status.PENDING)
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["notice", "channel", "subscription"],
                nulls_distinct=False,
                name="wallet_notice_delivery_once",
            ),
            models.CheckConstraint(
                condition=Q(channel="SMS", subscription__isnull=True)
                | Q(channel="PUSH", subscription__isnull=False),
                name="wallet_notice_delivery_channel_fits",
            ),
            models.CheckConstraint(
                condition=Q(status="SENT", sent_at__isnull=False)
                | Q(status__in=["PENDING", "FAILED"], sent_at__isnull=True),
                name="wallet_notice_delivery_sent_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"], condition=Q(status="PENDING"), name="wallet_notice_delivery_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.public_id}"
