"""The twenty digits of a payer's code, and how a phone computes them without a network.

Note [Payer's code]
The phone is given a handle (eight digits) and a key (32 bytes) while it has a network, and shows::

    71  12345678  46119246  89
    |   handle    TOTP      check digits
    prefix

TOTP is RFC 6238 with HMAC-SHA-256, eight digits, steps of 30 seconds since 1970; the check digits
are those of ISO 7064 MOD 97-10 over what stands before them, so that one mistyped or two swapped
digits are found without asking anybody. Who wants a code with a network gets one of the same
form from us: of a handle of its own, whose counter stands at zero and which ends after a minute.

This module is both sides' arithmetic: it reads no clock and no database.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from wallet.errors import ConsumerCodeMalformed

# Neither Alipay's 25 to 30 nor WeChat's 10 to 15, so that a till can tell them apart.
PREFIX = "71"
HANDLE_DIGITS, ONE_TIME_DIGITS = 8, 8
STEP_SECONDS = 30
KEY_BYTES = 32
LENGTH = 20

_PATTERN = re.compile(f"{PREFIX}([0-9]{{8}})([0-9]{{8}})[0-9]{{2}}")
_LOW_31_BITS = 0x7FFF_FFFF


@dataclass(frozen=True, slots=True)
class ConsumerCode:
    """What stands in a payer's code; whether it is good is not known here."""

    handle: str
    one_time: str

    def __str__(self) -> str:
        body = f"{PREFIX}{self.handle}{self.one_time}"
        return body + check_digits(body)


def parse(text: str) -> ConsumerCode:
    """Read a payer's code.

    Raises:
        ConsumerCodeMalformed: it has not this form, or the check digits do not fit.

    """
    found = _PATTERN.fullmatch(text)
    if found is None or check_digits(text[:-2]) != text[-2:]:
        raise ConsumerCodeMalformed
    return ConsumerCode(handle=found[1], one_time=found[2])


def looks_like_one(text: str) -> bool:
    """Tell whether a text has the form of a payer's code, whatever its check digits."""
    return _PATTERN.fullmatch(text) is not None


def code_at(*, handle: str, key: bytes, at: datetime) -> str:
    """Return the code that a phone with this handle and key shows at an instant."""
    return str(ConsumerCode(handle, one_time_digits(key, step_at(at))))


def step_at(at: datetime) -> int:
    """Return the step of 30 seconds that an instant is in."""
    return int(at.timestamp()) // STEP_SECONDS


def one_time_digits(key: bytes, step: int) -> str:
    """Return the eight digits of a step (RFC 4226 section 5.3, RFC 6238)."""
    digest = hmac.digest(key, step.to_bytes(8, "big"), hashlib.sha256)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & _LOW_31_BITS
    return f"{number % 10**ONE_TIME_DIGITS:0{ONE_TIME_DIGITS}d}"


def check_digits(digits: str) -> str:
    """Return the two check digits of ISO 7064 MOD 97-10."""
    return f"{98 - int(digits) * 100 % 97:02d}"
