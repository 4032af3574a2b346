"""Whose request it is that carries the secret of an API key."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from merchants.access.permissions import Permission
from merchants.access.principal import Grant, Principal
from merchants.api_keys.secrets import digest, is_secret
from merchants.models import ApiKey, ApiKeySecret

COARSENESS = timedelta(hours=1)


def principal_of_secret(*, secret: str, at: datetime) -> Principal | None:
    """Return who a secret stands for; None for one that is unknown, expired or revoked.

    One query, and once an hour a write of when it was last used.
    """
    if not is_secret(secret):
        return None
    found = (
        ApiKeySecret.objects.select_related("key__merchant")
        .filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=at),
            Q(key__terminal__isnull=True) | Q(key__terminal__revoked_at__isnull=True),
            hashed=digest(secret),
            key__revoked_at__isnull=True,
        )
        .first()
    )
    if found is None:
        return None
    if found.last_used_at is None or found.last_used_at <= at - COARSENESS:
        ApiKeySecret.objects.filter(pk=found.pk).update(last_used_at=at)
    return _principal(found.key)


def _principal(key: ApiKey) -> Principal:
    # A scope that this version does not know allows nothing.
    known = frozenset(Permission(scope) for scope in key.scopes if scope in set(Permission))
    grant = Grant(known, store_id=key.store_id, terminal_id=key.terminal_id)
    return Principal(merchant=key.merchant, actor=f"key:{key.pk}", grants=(grant,))
