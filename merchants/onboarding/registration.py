"""Business registration numbers of Korea (사업자등록번호): ten digits, the last one a check."""

from __future__ import annotations

import re

from merchants.errors import InvalidRegistrationNumber

_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_WRITTEN = re.compile(r"([0-9]{3})-?([0-9]{2})-?([0-9]{5})", re.ASCII)


def normal_registration(text: str) -> str:
    """Return a registration number without hyphens.

    Raises:
        InvalidRegistrationNumber: not ten digits, or the last one does not fit the others.

    """
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise InvalidRegistrationNumber
    number = "".join(written.groups())
    if number[-1] != check_digit(number[:-1]):
        raise InvalidRegistrationNumber
    return number


def check_digit(first_nine: str) -> str:
    """Return the tenth digit that nine digits ask for.

    The National Tax Service's rule: weights 1 3 7 1 3 7 1 3 5, and the tens of the last product
    are added once more.
    """
    products = [int(d) * w for d, w in zip(first_nine, _WEIGHTS, strict=True)]
    return str(-(sum(products) + products[-1] // 10) % 10)
