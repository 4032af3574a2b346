"""Currencies as payloads name them: by ISO 4217 number, whether the ledger keeps them or not."""

from dataclasses import dataclass

from ledger import currencies as ledger_currencies


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency of a payload.

    ``alpha`` and ``exponent`` are None where the ledger does not know the number: such a code
    can be explained to its reader, though not paid.
    """

    numeric: str
    alpha: str | None = None
    exponent: int | None = None


_BY_NUMERIC = {
    numeric: Currency(numeric=numeric, alpha=known.code, exponent=known.exponent)
    for numeric, known in ledger_currencies.BY_NUMERIC.items()
}
_BY_ALPHA = {currency.alpha: currency for currency in _BY_NUMERIC.values()}


def by_numeric(numeric: str) -> Currency:
    """Return the currency with a three-digit number, a bare one if the ledger lacks it."""
    return _BY_NUMERIC.get(numeric) or Currency(numeric)


def by_alpha(alpha: str) -> Currency | None:
    """Return the currency with an alphabetic code, None if payloads cannot name it."""
    return _BY_ALPHA.get(alpha)
