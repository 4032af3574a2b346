"""What a payment is called: its number, and the four digits that payer and cashier compare."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from django.conf import settings

_MATCH_MODULUS = 10_000


def payment_number(at: datetime) -> str:
    """Return a number for a payment: the day, and twelve digits that cannot be guessed."""
    return f"{at:%y%m%d}{secrets.randbelow(10**12):012d}"


def match_code(number: str) -> str:
    """Return the four digits that both sides' screens show for a payment.

    They follow from the number by a secret, so a screen made up beforehand cannot show them.
    """
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"match:" + number.encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8], 'big') % _MATCH_MODULUS:04d}"
