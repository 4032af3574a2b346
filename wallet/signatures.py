"""Signatures between us and the bank: HMAC-SHA256 over ``timestamp.body``."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from wallet.errors import BadSignature

MAX_SKEW = timedelta(minutes=5)
TIMESTAMP_HEADER = "X-Bank-Timestamp"
SIGNATURE_HEADER = "X-Bank-Signature"


def sign(*, secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature as hexadecimal text."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def check(*, secret: str, timestamp: str, signature: str, body: bytes, at: datetime) -> None:
    """Check who sent a message, and that it is not an old one sent again.

    Args:
        secret: shared with the sender.
        timestamp: seconds since 1970, as sent.
        signature: as sent.
        body: the bytes that were signed.
        at: now.

    Raises:
        BadSignature: the signature does not fit, or the time is more than MAX_SKEW away.

    """
    expected = sign(secret=secret, timestamp=timestamp, body=body)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise BadSignature
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise BadSignature
    if abs(at.timestamp() - int(timestamp)) > MAX_SKEW.total_seconds():
        raise BadSignature
