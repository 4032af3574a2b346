"""What a person proves themselves with."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from wallet.models.people import PHONE_LENGTH, User


class Pin(models.Model):
    """A person's PIN, hashed, and how many wrong ones were given since the last right one."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="pin")
    hashed = models.CharField(max_length=128)
    failures = models.SmallIntegerField(default=0)
    set_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(failures__gte=0, failures__lte=5), name="wallet_pin_five_attempts"
            ),
        )

    def __str__(self) -> str:
        return f"PIN of user {self.user_id}"


class OneTimeCode(models.Model):
    """A code sent to a telephone, hashed; the newest for a phone, purpose and subject counts."""

    class Purpose(models.TextChoices):
        SIGN_UP = "SIGN_UP", "Signing up"
        STEP_UP = "STEP_UP", "A second proof"

    phone = models.CharField(max_length=PHONE_LENGTH)
    purpose = models.CharField(max_length=7, choices=Purpose)
    subject = models.CharField(max_length=36, blank=True)
    hashed = models.BinaryField(max_length=32)
    failures = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    # The request that used it, so that the same request may come again.
    used_by = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(failures__gte=0, failures__lte=5), name="wallet_code_five_attempts"
            ),
        )
        indexes = (models.Index(fields=["phone", "sent_at"], name="wallet_code_by_phone"),)

    def __str__(self) -> str:
        return f"code {self.pk}"


class StepUp(models.Model):
    """A second proof of one person for one request, named by the request's fingerprint."""

    class By(models.TextChoices):
        SMS = "SMS", "Text message"
        TOTP = "TOTP", "Authenticator"
        BACKUP_CODE = "BACKUP_CODE", "Backup code"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="step_ups")
    by = models.CharField(max_length=11, choices=By)
    fingerprint = models.BinaryField(max_length=32)
    attempts = models.SmallIntegerField(default=0)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Null until it is proved; the token itself is known to its holder alone.
    token_hashed = models.BinaryField(max_length=32, null=True, unique=True)
    used_at = models.DateTimeField(null=True)
    used_by = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(attempts__gte=0, attempts__lte=5), name="wallet_step_up_five_attempts"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(token_hashed__isnull=False),
                name="wallet_step_up_proved_before_used",
            ),
        )
        indexes = (models.Index(fields=["user", "begun_at"], name="wallet_step_up_by_user"),)

    def __str__(self) -> str:
        return f"step-up {self.public_id}"


class BackupCode(models.Model):
    """One of a person's codes on paper, hashed with a secret that is not in the database."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="backup_codes")
    hashed = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "hashed"], name="wallet_backup_code_once"),
        )

    def __str__(self) -> str:
        return f"backup code {self.pk}"
