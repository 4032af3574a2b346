"""For how long the answers of keyed requests are kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

# Longer than a session of a browser lives, whose drafts carry their keys.
KEPT = timedelta(days=30)
BATCH = 10_000
# The oldest have the smallest ids, near enough; there is no index of when they were made.
_REMOVE = """
    DELETE FROM wallet_idempotencyrecord
    WHERE made_at < %s AND id IN (
        SELECT id FROM wallet_idempotencyrecord ORDER BY id LIMIT %s
    )
"""


def prune(*, at: datetime) -> int:
    """Remove what was answered longer ago than ``KEPT``, some at a time; return how many."""
    removed = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_REMOVE, [at - KEPT, BATCH])
            last = int(cursor.rowcount)
        removed += last
        if last < BATCH:
            return removed
