"""Lines on their way into the database: streamed into a table of the database transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from merchants.errors import StatementUnreadable
from merchants.models import Statement
from merchants.statements.checking import Section
from merchants.statements.contents import Foot, Head, Line, Piece, Skipped

_MAKE = """
    CREATE TEMPORARY TABLE staged_line (
        section int, identity uuid, line_no int, occurrence int, amount_minor bigint,
        currency text, booked_on date, value_on date, bank_reference text, end_to_end_id text,
        batch_id text, text text, code text, counterparty text, return_reason text,
        is_reversal boolean
    ) ON COMMIT DROP
"""
_COPY = "COPY staged_line FROM STDIN"
_COLUMNS = """
    line_no, occurrence, amount_minor, currency, booked_on, value_on, bank_reference,
    end_to_end_id, batch_id, text, code, counterparty, return_reason, is_reversal
"""
_LOAD = f"""
    INSERT INTO merchants_bankline (identity, account_id, told_by_id, statement_id, {_COLUMNS})
    SELECT identity, %(account)s, %(statement)s, %(booked)s::bigint, {_COLUMNS}
    FROM staged_line WHERE section = %(section)s
    ON CONFLICT (identity) DO NOTHING
"""  # noqa: S608 - made of constants of this module.
# What a notification told of before is on a statement now.
_ADOPT = """
    UPDATE merchants_bankline AS b SET statement_id = %(statement)s
    FROM staged_line AS s
    WHERE s.section = %(section)s AND b.identity = s.identity AND b.statement_id IS NULL
"""
_FOREIGN = """
    SELECT min(s.line_no), count(*)
    FROM staged_line AS s INNER JOIN merchants_bankline AS b ON b.identity = s.identity
    WHERE s.section = %(section)s AND b.statement_id <> %(statement)s
"""
_UNLIKE = """
    SELECT count(*) FROM staged_line AS s
    LEFT JOIN merchants_bankline AS b
        ON b.identity = s.identity AND b.statement_id = %(statement)s
    WHERE s.section = %(section)s AND b.id IS NULL
"""
_BATCH_BYTES = 64 * 1024


def stage(pieces: Iterable[Piece]) -> list[Section]:
    """Copy all lines of a file into the staging table; return its statements with their sums.

    Raises:
        StatementUnreadable: as reading raises it.

    """
    sections: list[Section] = []
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS staged_line")
        cursor.execute(_MAKE)
        with cursor.copy(_COPY) as copy:
            rows: list[str] = []
            size = 0
            for piece in pieces:
                row = _take(piece, sections)
                if row:
                    rows.append(row)
                    size += len(row)
                if size > _BATCH_BYTES:
                    copy.write("".join(rows))
                    rows, size = [], 0
            copy.write("".join(rows))
    return sections


def _take(piece: Piece, sections: list[Section]) -> str:
    if isinstance(piece, Line):
        section = sections[-1]
        section.take(piece)
        return _row(section, piece) if piece.amount_minor else ""
    if isinstance(piece, Head):
        sections.append(Section(len(sections) + 1, piece))
    elif isinstance(piece, Foot):
        sections[-1].end(piece)
    elif isinstance(piece, Skipped):
        if not sections:
            raise StatementUnreadable(piece.line, "an entry outside a statement")
        sections[-1].skipped += 1
    return ""


def _row(section: Section, line: Line) -> str:
    identity, occurrence = section.identities.of(line)
    texts = "\t".join(line[6:13])
    if "\\" in texts:
        # Of the signs that COPY gives a meaning, readers leave only this one in a text.
        texts = texts.replace("\\", "\\\\")
    return (
        f"{section.number}\t{identity}\t{line.line}\t{occurrence}\t{line.amount_minor}"
        f"\t{line.currency}\t{line.booked_on}\t{line.value_on}\t{texts}\t{line.is_reversal}\n"
    )


def load(section: Section, statement: Statement) -> int:
    """Load the staged lines of a statement; return how many were not known."""
    facts = _facts(section, statement)
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, facts)
        added = int(cursor.rowcount)
        if statement.is_booked and added < section.count:
            cursor.execute(_ADOPT, facts)
    return added


def on_other_statements(section: Section, statement: Statement) -> tuple[int, int]:
    """Return the first line that is on another statement too, and how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_FOREIGN, _facts(section, statement))
        line, count = cursor.fetchone()
    return int(line or section.head.line), int(count)


def unlike(section: Section, statement: Statement) -> int:
    """Return how many staged lines a statement that was loaded before does not have."""
    with connection.cursor() as cursor:
        cursor.execute(_UNLIKE, _facts(section, statement))
        (count,) = cursor.fetchone()
    return int(count)


def _facts(section: Section, statement: Statement) -> dict[str, Any]:
    return {
        "section": section.number,
        "account": statement.account_id,
        "statement": statement.pk,
        "booked": statement.pk if statement.is_booked else None,
    }
