"""Calling the posting functions of the database, as cheaply as psycopg can.

Django writes parameters into the text of each statement, which PostgreSQL then has to read and
plan anew. Posting is on the path of every payment, so its calls go to psycopg's own cursor, which
sends parameters apart and prepares what it sends often (``prepare_threshold`` in the connection's
``OPTIONS``; without it nothing is prepared).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString

import psycopg
from django.db import connection


def call(query: LiteralString, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Send one statement with ``$1`` placeholders, and return its rows.

    Raises:
        django.db.Error: as Django's cursor would.

    """
    raw: Any = psycopg.RawCursor(connection.connection)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(raw) as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def integers(values: Iterable[int]) -> str:
    """Return an array of integers as PostgreSQL reads it."""
    return f"{{{','.join(map(str, values))}}}"


def texts(values: Iterable[str | None]) -> str:
    """Return an array of texts, or of anything PostgreSQL reads from text, None as NULL."""
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: str | None) -> str:
    if value is None:
        return "NULL"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
