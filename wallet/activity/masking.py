"""What a holder may see of the other side."""

from __future__ import annotations

import re

import phonenumbers

_PHONE = re.compile(r"\+[0-9]{7,15}", re.ASCII)
_SHOWN = 4  # the last digits, by which people know a number again


def mask(text: str) -> str:
    """Return a counterparty's name as it may be shown: a phone number keeps its last digits."""
    if not _PHONE.fullmatch(text):
        return text
    try:
        country = str(phonenumbers.parse(text, None).country_code)
    except phonenumbers.NumberParseException:
        country = ""
    return f"+{country} ****-{text[-_SHOWN:]}".replace("+ ", "")
