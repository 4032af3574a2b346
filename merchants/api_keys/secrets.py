"""The secret of an API key: how it is made, recognised, and shown."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

from merchants.models.api_keys import SHOWN_LENGTH

PREFIX = "mk_live_"  # which scanners for leaked secrets can look for
_BYTES = 25  # 200 bits; the part that is shown leaves 160
_SECRET = re.compile(rf"{PREFIX}[a-z2-7]{{40}}", re.ASCII)


def new_secret() -> str:
    """Return a new secret of 200 random bits."""
    return PREFIX + base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()


def is_secret(text: str) -> bool:
    """Tell whether a text has the form of a secret."""
    return _SECRET.fullmatch(text) is not None


def digest(secret: str) -> bytes:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def shown(secret: str) -> str:
    """Return the start of a secret, by which people tell one from another."""
    return secret[:SHOWN_LENGTH]
