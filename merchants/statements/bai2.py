"""BAI2 (Cash Management Balance Reporting, version 2): records, with all their control totals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from merchants.errors import StatementUnreadable
from merchants.statements.contents import (
    MOST_BYTES,
    REFERENCE_LENGTH,
    Balance,
    Foot,
    Head,
    Line,
    Piece,
    account_number,
    currency_code,
    fits,
    shown,
    words,
)

_AMOUNT = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_DAY = re.compile(r"[0-9]{6}", re.ASCII)
_CODE = re.compile(r"[0-9]{3}", re.ASCII)
_LEDGER_OPENING, _LEDGER_CLOSING = "010", "015"
_CREDITS, _DEBITS = range(100, 400), range(400, 700)
_MOST_FIELDS = 400
_FUNDS_FIELDS = {"V": 2, "S": 3}  # fields that follow a funds type; D says how many itself


@dataclass
class _Record:
    line: int
    kind: str
    fields: list[str]
    records: int = 1  # with its continuations

    def get(self, place: int) -> str:
        return self.fields[place].strip() if place < len(self.fields) else ""


@dataclass
class _Totals:
    """What the trailers have to say: the sum of amounts, and how many records there were."""

    amount: int = 0
    records: int = 0
    inner: int = 0


@dataclass
class _Group:
    on: date
    currency: str
    totals: _Totals = field(default_factory=_Totals)


def read(file: BinaryIO) -> Iterator[Piece]:
    """Yield the pieces of a BAI2 file.

    Raises:
        StatementUnreadable: broken, cut off, or a control total does not fit.

    """
    yield from _File().read(_records(file))


def _records(file: BinaryIO) -> Iterator[_Record]:
    """Yield records with their continuations joined."""
    current: _Record | None = None
    for number, raw in enumerate(iter(lambda: file.readline(MOST_BYTES + 1), b""), 1):
        text = _plain(raw, number)
        if not text:
            continue
        kind, _, rest = text.partition(",")
        if kind == "88" and current is not None:
            current.records += 1
            joined = rest.split(",")
            if current.kind == "16":  # text goes on where it was broken off
                current.fields[-1] += " " + rest
            else:
                current.fields += joined
            if len(current.fields) > _MOST_FIELDS or len(current.fields[-1]) > MOST_BYTES:
                raise StatementUnreadable(number, "a record is too long")
            continue
        if current is not None:
            yield current
        current = _Record(number, kind, rest.split(",", _MOST_FIELDS))
    if current is not None:
        yield current


def _plain(raw: bytes, line: int) -> str:
    if len(raw) > MOST_BYTES or b"\0" in raw:
        raise StatementUnreadable(line, "this is no line of text")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.strip().removesuffix("/")


class _File:
    """Reads records in their order, and compares the trailers with what was read."""

    def __init__(self) -> None:
        self._group: _Group | None = None
        self._account = _Totals()
        self._groups = _Totals()
        self._head: Head | None = None
        self._opening: Balance | None = None
        self._closing: Balance | None = None
        self._is_closed = False
        self._line = 1

    def read(self, records: Iterator[_Record]) -> Iterator[Piece]:
        count = 0
        for record in records:
            self._line = record.line
            count += record.records
            if self._is_closed or (count == record.records) != (record.kind == "01"):
                raise StatementUnreadable(record.line, "a file begins with 01 and ends with 99")
            yield from self._take(record, count)
        if not self._is_closed:
            raise StatementUnreadable(self._line, "the file is cut off: there is no record 99")

    def _take(self, record: _Record, count: int) -> Iterator[Piece]:
        self._groups.records = count
        for totals in (self._group.totals if self._group else None, self._account):
            if totals is not None:
                totals.records += record.records
        act = _ACTIONS.get(record.kind)
        if act is None:
            raise StatementUnreadable(record.line, f"no record {shown(record.kind)} is known")
        piece = act(self, record)
        if piece is not None:
            yield piece

    def _open_file(self, record: _Record) -> None:
        self._groups.records = record.records

    def _open_group(self, record: _Record) -> None:
        if self._group is not None:
            raise StatementUnreadable(record.line, "a group within a group")
        currency = record.get(5) or "USD"
        on = _day(record.get(3), record.line)
        self._group = _Group(on, currency_code(currency, record.line))
        self._group.totals.records = record.records

    def _open_account(self, record: _Record) -> Head:
        if self._group is None or self._head is not None:
            raise StatementUnreadable(record.line, "an account outside a group, or in another")
        currency = currency_code(record.get(1) or self._group.currency, record.line)
        number = account_number(record.get(0), record.line)
        name = f"{number} {self._group.on.isoformat()}"
        self._account = _Totals(records=record.records)
        self._head = Head(record.line, name, number, currency)
        self._opening = self._closing = None
        self._summaries(record, self._head)
        return self._head

    def _summaries(self, record: _Record, head: Head) -> None:
        place = 2
        while place < len(record.fields):
            code, amount = record.get(place), record.get(place + 1)
            if code and amount:
                self._summary(code, _amount(amount, record.line), head)
            place += 3 + _funds(record, place + 3)

    def _summary(self, code: str, value: int, head: Head) -> None:
        self._account.amount += value
        if self._group is None or code not in (_LEDGER_OPENING, _LEDGER_CLOSING):
            return
        balance = Balance(head.line, value, head.currency, self._group.on)
        if code == _LEDGER_OPENING:
            self._opening = balance
        else:
            self._closing = balance

    def _movement(self, record: _Record) -> Line:
        if self._head is None or self._group is None:
            raise StatementUnreadable(record.line, "a movement outside an account")
        code = record.get(0)
        number = int(code) if _CODE.fullmatch(code) else 0
        if number not in _CREDITS and number not in _DEBITS:
            raise StatementUnreadable(record.line, f"{shown(code)} is no kind of movement")
        value = abs(_amount(record.get(1), record.line))
        self._account.amount += value
        place = 3 + _funds(record, 2, is_movement=True)
        return Line(
            line=record.line,
            part=0,
            amount_minor=value if number in _CREDITS else -value,
            currency=self._head.currency,
            booked_on=self._group.on,
            value_on=self._group.on,
            bank_reference=words(record.get(place), REFERENCE_LENGTH),
            end_to_end_id=words(record.get(place + 1), REFERENCE_LENGTH),
            text=words(",".join(record.fields[place + 2 :])),
            code=code,
        )

    def _close_account(self, record: _Record) -> Foot:
        if self._head is None or self._group is None:
            raise StatementUnreadable(record.line, "there is no account to end here")
        _compare(record, self._account.amount, record.get(0), "amounts")
        _compare(record, self._account.records, record.get(1), "records")
        self._group.totals.amount += self._account.amount
        self._group.totals.inner += 1
        self._head, self._account = None, _Totals()
        return Foot(record.line, self._opening, self._closing)

    def _close_group(self, record: _Record) -> None:
        if self._group is None or self._head is not None:
            raise StatementUnreadable(record.line, "there is no group to end here")
        totals = self._group.totals
        _compare(record, totals.amount, record.get(0), "amounts")
        _compare(record, totals.inner, record.get(1), "accounts")
        _compare(record, totals.records, record.get(2), "records")
        self._groups.amount += totals.amount
        self._groups.inner += 1
        self._group = None

    def _close_file(self, record: _Record) -> None:
        if self._group is not None:
            raise StatementUnreadable(record.line, "the file ends within a group")
        _compare(record, self._groups.amount, record.get(0), "amounts")
        _compare(record, self._groups.inner, record.get(1), "groups")
        _compare(record, self._groups.records, record.get(2), "records")
        self._is_closed = True


_ACTIONS: dict[str, Callable[[_File, _Record], Piece | None]] = {
    "01": _File._open_file,  # noqa: SLF001 - of this module.
    "02": _File._open_group,  # noqa: SLF001
    "03": _File._open_account,  # noqa: SLF001
    "16": _File._movement,  # noqa: SLF001
    "49": _File._close_account,  # noqa: SLF001
    "98": _File._close_group,  # noqa: SLF001
    "99": _File._close_file,  # noqa: SLF001
}


def _compare(record: _Record, found: int, said: str, what: str) -> None:
    expected = _amount(said, record.line)
    if found != expected:
        raise StatementUnreadable(
            record.line, f"{what} are {found}, the trailer says {expected} ({found - expected:+})"
        )


def _funds(record: _Record, place: int, *, is_movement: bool = False) -> int:
    """Return how many fields tell when the money is there, beyond the funds type's own."""
    kind = record.get(place)
    if kind == "D":
        count = record.get(place + 1)
        if not count.isdecimal() or len(count) > 2:  # noqa: PLR2004 - digits.
            raise StatementUnreadable(record.line, "the days of a distribution are no number")
        return 1 + 2 * int(count) + (0 if is_movement else 1)
    extra = _FUNDS_FIELDS.get(kind, 0)
    return extra if is_movement else extra + 1


def _amount(text: str, line: int) -> int:
    if not _AMOUNT.fullmatch(text):
        raise StatementUnreadable(line, f"{shown(text)} is no amount in minor units")
    return fits(int(text), line)


def _day(text: str, line: int) -> date:
    if _DAY.fullmatch(text):
        with suppress(ValueError):
            return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    raise StatementUnreadable(line, f"there is no day {shown(text)}")
