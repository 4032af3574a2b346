"""A report as a spreadsheet (XLSX): read by a server-side cursor, written row by row.

Text is written as text, so nothing is a formula or a link; it keeps the apostrophe that it has in
CSV, because a spreadsheet is often saved as one. Numbers of more than fifteen digits, which a
spreadsheet rounds, are text as well.
"""

from __future__ import annotations

import io
from typing import Any

import psycopg
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from merchants.exports.shapes import Report

MOST_ROWS = 1_048_576  # of a sheet
BATCH = 2_000
_EXACT = 10**15


class _Tail(io.RawIOBase):
    """Where the archive is written: forwards only, into a file that hashes what it gets."""

    def __init__(self, file: Any) -> None:
        super().__init__()
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._file.write(bytes(content))
        return len(content)


class SpreadsheetFile:
    """Sheets of at most as many rows as a sheet takes, each with the header."""

    def __init__(self, file: Any, report: Report) -> None:
        self._book = xlsxwriter.Workbook(
            _Tail(file),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._name = report.name[:25]
        self._numbers = frozenset(
            n for n, c in enumerate(report.columns) if c.is_number or c.name.endswith("_minor")
        )
        self._header: tuple[str, ...] = ()
        self._sheets = 0
        self._row = MOST_ROWS
        self._sheet: Worksheet | None = None

    def header(self, names: tuple[str, ...]) -> None:
        """Begin the first sheet."""
        self._header = names
        self._next_sheet()

    def rows(self, cursor: Any, query: str, facts: dict[str, object], tell: Any) -> int:
        """Write the rows, a batch at a time; return how many."""
        count = 0
        statement = cursor.mogrify(query, facts)
        with psycopg.ServerCursor(cursor.connection, "export") as server:
            server.execute(statement)
            while batch := server.fetchmany(BATCH):
                for row in batch:
                    self._write(row)
                count += len(batch)
                tell(count)
        return count

    def trailer(self, cells: list[str]) -> None:
        """Write a trailer; its totals are numbers."""
        self._write([int(c) if c.lstrip("-").isdigit() else c for c in cells])

    def close(self) -> None:
        """Write the archive."""
        self._book.close()

    def _next_sheet(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet, self._row = self._book.add_worksheet(name), 0
        self._write(self._header)
        self._sheet.freeze_panes(1, 0)

    def _write(self, cells: Any) -> None:
        if self._row == MOST_ROWS:
            self._next_sheet()
        sheet, row = self._sheet, self._row
        if sheet is None:
            raise RuntimeError("the header comes first")
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if isinstance(cell, int) and abs(cell) < _EXACT:
                sheet.write_number(row, column, cell)
            else:
                sheet.write_string(row, column, str(cell))
        self._row += 1
