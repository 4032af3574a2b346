"""How far the book is settled: below which id nothing can appear any more."""

from __future__ import annotations

import time

from django.db import connection

_POLL_SECONDS = 0.01


def settled_through(*, wait_seconds: float = 5.0) -> int | None:
    """Return a transaction id up to which everything has either been committed or never will be.

    Ids are drawn before they are committed, so a slow posting may appear below ids already seen.
    This waits until each database transaction that was under way at the start has ended. Call it
    outside a database transaction, then read rows up to the returned id.

    Returns:
        The id, or None when something was still under way after ``wait_seconds``.

    """
    deadline = time.monotonic() + wait_seconds
    with connection.cursor() as cursor:
        cursor.execute("SELECT through_id, below_xid FROM ledger_horizon()")
        through_id, below_xid = cursor.fetchone()
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] >= below_xid:
                return int(through_id)
            if time.monotonic() > deadline:
                return None
            time.sleep(_POLL_SECONDS)
