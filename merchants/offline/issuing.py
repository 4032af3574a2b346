"""The issuer: its keys, and what it signs.

A key follows from one of the secrets of the settings, the newest of which signs. What an older one
signed is still good, so that secrets are replaced without anybody noticing; one that leaked is
taken out, and ends what it signed.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from merchants.errors import OfflineNotOffered
from merchants.offline.wire.records import KEY_ID_BYTES, message

_SEED, _CODE_KEY = b"jigap.offline.issuer.v1", b"jigap.offline.till-code.v1"


@dataclass(frozen=True, slots=True)
class Issuer:
    """One key of the issuer; its id is the first bytes of the public key's SHA-256."""

    secret: bytes
    key: Ed25519PrivateKey
    public: bytes

    @property
    def key_id(self) -> bytes:
        """What certificates name the key by."""
        return hashlib.sha256(self.public).digest()[:KEY_ID_BYTES]

    def sign(self, tag: str, body: bytes) -> bytes:
        """Return the signature of a record of the kind that ``tag`` names."""
        return self.key.sign(message(tag, body))

    def code_key(self, till_id: bytes) -> bytes:
        """Return what a till checks six digits with."""
        return hmac.digest(self.secret, _CODE_KEY + till_id, hashlib.sha256)


def issuer() -> Issuer:
    """Return the key that signs now.

    Raises:
        OfflineNotOffered: there is none.

    """
    found = _issuers(tuple(settings.OFFLINE_SECRETS))
    if not found:
        raise OfflineNotOffered
    return found[0]


def issuer_of(key_id: bytes) -> Issuer:
    """Return one of the keys that are still accepted.

    Raises:
        OfflineNotOffered: it is accepted no more.

    """
    for found in _issuers(tuple(settings.OFFLINE_SECRETS)):
        if found.key_id == key_id:
            return found
    raise OfflineNotOffered


def public_keys() -> dict[bytes, bytes]:
    """Return the public keys that are accepted, by their ids."""
    return {each.key_id: each.public for each in _issuers(tuple(settings.OFFLINE_SECRETS))}


@lru_cache(maxsize=8)
def _issuers(secrets: tuple[str, ...]) -> tuple[Issuer, ...]:
    return tuple(_made(secret.encode()) for secret in secrets)


def _made(secret: bytes) -> Issuer:
    seed = hmac.digest(secret, _SEED, hashlib.sha256)
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return Issuer(secret, key, key.public_key().public_bytes_raw())
