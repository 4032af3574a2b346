"""Signatures of Standard Webhooks 1.0: ``v1``, HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

ID, TIME, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = timedelta(minutes=5)
_VERSION = "v1,"
_MOST_SIGNATURES = 10


def headers_of(
    *, message_id: str, body: bytes, keys: Iterable[bytes], at: datetime
) -> dict[str, str]:
    """Return the headers of a message, signed with each key: whoever knows one can check it."""
    seconds = int(at.timestamp())
    signatures = " ".join(_sign(key, message_id, seconds, body) for key in keys)
    return {ID: message_id, TIME: str(seconds), SIGNATURE: signatures}


def is_genuine(*, headers: Mapping[str, str], body: bytes, key: bytes, at: datetime) -> bool:
    """Tell whether a message is ours and of these minutes; headers by lower-case name.

    What a receiver does, and ``manage.py webhook listen``. Never raises, whatever the headers say.
    """
    time = headers.get(TIME, "")
    if not (time.isascii() and time.isdigit() and len(time) < len("9" * 12)):
        return False
    if abs(at.timestamp() - int(time)) > TOLERANCE.total_seconds():
        return False
    expected = _sign(key, headers.get(ID, ""), int(time), body).encode()
    given = headers.get(SIGNATURE, "").split(" ")[:_MOST_SIGNATURES]
    return any(
        hmac.compare_digest(expected, one.encode("utf-8", "surrogateescape")) for one in given
    )


def _sign(key: bytes, message_id: str, seconds: int, body: bytes) -> str:
    signed = f"{message_id}.{seconds}.".encode("utf-8", "surrogateescape") + body
    return _VERSION + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
