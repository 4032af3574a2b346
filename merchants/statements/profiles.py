"""Mapping profiles: which column of a bank's CSV file means what."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from merchants.errors import ProfileUnsound

_ENCODINGS = frozenset({"utf-8", "utf-8-sig", "cp949", "euc-kr", "latin-1", "cp1252", "shift_jis"})
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Profile:
    """How to read one bank's CSV file; columns are named as its header row names them.

    Amounts are either in one signed column (``amount``), or in two (``credit`` and ``debit``). A
    running ``balance`` is needed: without it nothing would tell whether a row is missing.
    ``account`` and ``currency`` are columns, or the values themselves when they begin with ``=``.
    """

    account: str
    currency: str
    booked_on: str
    balance: str
    amount: str = ""
    credit: str = ""
    debit: str = ""
    value_on: str = ""
    bank_reference: str = ""
    end_to_end_id: str = ""
    batch_id: str = ""
    text: str = ""
    counterparty: str = ""
    code: str = ""
    date_format: str = "%Y-%m-%d"
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    decimal_mark: str = "."
    thousands_mark: str = ""
    skip_rows: int = 0

    def __post_init__(self) -> None:
        if bool(self.amount) == bool(self.credit and self.debit):
            raise ProfileUnsound("name either amount, or credit and debit")
        if not (self.account and self.currency and self.booked_on and self.balance):
            raise ProfileUnsound("account, currency, booked_on and balance are needed")
        if self.encoding not in _ENCODINGS:
            raise ProfileUnsound(f"encoding is one of {', '.join(sorted(_ENCODINGS))}")
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n\0':
            raise ProfileUnsound("delimiter is one character")
        if self.decimal_mark not in (".", ",") or self.thousands_mark == self.decimal_mark:
            raise ProfileUnsound("decimal_mark is . or , and thousands_mark another")
        _try_date_format(self.date_format)


def _try_date_format(form: str) -> None:
    if "\0" in form or not form.isprintable():
        raise ProfileUnsound("date_format is a format of strptime")
    at = datetime(2026, 3, 14)  # noqa: DTZ001 - any day.
    try:
        same = datetime.strptime(at.strftime(form), form)  # noqa: DTZ007 - a day.
    except (ValueError, UnicodeError) as exc:
        raise ProfileUnsound("date_format is a format of strptime") from exc
    if same.date() != at.date():
        raise ProfileUnsound("date_format tells year, month and day")


_TYPES: dict[str, type] = {f.name: int if f.name == "skip_rows" else str for f in fields(Profile)}


def read_profile(data: bytes) -> Profile:
    """Read a profile from JSON, an object of the names in ``Profile``.

    Raises:
        ProfileUnsound: it is none, or cannot be followed.

    """
    try:
        found: Any = json.loads(data[: _MOST_BYTES + 1])
    except (ValueError, RecursionError) as exc:
        raise ProfileUnsound("it is no JSON") from exc
    if not isinstance(found, dict):
        raise ProfileUnsound("it is no JSON object")
    for name, value in found.items():
        if name not in _TYPES:
            raise ProfileUnsound(f"there is no {name[:40]!r} in a profile")
        if type(value) is not _TYPES[name] or (isinstance(value, int) and not 0 <= value <= 100):  # noqa: PLR2004 - rows.
            raise ProfileUnsound(f"{name} cannot be {str(value)[:40]!r}")
    try:
        return Profile(**found)
    except TypeError as exc:
        raise ProfileUnsound("account, currency, booked_on and balance are needed") from exc
