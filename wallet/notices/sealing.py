"""Web push messages: sealed for one browser (RFC 8291), signed by us (RFC 8292).

Written here on ``cryptography`` and not taken from pywebpush: that brings a second HTTP client,
and connects by name, where we connect to the address that was looked at.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wallet.errors import InvalidPushKeys

PUBLIC_KEY_BYTES, AUTH_BYTES = 65, 16

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_RECORD_SIZE = 4096
_LAST_RECORD = b"\x02"
_TOKEN_LIFE = timedelta(hours=12)  # RFC 8292 allows a day; clocks differ


def seal(
    message: bytes,
    *,
    public_key: bytes,
    auth_secret: bytes,
    ours: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """Return the message as only the browser with these keys can read it.

    Args:
        message: at most 3,993 bytes.
        public_key: the browser's, 65 bytes.
        auth_secret: the browser's, 16 bytes.
        ours: a key for this message alone; a new one without.
        salt: 16 bytes; random without.

    """
    ours, salt = ours or ec.generate_private_key(_CURVE), salt or os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public_key)
    our_point = point_of(ours)
    shared = ours.exchange(ec.ECDH(), theirs)
    info = b"WebPush: info\x00" + public_key + our_point
    keying = _derive(shared, salt=auth_secret, info=info, length=32)
    key = _derive(keying, salt=salt, info=b"Content-Encoding: aes128gcm\x00", length=16)
    nonce = _derive(keying, salt=salt, info=b"Content-Encoding: nonce\x00", length=12)
    header = salt + _RECORD_SIZE.to_bytes(4, "big") + bytes([len(our_point)]) + our_point
    return header + AESGCM(key).encrypt(nonce, message + _LAST_RECORD, None)


def check_keys(*, public_key: bytes, auth_secret: bytes) -> None:
    """Refuse what no browser gives.

    Raises:
        InvalidPushKeys: not a point of P-256, or not of the right length.

    """
    if len(public_key) != PUBLIC_KEY_BYTES or len(auth_secret) != AUTH_BYTES:
        raise InvalidPushKeys
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public_key)
    except ValueError as exc:
        raise InvalidPushKeys from exc


def signing_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """Return the key that a secret text stands for, the same one each time."""
    number = int.from_bytes(hashlib.sha512(secret.encode()).digest(), "big")
    return ec.derive_private_key(number % (_ORDER - 1) + 1, _CURVE)


def vapid(*, key: ec.EllipticCurvePrivateKey, audience: str, subject: str, at: datetime) -> str:
    """Return the Authorization header that says who sends."""
    head = {"typ": "JWT", "alg": "ES256"}
    expires = int((at + _TOKEN_LIFE).timestamp())
    claims = {"aud": audience, "exp": expires, "sub": subject}
    token = ".".join(to_base64url(json.dumps(part).encode()) for part in (head, claims))
    r, s = decode_dss_signature(key.sign(token.encode(), ec.ECDSA(hashes.SHA256())))
    signature = to_base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={token}.{signature}, k={to_base64url(point_of(key))}"


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public key as the 65 bytes that the protocol speaks of."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def to_base64url(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Read base64url, with or without padding.

    Raises:
        InvalidPushKeys: it is something else.

    """
    try:
        padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError as exc:
        raise InvalidPushKeys from exc


def _derive(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
