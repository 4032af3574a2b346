"""Signatures by the keys of telephones and tills: Ed25519, or ECDSA on P-256 with SHA-256.

The length of a public key tells which of both it is: 32 bytes are Ed25519 (RFC 8032), 33 a
compressed point of P-256 (SEC 1, 2.3.3), for browsers without Ed25519. A signature has 64 bytes
either way; of P-256 they are r and s, as WebCrypto makes it.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ED25519_BYTES, P256_BYTES = 32, 33
SIGNATURE_BYTES = 64
_HALF = SIGNATURE_BYTES // 2
_ECDSA = ECDSA(SHA256())

# Points of small order, with the sign bit off: whatever is said, the same signature fits many of
# their messages, so that nobody would be bound by having signed.
_SMALL_ORDER = frozenset(
    bytes.fromhex(text)
    for text in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


def is_public_key(raw: bytes) -> bool:
    """Tell whether these bytes are a public key whose signatures bind its holder."""
    if len(raw) == ED25519_BYTES:
        return bytes([*raw[:-1], raw[-1] & 0x7F]) not in _SMALL_ORDER
    try:
        return len(raw) == P256_BYTES and _p256(raw) is not None
    except ValueError:
        return False


def verifies(*, public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether a signature of ``message`` was made with the other half of a public key."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        if len(public_key) == P256_BYTES:
            r, s = (int.from_bytes(signature[at : at + _HALF], "big") for at in (0, _HALF))
            _p256(public_key).verify(encode_dss_signature(r, s), message, _ECDSA)
        else:
            _ed25519(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def _ed25519(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


@lru_cache(maxsize=1024)
def _p256(raw: bytes) -> EllipticCurvePublicKey:
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
