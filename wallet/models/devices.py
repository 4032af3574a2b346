"""Keys of a person's telephones, and what their sessions and sign-ins leave behind."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from wallet.models.people import User

NAME_LENGTH = 40
MOST_KEY_BYTES = 33
NONCE_LENGTH = 64


class Device(models.Model):
    """The public half of a key that never leaves a telephone: Ed25519, or P-256."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(max_length=NAME_LENGTH)
    public_key = models.BinaryField(max_length=MOST_KEY_BYTES, unique=True)
    bound_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"device {self.public_id}"


class DeviceNonce(models.Model):
    """A nonce that a device has used; kept for as long as a request with it could be in time."""

    # Its constraint is ``wallet_device_nonce_once``. No other index: what is kept is an hour's.
    pk = models.CompositePrimaryKey("device_id", "nonce")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+", db_index=False)
    nonce = models.CharField(max_length=NONCE_LENGTH)
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"nonce of device {self.device_id}"


class Session(models.Model):
    """Where a token of the API was given out; the token itself is knox's, hashed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sessions")
    token = models.OneToOneField(
        "knox.AuthToken", on_delete=models.CASCADE, related_name="session"
    )
    user_agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"session {self.public_id}"


class WebSession(models.Model):
    """Where a browser was signed in; it lasts as long as Django's session of this key."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="web_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    user_agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"web session {self.public_id}"


class SignInTries(models.Model):
    """Sign-ins tried since the last right one, for a telephone number or an address."""

    subject = models.CharField(max_length=64, unique=True)
    tries = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(tries__gte=0), name="wallet_sign_in_tries_counted"),
        )

    def __str__(self) -> str:
        return f"tries {self.pk}"
