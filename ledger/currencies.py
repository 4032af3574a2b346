"""The currencies the ledger keeps: ISO 4217 codes with their exponents, and units of our own.

The exponent is the number of decimal places between the major and the minor unit, and the numeric
code is the one payment formats carry (both ISO 4217). Units of our own have no numeric code.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.errors import UnknownCurrency


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: alphabetic code, exponent, three-digit numeric code ("" for own units)."""

    code: str
    exponent: int
    numeric: str = ""


_TABLE = """
AED 2 784|AUD 2 036|BDT 2 050|BHD 3 048|BRL 2 986|CAD 2 124|CHF 2 756|CLP 0 152|CNY 2 156|CZK 2 203
DKK 2 208|EUR 2 978|GBP 2 826|GHS 2 936|HKD 2 344|HUF 2 348|IDR 2 360|ILS 2 376|INR 2 356|ISK 0 352
JOD 3 400|JPY 0 392|KES 2 404|KHR 2 116|KRW 0 410|KWD 3 414|LAK 2 418|LKR 2 144|MMK 2 104|MNT 2 496
MOP 2 446|MXN 2 484|MYR 2 458|NGN 2 566|NOK 2 578|NPR 2 524|NZD 2 554|OMR 3 512|PHP 2 608|PKR 2 586
PLN 2 985|QAR 2 634|RON 2 946|SAR 2 682|SEK 2 752|SGD 2 702|THB 2 764|TND 3 788|TRY 2 949|TWD 2 901
UAH 2 980|USD 2 840|UZS 2 860|VND 0 704|ZAR 2 710
"""

CURRENCIES: dict[str, Currency] = {
    code: Currency(code, int(exponent), numeric)
    for code, exponent, numeric in (
        row.split() for row in _TABLE.replace("\n", "|").split("|") if row
    )
} | {"POINT": Currency("POINT", 0)}

BY_NUMERIC: dict[str, Currency] = {c.numeric: c for c in CURRENCIES.values() if c.numeric}


def currency(code: str) -> Currency:
    """Return the currency with this alphabetic code.

    Raises:
        UnknownCurrency: the ledger keeps no such currency.

    """
    try:
        return CURRENCIES[code]
    except KeyError:
        raise UnknownCurrency(code) from None
