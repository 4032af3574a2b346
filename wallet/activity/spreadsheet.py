"""A statement as a CSV file that a spreadsheet opens, and that runs nothing there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from ledger.money import Money
from wallet.activity.labels import label
from wallet.activity.listing import Noted
from wallet.activity.months import ZONE
from wallet.activity.statements import Summary
from wallet.activity.titles import title

# What a spreadsheet takes for the start of a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
_BOM = "\ufeff"  # by which a spreadsheet knows UTF-8
_COLUMNS = ["entry", "when", "kind", "counterparty", "memo", "in", "out", "balance", "currency"]


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def rows(summary: Summary, lines: Iterable[Noted], language: str) -> Iterator[str]:
    """Yield the file line by line.

    Amounts stand in a column for money in and one for money out, so that none starts with a
    minus sign, which would have to be made harmless and could not be summed any more.
    """
    yield _BOM + _write([label(name, language) for name in _COLUMNS])
    opening = label("opening", language)
    yield _write(["", _local(summary.month.start), opening, *_held(summary.opening)])
    last = summary.opening
    for noted in lines:
        last = noted.line.balance
        yield _write(_line(noted, language))
    closing = label("closing" if summary.is_complete else "so_far", language)
    yield _write(["", "", closing, *_held(last)])


def _write(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([harmless(cell) for cell in cells])
    return line.getvalue()


def _held(balance: Money) -> list[str]:
    return ["", "", "", "", balance.to_major(), balance.currency]


def _line(noted: Noted, language: str) -> list[str]:
    line = noted.line
    moved = line.amount.minor
    return [
        str(line.entry_id),
        _local(line.effective_at),
        title(line.kind, moved, language),
        noted.counterparty,
        noted.memo,
        line.amount.to_major() if moved > 0 else "",
        (-line.amount).to_major() if moved < 0 else "",
        line.balance.to_major(),
        line.amount.currency,
    ]


def _local(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
