"""What a holder may see of the other side."""

from __future__ import annotations

import re

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

_PHONE = re.compile(r"\+[0-9]{7,15}", re.ASCII)
_LONGEST_CODE = 3  # digits, by E.164
_SHOWN = 4  # the last digits, by which people know a number again


def mask(text: str) -> str:
    """Return a counterparty's name as it may be shown: a phone number keeps its last digits."""
    if not _PHONE.fullmatch(text):
        return text
    country = country_code(text)
    return f"+{country} ****-{text[-_SHOWN:]}" if country else f"****-{text[-_SHOWN:]}"


def country_code(phone: str) -> str:
    """Return the country code that an E.164 number begins with; nothing where there is none.

    No country code begins another one, so that the digits alone tell where it ends.
    """
    heads = (phone[1 : 1 + length] for length in range(1, _LONGEST_CODE + 1))
    return next((head for head in heads if int(head) in COUNTRY_CODE_TO_REGION_CODE), "")
