"""Numbered pairs of SQL files, each run by exactly one migration."""

from __future__ import annotations

from pathlib import Path

from django.db.migrations import RunSQL

from ledger.sql import sql_pair

_HERE = Path(__file__).parent


def run_sql(name: str) -> RunSQL:
    """Return the operation that runs ``name.up.sql``, and ``name.down.sql`` to undo it.

    Raises:
        FileNotFoundError: one of the pair is missing.

    """
    return sql_pair(_HERE, name)
