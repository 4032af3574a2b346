"""Writing a report into a file, in constant memory, and what a manifest says about it.

A file has a header, the rows, and a trailer for each currency: ``TRAILER``, how many rows, and the
control totals under their columns. Rows and controls are read from one snapshot.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any, Protocol

import psycopg
from django.db import connection, transaction

from merchants.errors import ExportDiffers
from merchants.exports.shapes import Report, Scope
from merchants.models import Export

TRAILER = "TRAILER"
BUFFER = 1 << 18
# Sorting a day's items in memory is worth it; the planner's JIT compiles longer than it saves.
_FOR_READING = """
    SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; SET LOCAL statement_timeout = 0;
    SET LOCAL TimeZone = 'UTC'
"""

# Is told how many rows are written, and how many there will be.
Progress = Callable[[int, int], None]
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Control:
    """Of a currency: how many rows there are, and what their amounts come to."""

    currency: str
    row_count: int
    totals: dict[str, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file has to be: whoever receives it checks it by this."""

    report: str
    name: str
    format: str
    scope: dict[str, str]
    generated_at: str
    book_through_id: int
    columns: list[str]
    row_count: int
    control_totals: list[Control]
    byte_count: int
    sha256: str

    def as_json(self) -> str:
        """Return it as a JSON object, one key a line."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"


class Destination(Protocol):
    """What rows are written into, whichever format."""

    def header(self, names: tuple[str, ...]) -> None: ...
    def rows(self, cursor: Any, query: str, facts: dict[str, object], tell: Told) -> int: ...
    def trailer(self, cells: list[str]) -> None: ...
    def close(self) -> None: ...


class Hashed:
    """A file that keeps count and digest of what is written into it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.byte_count = 0

    def write(self, content: bytes) -> None:
        """Write, count and digest."""
        self._file.write(content)
        self._digest.update(content)
        self.byte_count += len(content)

    @property
    def sha256(self) -> str:
        """The digest so far."""
        return self._digest.hexdigest()


class CsvFile:
    """CSV by RFC 4180 in UTF-8, as PostgreSQL writes it."""

    def __init__(self, file: Hashed) -> None:
        self._file = file

    def header(self, names: tuple[str, ...]) -> None:
        self._write(names)

    def rows(self, cursor: Any, query: str, facts: dict[str, object], tell: Told) -> int:
        """Copy the rows from the database into the file; return how many."""
        count, pending, size = 0, [], 0
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", facts) as copy:
            for row in copy:
                pending.append(row)
                size += len(row)
                if size > BUFFER:
                    count += len(pending)
                    self._flush(pending)
                    pending, size = [], 0
                    tell(count)
        self._flush(pending)
        return count + len(pending)

    def trailer(self, cells: list[str]) -> None:
        self._write(cells)

    def close(self) -> None:
        pass

    def _flush(self, rows: list[Any]) -> None:
        # No cell has a line end in it: see Note [Cells].
        self._file.write(b"".join(rows).replace(b"\n", b"\r\n"))

    def _write(self, cells: tuple[str, ...] | list[str]) -> None:
        line = io.StringIO()
        csv.writer(line).writerow(cells)
        self._file.write(line.getvalue().encode())


def write(
    *,
    report: Report,
    scope: Scope,
    form: str,
    file: IO[bytes],
    at: datetime,
    tell: Progress = lambda _done, _total: None,
) -> Manifest:
    """Write a report into ``file`` and return what it is to be checked by.

    Args:
        report: which one.
        scope: which days, and of which merchant.
        form: ``csv`` or ``xlsx``.
        file: open for writing bytes.
        at: when it is made.
        tell: is called now and then with how many rows are written, and there will be.

    Raises:
        ExportDiffers: the rows are not as many as they should be.

    """
    from merchants.exports.spreadsheets import SpreadsheetFile  # noqa: PLC0415 - 20 MB to import.

    hashed = Hashed(file)
    destination: Destination = (
        SpreadsheetFile(hashed, report) if form == Export.Format.XLSX else CsvFile(hashed)
    )
    with _snapshot() as cursor:
        through = cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_transaction").fetchone()
        facts = scope.facts
        controls = list(_controls(cursor, report, facts))
        expected = sum(one.row_count for one in controls)
        tell(0, expected)
        destination.header(report.header)
        count = destination.rows(cursor, report.query, facts, lambda n: tell(n, expected))
        if count != expected:
            raise ExportDiffers(report.code, count, expected)
        for control in controls:
            destination.trailer(trailer_of(report, control))
        destination.close()
    return Manifest(
        report=report.code,
        name=report.name,
        format=form,
        scope=scope.shown,
        generated_at=at.isoformat(),
        book_through_id=int(through[0]),
        columns=list(report.header),
        row_count=count,
        control_totals=controls,
        byte_count=hashed.byte_count,
        sha256=hashed.sha256,
    )


def trailer_of(report: Report, control: Control) -> list[str]:
    """Return the cells of a trailer: the totals stand under their columns."""
    shown = {report.header[0]: TRAILER, report.header[1]: str(control.row_count)}
    shown |= {name: str(total) for name, total in control.totals.items()}
    shown |= {"currency": control.currency} if "currency" in report.header[2:] else {}
    return [shown.get(name, "") for name in report.header]


def _controls(cursor: Any, report: Report, facts: dict[str, object]) -> Iterator[Control]:
    for currency, count, *sums in cursor.execute(report.control_query, facts).fetchall():
        yield Control(currency, int(count), dict(zip(report.totals, map(int, sums), strict=True)))


@contextmanager
def _snapshot() -> Iterator[Any]:
    """Read what follows as it is at one instant, and nothing else; yield psycopg's cursor."""
    is_outer = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as own:
        if is_outer:
            own.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        own.execute(_FOR_READING)
        raw = connection.connection
        with psycopg.ClientCursor(raw) as cursor:
            yield cursor
