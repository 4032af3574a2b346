"""Money as people read it: ``12,000원`` in Korean, ``₩12,000`` in English."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency

from ledger.money import Money

_ISO_LENGTH = 3


def spoken(money: Money, language: str) -> str:
    """Return the amount with its currency, as it is written in the language."""
    amount = Decimal(money.to_major())
    if money.currency == "KRW" and language == "ko":
        return f"{plain(money)}원"
    if len(money.currency) != _ISO_LENGTH:
        return f"{plain(money)} {money.currency}"
    # The ledger's own number of decimals, which is ISO 4217's; Babel's is another for some.
    return format_currency(amount, money.currency, locale=language, decimal_quantization=False)


def printed(money: Money, language: str) -> str:
    """Return the amount with its currency in letters that every printed font has: no ``₩``."""
    if money.currency == "KRW" and language == "ko":
        return f"{plain(money)}원"
    return f"{money.currency} {plain(money)}"


def plain(money: Money) -> str:
    """Return the amount alone, its thousands parted."""
    return f"{Decimal(money.to_major()):,}"
