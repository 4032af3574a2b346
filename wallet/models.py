"""People, their wallets, and what moves money in and between them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from ledger.models import CURRENCY_LENGTH, Account
from ledger.money import Money

PHONE_LENGTH = 16  # E.164: a plus sign and at most 15 digits


class UserManager(BaseUserManager["User"]):
    """Makes users; the phone number is the name they sign in with."""

    def create_user(self, phone: str, password: str, **fields: Any) -> User:
        """Create a user with a hashed password; ``phone`` is in E.164."""
        user = self.model(phone=phone, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str, password: str, **fields: Any) -> User:
        """Create an administrator."""
        return self.create_user(phone, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in: a consumer, or staff."""

    phone = models.CharField(max_length=PHONE_LENGTH, unique=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now())

    objects = UserManager()
    USERNAME_FIELD = "phone"

    def __str__(self) -> str:
        return f"user {self.pk}"


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
