"""The secrets that messages are signed with: shown once, and encrypted where they are kept.

They have to be read again to sign, so a hash will not do. The key follows from a secret of the
installation that is not in the database; a row moved to another endpoint does not open.
"""

from __future__ import annotations

import base64
import os
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from merchants.models import WebhookEndpoint

PREFIX = "whsec_"
_SECRET_BYTES = 32  # the standard asks for 24 to 64
_NONCE_BYTES, _KEY_BYTES = 12, 32


def new_secret() -> str:
    """Return a new secret, as it is shown."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """Return the bytes that a secret stands for.

    Raises:
        ValueError: it is no secret.

    """
    if not secret.startswith(PREFIX):
        raise ValueError("a secret begins with " + PREFIX)
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)


def seal(secret: str, endpoint: WebhookEndpoint) -> bytes:
    """Return a secret as it is kept."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, key_of(secret), endpoint.public_id.bytes)


def unseal(sealed: bytes, endpoint: WebhookEndpoint) -> bytes:
    """Return the bytes to sign with.

    Raises:
        InvalidTag: sealed by another installation, or for another endpoint.

    """
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    return _cipher().decrypt(nonce, rest, endpoint.public_id.bytes)


def _cipher() -> AESGCM:
    derived = HKDF(hashes.SHA256(), _KEY_BYTES, None, b"merchants.webhooks.secrets")
    return AESGCM(derived.derive(settings.SEALING_SECRET.encode()))
