"""Money as an integer count of minor units, and the only way in from and out to decimal text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.currencies import currency as currency_of
from ledger.errors import CurrencyMismatch, InvalidAmount

MAX_MINOR = 2**63 - 1  # PostgreSQL BIGINT

# ASCII digits only: Python's own parsers also accept other scripts' digits, "1e3" and "1_000".
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,18})(?:\.([0-9]{1,4}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: ``minor`` counts the smallest unit of ``currency`` (ISO 4217 code or POINT)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise InvalidAmount("an amount is a whole number of minor units")
        if not -MAX_MINOR <= self.minor <= MAX_MINOR:
            raise InvalidAmount("the amount is too large")
        currency_of(self.currency)

    @classmethod
    def from_major(cls, text: object, currency: str) -> Money:
        """Read an unsigned decimal such as "10500" or "10.50".

        Raises:
            InvalidAmount: not plain ASCII digits, more decimals than the currency, or too large.
            UnknownCurrency: the ledger keeps no such currency.

        """
        exponent = currency_of(currency).exponent
        match = _DECIMAL.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise InvalidAmount('write the amount in plain digits, such as "10500"')
        whole, fraction = match[1], match[2] or ""
        if len(fraction) > exponent:
            raise InvalidAmount(f"{currency} has {exponent} decimal places, not {len(fraction)}")
        return cls(int(whole + fraction.ljust(exponent, "0")), currency)

    def to_major(self) -> str:
        """Return the amount as decimal text with all the decimals of its currency."""
        exponent = currency_of(self.currency).exponent
        digits = str(abs(self.minor)).rjust(exponent + 1, "0")
        text = f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits
        return f"-{text}" if self.minor < 0 else text

    def __str__(self) -> str:
        return f"{self.to_major()} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other).minor

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Split into parts in proportion to ``weights``; the parts always sum to the whole.

        Largest remainder: each part is rounded towards zero, and the units left over go one each
        to the largest remainders, the earlier part first where they tie.

        Raises:
            InvalidAmount: no weights, a negative weight, or nothing but zeros.

        """
        total = sum(weights)
        if not weights or min(weights) < 0 or total == 0:
            raise InvalidAmount("weights are zero or more, and not all zero")
        whole, sign = abs(self.minor), 1 if self.minor >= 0 else -1
        shares = [whole * weight // total for weight in weights]
        remainders = [whole * weight % total for weight in weights]
        for i in sorted(range(len(weights)), key=lambda i: -remainders[i])[: whole - sum(shares)]:
            shares[i] += 1
        return [Money(sign * share, self.currency) for share in shares]
