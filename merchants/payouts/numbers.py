"""Numbers of payouts and of their files: two letters, nine digits, and a check digit.

The check digit (Luhn, ISO/IEC 7812-1) lets a number be told from other digits in the text of a
bank's statement line.
"""

from __future__ import annotations

import re

from django.db import connection

PAYOUT, FILE = "PO", "PF"
_SHAPE = re.compile(r"(?<![A-Z0-9])(PO|PF)([0-9]{10})(?![0-9])", re.ASCII)
_NEXT = "SELECT nextval('merchants_payout_number') FROM generate_series(1, %s)"


def new_numbers(prefix: str, count: int) -> list[str]:
    """Return numbers that were given to nothing else."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [count])
        drawn = [int(row[0]) for row in cursor.fetchall()]
    return [number_of(prefix, serial) for serial in drawn]


def number_of(prefix: str, serial: int) -> str:
    """Return the number with its check digit."""
    digits = f"{serial % 10**9:09d}"
    return f"{prefix}{digits}{check_digit(digits)}"


def check_digit(digits: str) -> str:
    """Return Luhn's check digit."""
    doubled = [int(d) * (2 - place % 2) for place, d in enumerate(reversed(digits))]
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def numbers_in(text: str) -> list[str]:
    """Return the numbers of ours in a text, those with a wrong check digit left out."""
    found = _SHAPE.findall(text)
    return [p + digits for p, digits in found if check_digit(digits[:-1]) == digits[-1]]
