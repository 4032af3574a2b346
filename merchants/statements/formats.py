"""Which format a file is in, by how it begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from merchants.errors import StatementUnreadable
from merchants.statements import bai2, camt, delimited, mt940
from merchants.statements.contents import Piece
from merchants.statements.profiles import Profile

_LOOK = 512


def format_of(file: BinaryIO, profile: Profile | None) -> str:
    """Return CAMT, MT940, BAI2, or CSV where a profile is given; the file stands at its start.

    Raises:
        StatementUnreadable: it begins as none of them does.

    """
    start = file.read(_LOOK).removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(0)
    if profile is not None:
        return "CSV"
    if start.startswith(b"<"):
        return "CAMT"
    if start.startswith((b":20:", b"{1:", b":940:")) or b"\n:20:" in start:
        return "MT940"
    if start.startswith(b"01,"):
        return "BAI2"
    raise StatementUnreadable(1, "neither camt, MT940 nor BAI2; a CSV file needs a profile")


def read(file: BinaryIO, profile: Profile | None = None) -> Iterator[Piece]:
    """Yield the pieces of a file, whatever its format.

    Raises:
        StatementUnreadable: broken, cut off, hostile, or of no known format.

    """
    name = format_of(file, profile)
    if name == "CSV" and profile is not None:
        return delimited.read(file, profile)
    return {"CAMT": camt.read, "MT940": mt940.read, "BAI2": bai2.read}[name](file)
