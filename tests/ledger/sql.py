"""Statements sent to the book past Python, and the name under which they are refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

APP = "jigap_app"
BOOK = "jigap_book"
NO_RIGHT = "InsufficientPrivilege"

Parameters = Sequence[Any] | None


def run(sql: str, parameters: Parameters = None) -> list[tuple[Any, ...]]:
    """Send one statement, and return its rows if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def acting_as(role: str | None) -> Iterator[None]:
    """Send what follows in this database transaction as another role, or as the owner."""
    if role:
        run(f"SET LOCAL ROLE {role}")
    yield


def refused(sql: str, parameters: Parameters = None, *, role: str | None = None) -> str:
    """Send a statement that must be refused, undo it, and return by what.

    Returns:
        The constraint's name, or the name of PostgreSQL's error where no constraint refused.

    """
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), acting_as(role):
        run(sql, parameters)
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause.diag.constraint_name or type(cause).__name__


def tampered(sql: str, parameters: Parameters = None) -> None:
    """Send a statement with all triggers off, as only a superuser of the server can."""
    with transaction.atomic():
        run("SET LOCAL session_replication_role = replica")
        run(sql, parameters)
        run("SET LOCAL session_replication_role = origin")
