"""CSV files, read by a mapping profile; each row's balance must follow from the one before."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from io import TextIOWrapper
from typing import BinaryIO

from merchants.errors import StatementUnreadable
from merchants.statements.contents import (
    NAME_LENGTH,
    REFERENCE_LENGTH,
    Balance,
    Foot,
    Head,
    Line,
    Piece,
    account_number,
    currency_code,
    fits,
    minor,
    shown,
    words,
)
from merchants.statements.profiles import Profile

_LITERAL = "="
_MOST_CHARACTERS = 64 * 1024
_MINUS = re.compile(r"\((.*)\)|-(.*)|(.*)-", re.DOTALL)


def read(file: BinaryIO, profile: Profile) -> Iterator[Piece]:
    """Yield the pieces of a CSV file: one statement of one account.

    Raises:
        StatementUnreadable: broken, cut off, or a row's balance does not follow.

    """
    text = TextIOWrapper(file, encoding=profile.encoding, newline="")
    rows = _Rows(profile, text)
    try:
        yield from rows.read()
    except UnicodeError as exc:
        raise StatementUnreadable(rows.line + 1, f"not {profile.encoding}") from exc
    except csv.Error as exc:
        raise StatementUnreadable(rows.line + 1, f"broken CSV: {words(str(exc), 80)}") from exc
    finally:
        text.detach()


def _lines(text: TextIOWrapper) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: text.readline(_MOST_CHARACTERS + 1), ""), 1):
        if len(line) > _MOST_CHARACTERS or "\0" in line:
            raise StatementUnreadable(number, "this is no line of text")
        yield line


class _Rows:
    """Reads row after row, and keeps what the next one must follow from."""

    def __init__(self, profile: Profile, text: TextIOWrapper) -> None:
        self._profile = profile
        self._reader = csv.reader(_lines(text), delimiter=profile.delimiter, strict=True)
        self._names: dict[str, int] = {}
        self._row: list[str] = []
        self._head: Head | None = None
        self._opening: Balance | None = None
        self._balance = 0

    @property
    def line(self) -> int:
        return max(1, self._reader.line_num)

    def read(self) -> Iterator[Piece]:
        last: date | None = None
        for row in self._body():
            self._row = row
            on = self._day(self._profile.booked_on)
            change, balance = self._change(), self._amount(self._profile.balance)
            if self._head is None:
                self._head = self._read_head()
                self._balance = fits(balance - change, self.line)
                self._opening = Balance(self.line, self._balance, self._head.currency, on)
                yield self._head
            self._follow(change, balance)
            yield self._line(on, change)
            last = on
        if self._head is None or last is None:
            raise StatementUnreadable(self.line, "there is no row in it")
        closing = Balance(self.line, self._balance, self._head.currency, last)
        yield Foot(self.line, self._opening, closing)

    def _body(self) -> Iterator[list[str]]:
        for number, row in enumerate(self._reader):
            if number == self._profile.skip_rows:
                self._names = {name.strip(): place for place, name in enumerate(row)}
            elif number > self._profile.skip_rows and any(row):
                if len(row) != len(self._names):
                    raise StatementUnreadable(
                        self.line, f"{len(row)} columns, the header has {len(self._names)}"
                    )
                yield row

    def _get(self, column: str) -> str:
        if not column:
            return ""
        if column.startswith(_LITERAL):
            return column[1:]
        if column not in self._names:
            raise StatementUnreadable(self.line, f"there is no column {shown(column)}")
        return self._row[self._names[column]].strip()

    def _read_head(self) -> Head:
        account = account_number(self._get(self._profile.account), self.line)
        currency = currency_code(self._get(self._profile.currency), self.line)
        return Head(self.line, f"{account} csv", account, currency)

    def _follow(self, change: int, balance: int) -> None:
        expected = self._balance + change
        if balance != expected:
            raise StatementUnreadable(
                self.line,
                f"the balance is {balance}, {expected} follows from the row before"
                f" ({balance - expected:+})",
            )
        self._balance = balance
        head = self._head
        if head is None or account_number(self._get(self._profile.account), 1) != head.account:
            raise StatementUnreadable(self.line, "a row of another account")
        if self._get(self._profile.currency) != head.currency:
            raise StatementUnreadable(self.line, "a row in another currency")

    def _day(self, column: str) -> date:
        text = self._get(column)
        try:
            return datetime.strptime(text, self._profile.date_format).date()  # noqa: DTZ007 - a day.
        except ValueError as exc:
            raise StatementUnreadable(self.line, f"there is no day {shown(text)}") from exc

    def _change(self) -> int:
        profile = self._profile
        if profile.amount:
            return self._amount(profile.amount)
        credit, debit = self._amount(profile.credit), self._amount(profile.debit)
        if credit and debit:
            raise StatementUnreadable(self.line, "both credit and debit")
        return credit - debit

    def _amount(self, column: str) -> int:
        text = self._get(column)
        if self._profile.thousands_mark:
            text = text.replace(self._profile.thousands_mark, "")
        text = text.replace(self._profile.decimal_mark, ".").replace(" ", "").removeprefix("+")
        negative = _MINUS.fullmatch(text)
        if negative:
            text = next(part for part in negative.groups() if part is not None)
        currency = currency_code(self._get(self._profile.currency), self.line)
        value = minor(text or "0", currency, self.line)
        return -value if negative else value

    def _line(self, on: date, change: int) -> Line:
        profile = self._profile
        return Line(
            line=self.line,
            part=0,
            amount_minor=fits(change, self.line),
            currency=self._get(profile.currency),
            booked_on=on,
            value_on=self._day(profile.value_on) if profile.value_on else on,
            bank_reference=words(self._get(profile.bank_reference), REFERENCE_LENGTH),
            end_to_end_id=words(self._get(profile.end_to_end_id), REFERENCE_LENGTH),
            batch_id=words(self._get(profile.batch_id), REFERENCE_LENGTH),
            text=words(self._get(profile.text)),
            code=words(self._get(profile.code), REFERENCE_LENGTH),
            counterparty=words(self._get(profile.counterparty), NAME_LENGTH),
        )
