"""Migrate without standing in anybody's way."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

LOCK_SECONDS = 1
PAUSE_SECONDS = 0.5
MOST_ATTEMPTS = 60


class Command(migrate.Command):
    """Waits for a lock for a moment only, and then lets others pass before it tries again.

    Whoever asks for a table after a migration that waits for it, waits behind it: a report of a
    minute would stop all payments for that minute. What was migrated stays, so that another
    attempt goes on where the one before stopped.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, again and again where a lock is not to be had."""
        for left in reversed(range(MOST_ATTEMPTS)):
            try:
                self._once(*args, **options)
            except OperationalError as exc:
                if not isinstance(exc.__cause__, LockNotAvailable) or not left:
                    raise
                self.stderr.write("somebody holds a table; others pass, then it is tried again")
                time.sleep(PAUSE_SECONDS)
            else:
                return

    def _once(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCK_SECONDS}s"])
        try:
            super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
