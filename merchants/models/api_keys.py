"""Keys of a merchant's own programs."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from merchants.models.merchants import Merchant, Store, Terminal

SCOPE_LENGTH = 20
SHOWN_LENGTH = 16  # of a secret, to tell one from another


class ApiKey(models.Model):
    """What one program of a merchant may do, and where; its secrets come and go."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="api_keys")
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, null=True)
    label = models.CharField(max_length=40)
    scopes = ArrayField(models.CharField(max_length=SCOPE_LENGTH))
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(scopes__len__gt=0), name="merchants_api_key_has_scopes"
            ),
            models.CheckConstraint(
                condition=Q(terminal__isnull=True) | Q(store__isnull=False),
                name="merchants_api_key_terminal_in_store",
            ),
        )

    def __str__(self) -> str:
        return f"API key {self.public_id}"


class ApiKeySecret(models.Model):
    """A secret of a key, hashed; ``expires_at`` is set once the next one takes over.

    SHA-256 without salt or stretching: a secret is 200 random bits, which no table and no amount
    of guessing covers, and it is looked up by the hash at each request.
    """

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="secrets")
    shown = models.CharField(max_length=SHOWN_LENGTH)
    hashed = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    # To the hour: a request should not cost a write.
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(expires_at__isnull=True),
                name="merchants_api_key_one_current_secret",
            ),
        )

    def __str__(self) -> str:
        return self.shown
