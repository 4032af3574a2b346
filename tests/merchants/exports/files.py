"""Making a report in memory, and reading it as whoever receives it does."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from merchants.exports.catalog import REPORTS
from merchants.exports.requests import scope_of
from merchants.exports.writing import Manifest, write
from merchants.models import Merchant

AT = datetime(2026, 3, 4, 9, tzinfo=ZoneInfo("Asia/Seoul"))
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
Row = dict[str, str]
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def made(
    code: str,
    *,
    form: str = "csv",
    merchant: Merchant | None = None,
    days: tuple[date, date] = MARCH,
) -> tuple[bytes, Manifest]:
    """Return a report's file, which is what its manifest says."""
    file = io.BytesIO()
    scope = scope_of(first=days[0], last=days[1], merchant=merchant)
    manifest = write(report=REPORTS[code], scope=scope, form=form, file=file, at=AT)
    content = file.getvalue()
    assert hashlib.sha256(content).hexdigest() == manifest.sha256
    assert len(content) == manifest.byte_count
    return content, manifest


def rows(code: str, **how: object) -> list[Row]:
    """Return the rows of a report, its trailers checked against them and left out."""
    content, manifest = made(code, **how)  # type: ignore[arg-type]
    return checked(content, manifest)


def checked(content: bytes, manifest: Manifest) -> list[Row]:
    """Return the rows of a CSV file; its trailers count and sum them."""
    assert content.endswith(b"\r\n")
    found = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    trailers = len(manifest.control_totals)
    body, ends = found[: len(found) - trailers], found[len(found) - trailers :]
    assert len(body) == manifest.row_count
    first, second = manifest.columns[:2]
    for end, control in zip(ends, manifest.control_totals, strict=True):
        assert (end[first], end[second]) == ("TRAILER", str(control.row_count))
        for name, total in control.totals.items():
            of_currency = [r for r in body if r["currency"] == control.currency]
            assert sum(int(row[name] or 0) for row in of_currency) == total == int(end[name])
    return body


def sheet(content: bytes) -> list[list[str | int]]:
    """Return the cells of the first sheet of a spreadsheet; none of them is a formula."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        tree = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    assert not list(tree.iter(f"{_SHEET}f", f"{_SHEET}hyperlink"))
    return [[_cell(cell) for cell in row] for row in tree.iter(f"{_SHEET}row")]


def _cell(cell: etree._Element) -> str | int:
    if cell.get("t") == "inlineStr":
        return "".join(cell.itertext())
    value = cell.findtext(f"{_SHEET}v")
    assert value is not None
    return int(value)


def shown(row: Mapping[str, str], *names: str) -> tuple[str, ...]:
    """Return some cells of a row."""
    return tuple(row[name] for name in names)
