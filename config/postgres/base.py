"""Django's PostgreSQL backend, which starts the embedded server when it first connects.

Reading the settings starts nothing: linters, ``manage.py stop`` and ``check`` need no database.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from config import embedded_postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, after making sure once per process that there is a server."""
        _start(settings.VAR_DIR / "postgres")
        return super().get_new_connection(conn_params)


@cache
def _start(data: Path) -> None:
    embedded_postgres.start(data)
