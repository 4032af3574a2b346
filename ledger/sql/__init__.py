"""Numbered pairs of SQL files, each run by exactly one migration."""

from __future__ import annotations

from pathlib import Path

from django.db.migrations import RunSQL

_HERE = Path(__file__).parent


def run_sql(name: str) -> RunSQL:
    """Return the operation that runs ``name.up.sql``, and ``name.down.sql`` to undo it.

    Raises:
        FileNotFoundError: one of the pair is missing.

    """
    return sql_pair(_HERE, name)


def sql_pair(folder: Path, name: str) -> RunSQL:
    """Return the operation of a pair in ``folder``, whichever app's."""
    up, down = (
        (folder / f"{name}.{way}.sql").read_text(encoding="utf-8") for way in ("up", "down")
    )
    return RunSQL(up, down)
