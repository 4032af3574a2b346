"""Amounts, fees and percentages as payloads state them: objects 54 to 57.

An amount is never rounded, reinterpreted or waived: a text that is not plainly an exact
number of minor units of its currency is refused.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from merchants.codes.mpm.currencies import Currency
from merchants.errors import (
    CodeAmountInvalid,
    CodeObjectInvalid,
    CodeObjectMissing,
    CodeObjectUnexpected,
)

AMOUNT, TIP, FEE_FIXED, FEE_PERCENT = "54", "55", "56", "57"

_MAX_AMOUNT_LENGTH = 13
_MAX_PERCENT_LENGTH = 5
_BPS_DIGITS = 2
_MAX_PERCENT_BPS = 99_99

# Before any conversion, because int() and Decimal() take "1_0", "1e9", "NaN" and the digits
# of every script.
_PLAIN_NUMBER = re.compile(r"([0-9]+)(?:\.([0-9]*))?")


class TipRule(StrEnum):
    """What is added to the amount, and by whom (values of object 55)."""

    PROMPT = "01"
    FIXED = "02"
    PERCENT = "03"


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as printed, and in minor units of the payload's currency.

    ``minor`` is None where the currency is not listed, so that its exponent is unknown.
    """

    text: str
    minor: int | None


@dataclass(frozen=True, slots=True)
class Tip:
    """The tip or convenience fee; ``fee`` belongs to FIXED, ``percent`` to PERCENT."""

    rule: TipRule
    fee: Amount | None = None
    percent: str | None = None

    @property
    def rate_bps(self) -> int | None:
        """The percentage in basis points."""
        return None if self.percent is None else _scaled(FEE_PERCENT, self.percent, _BPS_DIGITS)


def read_amount(objects: Mapping[str, str], currency: Currency) -> Amount | None:
    """Return the amount that object 54 states in ``currency``, None if the payer types it.

    Raises:
        CodeAmountInvalid: anything but digits with at most one decimal point after the first,
            zero, over 13 characters, or more decimals than the currency has.

    """
    text = objects.get(AMOUNT)
    return None if text is None else _read_amount(AMOUNT, text, currency)


def _read_amount(object_id: str, text: str, currency: Currency) -> Amount:
    if len(text) > _MAX_AMOUNT_LENGTH:
        raise CodeAmountInvalid(object_id, f"at most {_MAX_AMOUNT_LENGTH} characters")
    minor = _scaled(object_id, text, currency.exponent)
    return Amount(text, None if currency.exponent is None else minor)


def _scaled(object_id: str, text: str, decimals: int | None) -> int:
    """Return ``text`` in units of its last allowed decimal, or of its own if None."""
    number = _PLAIN_NUMBER.fullmatch(text)
    if number is None:
        raise CodeAmountInvalid(object_id, "digits with at most one decimal point")
    whole, fraction = number[1], number[2] or ""
    if decimals is not None and len(fraction) > decimals:
        raise CodeAmountInvalid(object_id, f"at most {decimals} decimals")
    units = int(whole + fraction.ljust(decimals or 0, "0"))
    if not units:
        raise CodeAmountInvalid(object_id, "never zero")
    return units


def read_tip(objects: Mapping[str, str], currency: Currency) -> Tip | None:
    """Return what objects 55 to 57 say together.

    Raises:
        CodeObjectInvalid: the rule is none of 01, 02 and 03.
        CodeObjectMissing: the fee or percentage that the rule needs is absent.
        CodeObjectUnexpected: a fee or percentage that the rule does not need is there.
        CodeAmountInvalid: the fee or percentage is malformed or zero.

    """
    rule = _tip_rule(objects.get(TIP))
    fee, percent = objects.get(FEE_FIXED), objects.get(FEE_PERCENT)
    _require_only_with(FEE_FIXED, fee, wanted=rule is TipRule.FIXED)
    _require_only_with(FEE_PERCENT, percent, wanted=rule is TipRule.PERCENT)
    if rule is None:
        return None
    return Tip(
        rule,
        fee=None if fee is None else _read_amount(FEE_FIXED, fee, currency),
        percent=None if percent is None else _read_percent(percent),
    )


def _tip_rule(value: str | None) -> TipRule | None:
    try:
        return None if value is None else TipRule(value)
    except ValueError:
        raise CodeObjectInvalid(TIP, "01, 02 or 03") from None


def _require_only_with(object_id: str, value: str | None, *, wanted: bool) -> None:
    if wanted and value is None:
        raise CodeObjectMissing(object_id, "object 55 calls for it")
    if value is not None and not wanted:
        raise CodeObjectUnexpected(object_id, "object 55 does not call for it")


def _read_percent(text: str) -> str:
    if (
        len(text) > _MAX_PERCENT_LENGTH
        or _scaled(FEE_PERCENT, text, _BPS_DIGITS) > _MAX_PERCENT_BPS
    ):
        raise CodeAmountInvalid(FEE_PERCENT, "00.01 to 99.99")
    return text


def write_amounts(amount: Amount | None, tip: Tip | None) -> Iterator[tuple[str, str]]:
    """Yield objects 54 to 57, as far as there are any."""
    if amount is not None:
        yield AMOUNT, amount.text
    if tip is not None:
        yield TIP, tip.rule
        if tip.fee is not None:
            yield FEE_FIXED, tip.fee.text
        if tip.percent is not None:
            yield FEE_PERCENT, tip.percent
