"""Making API keys, rotating their secrets with an overlap, and revoking them at once.

The secret is made by the caller and handed in, so that what a use-case returns, which may be
stored with the answer to a keyed request, never holds it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q

from merchants.access.audits import note
from merchants.access.permissions import SCOPES
from merchants.api_keys.secrets import digest, shown
from merchants.errors import ApiKeyRevoked, ScopeNotForKeys, SecretOverlap, TooManyApiKeys
from merchants.models import ApiKey, ApiKeySecret, Merchant, Store, Terminal
from wallet.idempotency import use_case

MOST_KEYS = 100
LONGEST_OVERLAP = timedelta(days=30)


@use_case
def make_key(  # noqa: PLR0913 - a key is its columns.
    *,
    merchant: Merchant,
    label: str,
    scopes: Collection[str],
    store: Store | None,
    terminal: Terminal | None,
    secret: str,
    actor: str,
    at: datetime,
) -> ApiKey:
    """Make a key for all stores, one store, or one terminal of that store.

    Raises:
        ScopeNotForKeys: a scope is unknown, or for persons only.
        TooManyApiKeys: the merchant has as many as one may.

    """
    for scope in scopes:
        if scope not in SCOPES:
            raise ScopeNotForKeys(scope)
    if ApiKey.objects.filter(merchant=merchant, revoked_at__isnull=True).count() >= MOST_KEYS:
        raise TooManyApiKeys
    key = ApiKey.objects.create(
        merchant=merchant,
        label=label,
        scopes=sorted(set(scopes)),
        store=store,
        terminal=terminal,
        made_at=at,
    )
    _add_secret(key, secret, at)
    _note(key, "made", secret, actor, at)
    return key


@use_case
def rotate_key(
    *, key: ApiKey, secret: str, overlap: timedelta, actor: str, at: datetime
) -> ApiKey:
    """Give a key another secret; the one before stays valid for the overlap, none for zero.

    Raises:
        ApiKeyRevoked: it is revoked.
        SecretOverlap: an earlier secret is still valid, and this is not to end them all.

    """
    found = _locked(key)
    if found.revoked_at is not None:
        raise ApiKeyRevoked
    earlier = ApiKeySecret.objects.filter(key=found, expires_at__gt=at)
    if overlap and earlier.exists():
        raise SecretOverlap
    valid = ApiKeySecret.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at))
    valid.filter(key=found).update(expires_at=at + min(overlap, LONGEST_OVERLAP))
    _add_secret(found, secret, at)
    _note(found, "rotated", secret, actor, at)
    return found


@use_case
def revoke_key(*, key: ApiKey, actor: str, at: datetime) -> ApiKey:
    """Revoke a key with all its secrets, at once and for good; again changes nothing."""
    found = _locked(key)
    if found.revoked_at is None:
        found.revoked_at = at
        found.save(update_fields=["revoked_at"])
        _note(found, "revoked", "", actor, at)
    return found


def _locked(key: ApiKey) -> ApiKey:
    rows = ApiKey.objects.select_related("merchant", "store", "terminal")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=key.pk)


def _add_secret(key: ApiKey, secret: str, at: datetime) -> None:
    ApiKeySecret.objects.create(key=key, shown=shown(secret), hashed=digest(secret), made_at=at)


def _note(key: ApiKey, what: str, secret: str, actor: str, at: datetime) -> None:
    facts = {"key": str(key.public_id), "label": key.label, "scopes": key.scopes}
    if secret:
        facts |= {"shown": shown(secret)}
    note(merchant=key.merchant, action=f"api_key.{what}", actor=actor, facts=facts, at=at)
