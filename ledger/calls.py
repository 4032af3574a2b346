"""Calling the posting functions of the database, as cheaply as psycopg can.

Django writes parameters into the text of each statement, which PostgreSQL then has to read and
plan anew. Posting is on the path of every payment, so its calls go to psycopg's own cursor, which
sends parameters apart and prepares what it sends often (``prepare_threshold`` in the connection's
``OPTIONS``; without it nothing is prepared).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, LiteralString, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model

from ledger.errors import InvalidAmount, InvalidText
from ledger.refusals import TOO_LARGE

_BIGINT = range(-(2**63), 2**63)
Row = TypeVar("Row", bound=Model)
_JSON_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def call(query: LiteralString, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Send one statement with ``$1`` placeholders, and return its rows.

    Raises:
        django.db.Error: as Django's cursor would.

    """
    held: Any = connections[DEFAULT_DB_ALIAS]  # ``connection`` looks it up at each use
    held.ensure_connection()
    raw = psycopg.RawCursor(held.connection)
    wrap = held.make_debug_cursor if held.queries_logged else held.make_cursor
    with wrap(raw) as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def columns(model: type[Model], alias: str) -> str:
    """Return the columns of a model as a statement selects them, for ``loaded``."""
    return ", ".join(f"{alias}.{field.column}" for field in _fields(model))


def loaded(model: type[Row], values: Sequence[Any]) -> Row:
    """Return the object that a query of Django's would make of a row of all ``columns``."""
    names, read = _shape(model)
    row = list(values)
    for position, field in read:
        row[position] = field.from_db_value(row[position], None, connection)
    return model.from_db(DEFAULT_DB_ALIAS, names, row)


@cache
def _shape(model: type[Model]) -> tuple[list[str], list[tuple[int, Any]]]:
    """Return the names of a model's columns, and those that Django reads in a way of its own."""
    fields = _fields(model)
    own = [(n, field) for n, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return [field.attname for field in fields], own


def _fields(model: type[Model]) -> tuple[Any, ...]:
    return tuple(model._meta.concrete_fields)  # noqa: SLF001 - Django's own way to ask.


def integers(values: Iterable[int]) -> str:
    """Return an array of integers as PostgreSQL reads it.

    Raises:
        InvalidAmount: one is beyond BIGINT.

    """
    numbers = list(values)
    if numbers and not (min(numbers) in _BIGINT and max(numbers) in _BIGINT):
        raise InvalidAmount(TOO_LARGE)
    return f"{{{','.join(map(str, numbers))}}}"


def texts(values: Iterable[str | None]) -> str:
    """Return an array of texts, or of anything PostgreSQL reads from text, None as NULL.

    Raises:
        InvalidText: one holds a NUL or half a surrogate pair, which PostgreSQL cannot store.

    """
    return storable(f"{{{','.join(map(_element, values))}}}")


def document(value: Mapping[str, object] | None) -> str:
    """Return a JSON object as text.

    Raises:
        InvalidText: it holds what JSON or PostgreSQL cannot.

    """
    if not value:
        return "{}"
    try:
        text = json.dumps(dict(value), ensure_ascii=False, allow_nan=False)
    except ValueError as exc:
        raise InvalidText from exc
    if "\\u0000" in text and _JSON_NUL.search(text):
        raise InvalidText
    return storable(text)


def storable(text: str) -> str:
    """Return the text again if PostgreSQL can store it.

    Raises:
        InvalidText: it cannot.

    """
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise InvalidText from exc
    if "\0" in text:
        raise InvalidText
    return text


def _element(value: str | None) -> str:
    if value is None:
        return "NULL"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
