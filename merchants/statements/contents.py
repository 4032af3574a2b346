"""What every format of a statement is read into: heads, lines and feet, in the file's order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from ledger.currencies import CURRENCIES
from ledger.errors import InvalidAmount
from ledger.money import MAX_MINOR, Money
from merchants.errors import StatementUnreadable

TEXT_LENGTH = 500
REFERENCE_LENGTH = 64
NAME_LENGTH = 140
ACCOUNT_LENGTH = 40
# What one entry may take of a file; more is a bomb, not a movement of money.
MOST_BYTES = 16 * 1024 * 1024
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_ACCOUNT = re.compile(r"[0-9A-Z]{1,40}", re.ASCII)
_ZEROS = re.compile(r"(\.[0-9]*?)0+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a statement: of which account, and its place among the others.

    ``is_booked`` is false for a notification, which has no balances.
    """

    line: int
    name: str
    account: str
    currency: str
    sequence: int | None = None
    is_booked: bool = True


class Line(NamedTuple):
    """One movement; ``amount_minor`` is positive where money came in.

    ``line`` is where it stands in the file, ``part`` its place within a batch that the bank booked
    as one.
    """

    line: int
    part: int
    amount_minor: int
    currency: str
    booked_on: date
    value_on: date
    bank_reference: str = ""
    end_to_end_id: str = ""
    batch_id: str = ""
    text: str = ""
    code: str = ""
    counterparty: str = ""
    return_reason: str = ""
    is_reversal: bool = False


class Skipped(NamedTuple):
    """An entry that is not booked, such as a pending one."""

    line: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What stood on the account; negative where it was overdrawn."""

    line: int
    minor: int
    currency: str
    on: date


@dataclass(frozen=True, slots=True)
class Foot:
    """The end of a statement, with what it says of itself."""

    line: int
    opening: Balance | None = None
    closing: Balance | None = None
    entry_count: int | None = None
    entry_sum_minor: int | None = None


Piece = Head | Line | Skipped | Foot


def day(text: str, line: int) -> date:
    """Read ``YYYY-MM-DD``, with whatever time comes after it.

    Raises:
        StatementUnreadable: there is no such day.

    """
    found = _day(text[:10])
    if found is None:
        raise StatementUnreadable(line, f"there is no day {shown(text[:10])}")
    return found


@lru_cache(maxsize=1024)
def _day(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def minor(text: str, currency: str, line: int) -> int:
    """Read an unsigned decimal amount into minor units; zeros after its decimals are nothing.

    Raises:
        StatementUnreadable: not an amount of this currency.

    """
    if text.isdecimal() and text.isascii() and len(text) <= _SURE_DIGITS:
        exponent = exponent_of(currency, line)
        return int(text) * int(10**exponent)
    exponent_of(currency, line)
    if not any(character.isdigit() for character in text[:1] + text[-1:]):
        raise StatementUnreadable(line, f"{shown(text)} is no amount of {currency}")
    plain = _ZEROS.sub(r"\1", text).rstrip(".").lstrip("0") if "." in text else text.lstrip("0")
    plain = f"0{plain}" if not plain or plain.startswith(".") else plain
    try:
        return Money.from_major(plain, currency).minor
    except InvalidAmount as exc:
        raise StatementUnreadable(line, f"{shown(text)} is no amount of {currency}") from exc


_SURE_DIGITS = 14


def exponent_of(code: str, line: int) -> int:
    """Return how many decimals a currency has.

    Raises:
        StatementUnreadable: the ledger keeps no such currency.

    """
    found = CURRENCIES.get(code)
    if found is None:
        raise StatementUnreadable(line, f"there is no currency {shown(code)}")
    return found.exponent


def fits(value: int, line: int) -> int:
    """Return a sum of minor units that a column can hold.

    Raises:
        StatementUnreadable: it cannot.

    """
    if not -MAX_MINOR <= value <= MAX_MINOR:
        raise StatementUnreadable(line, "an amount is too large")
    return value


def account_number(text: str, line: int) -> str:
    """Return an account number or IBAN without what is written between its digits.

    Raises:
        StatementUnreadable: it is none.

    """
    plain = re.sub(r"[\s./-]", "", text).upper()
    if not _ACCOUNT.fullmatch(plain):
        raise StatementUnreadable(line, f"{shown(text)} is no account number")
    return plain


def currency_code(text: str, line: int) -> str:
    """Return a currency's code.

    Raises:
        StatementUnreadable: the ledger keeps no such currency.

    """
    exponent_of(text, line)
    return text


def words(text: str, length: int = TEXT_LENGTH) -> str:
    """Return text as it is kept: one line, printable, cut off where the column ends."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())[:length] if "  " in text or len(text) > length else text.strip()


def shown(text: str) -> str:
    """Return what somebody wrote, short enough and safe to be read in a message."""
    return repr(text[:40] + ("…" if len(text) > 40 else ""))  # noqa: PLR2004 - of a screen.
