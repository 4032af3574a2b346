"""Whose request it is that carries the secret of an API key."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.calls import call, columns, loaded
from merchants.access.permissions import Permission
from merchants.access.principal import Grant, Principal
from merchants.api_keys.secrets import digest, is_secret
from merchants.models import ApiKeySecret, Merchant

COARSENESS = timedelta(hours=1)
_FIND = f"""
    SELECT s.id, s.last_used_at, k.id, k.scopes, k.store_id, k.terminal_id,
        {columns(Merchant, "m")}
    FROM merchants_apikeysecret AS s INNER JOIN merchants_apikey AS k ON k.id = s.key_id
    INNER JOIN merchants_merchant AS m ON m.id = k.merchant_id
    LEFT JOIN merchants_terminal AS t ON t.id = k.terminal_id
    WHERE s.hashed = $1 AND (s.expires_at IS NULL OR s.expires_at > $2)
        AND k.revoked_at IS NULL AND t.revoked_at IS NULL
"""  # noqa: S608 - of names of columns alone.
_KNOWN = {permission.value: permission for permission in Permission}


def principal_of_secret(*, secret: str, at: datetime) -> Principal | None:
    """Return who a secret stands for; None for one that is unknown, expired or revoked.

    One query, and once an hour a write of when it was last used.
    """
    if not is_secret(secret):
        return None
    rows = call(_FIND, [digest(secret), at])
    if not rows:
        return None
    (secret_id, last_used_at, key_id, scopes, store_id, terminal_id, *merchant) = rows[0]
    if last_used_at is None or last_used_at <= at - COARSENESS:
        ApiKeySecret.objects.filter(pk=secret_id).update(last_used_at=at)
    # A scope that this version does not know allows nothing.
    known = frozenset(_KNOWN[scope] for scope in scopes if scope in _KNOWN)
    grant = Grant(known, store_id=store_id, terminal_id=terminal_id)
    return Principal(loaded(Merchant, merchant), actor=f"key:{key_id}", grants=(grant,))
