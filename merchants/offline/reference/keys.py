"""Keys that sign: Ed25519, and P-256 as a browser without Ed25519 would."""

from __future__ import annotations

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_HALF = 32


class SigningKey(Protocol):
    """A private key; a browser keeps it where no script can read it."""

    @property
    def public(self) -> bytes:
        """The other half, as certificates have it."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return a signature of 64 bytes."""
        ...


class Ed25519Key:
    """Ed25519 (RFC 8032)."""

    def __init__(self, raw: bytes | None = None) -> None:
        self._key = (
            Ed25519PrivateKey.generate()
            if raw is None
            else Ed25519PrivateKey.from_private_bytes(raw)
        )

    @property
    def public(self) -> bytes:
        """32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature."""
        return self._key.sign(message)


class P256Key:
    """ECDSA on P-256 with SHA-256, the signature r and s as WebCrypto writes it."""

    def __init__(self, raw: bytes | None = None) -> None:
        self._key: EllipticCurvePrivateKey = (
            generate_private_key(SECP256R1())
            if raw is None
            else derive_private_key(int.from_bytes(raw, "big"), SECP256R1())
        )

    @property
    def public(self) -> bytes:
        """33 bytes, a compressed point."""
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def sign(self, message: bytes) -> bytes:
        """Return the signature."""
        r, s = decode_dss_signature(self._key.sign(message, ECDSA(SHA256())))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
