"""Reads that may be a moment old: they go to a streaming replica, where there is one.

Only what a view says may be stale is read there (history, statements, lists), and never inside a
database transaction: whatever decides about money reads the primary. A replica that is away,
follows nobody or lags is not read at all; nobody needs to notice.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

REPLICA = "replica"
MOST_LAG_SECONDS = 5
LOOK_SECONDS = 1.0  # how long what was found out about the replica is believed
# Whatever was received is replayed, or what was replayed last is not long ago; and the receiver
# lives, for a replica that is cut off has always replayed whatever it received.
_FOLLOWS = """
    SELECT pg_is_in_recovery() AND EXISTS (SELECT FROM pg_stat_wal_receiver)
        AND coalesce(
            pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            OR now() - pg_last_xact_replay_timestamp() < make_interval(secs => %s),
            false
        )
"""

_allowed: ContextVar[bool] = ContextVar("reads_may_be_stale", default=False)
_looked: tuple[float, bool] = (0.0, False)


@contextmanager
def reads_may_be_stale(*, allowed: bool = True) -> Iterator[None]:
    """Let what is read meanwhile come from the replica, if ``allowed``."""
    token = _allowed.set(allowed and REPLICA in settings.DATABASES)
    try:
        yield
    finally:
        _allowed.reset(token)


def alias() -> str:
    """Return which database is read from here and now."""
    if not _allowed.get() or connection.in_atomic_block:
        return DEFAULT_DB_ALIAS
    return alias_for_lists()


def alias_for_lists() -> str:
    """Return which database a list is read from that nobody decides by."""
    return REPLICA if REPLICA in settings.DATABASES and _follows() else DEFAULT_DB_ALIAS


def reading() -> BaseDatabaseWrapper:
    """Return the connection to read through here and now."""
    return connections[alias()]


def _follows() -> bool:
    """Tell whether the replica is there and keeps up; asked once a second."""
    global _looked  # noqa: PLW0603 - one finding for the whole process.
    looked_at, found = _looked
    if time.monotonic() - looked_at < LOOK_SECONDS:
        return found
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(_FOLLOWS, [MOST_LAG_SECONDS])
            found = bool(cursor.fetchone()[0])
    except DatabaseError:
        found = False
    _looked = (time.monotonic(), found)
    return found
