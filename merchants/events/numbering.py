"""Giving events their numbers, one merchant's without a gap, and their deliveries with them.

Note [Numbers are given afterwards]: a number drawn with the event would make all payments of a
store queue for it, and one drawn from a sequence may appear after a higher one did: a reader that
goes on after the highest it saw would miss it. So committed events are numbered by one worker at a
time. What is slow to commit gets a higher number, and nobody who reads on misses it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from merchants.models import Merchant
from wallet.idempotency import use_case

BATCH = 1_000

_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('merchants.events', 0))"
_NUMBER = """
    WITH fresh AS (
        SELECT id, merchant_id, row_number() OVER (PARTITION BY merchant_id ORDER BY id) AS place
        FROM (
            SELECT id, merchant_id FROM merchants_merchantevent
            WHERE sequence IS NULL AND (%(merchant)s::bigint IS NULL OR merchant_id = %(merchant)s)
            ORDER BY merchant_id, id LIMIT %(batch)s
        ) AS waiting
    ), numbered AS (
        UPDATE merchants_merchantevent AS e
        SET sequence = fresh.place + coalesce((
            SELECT before.sequence FROM merchants_merchantevent AS before
            WHERE before.merchant_id = fresh.merchant_id AND before.sequence IS NOT NULL
            ORDER BY before.sequence DESC LIMIT 1
        ), 0)
        FROM fresh WHERE e.id = fresh.id
        RETURNING e.id, e.merchant_id, e.kind
    ), told AS (
        INSERT INTO merchants_webhookdelivery (
            public_id, endpoint_id, event_id, state, attempts, due_at, error
        )
        SELECT gen_random_uuid(), w.id, n.id, 'PENDING', 0, %(at)s, ''
        FROM numbered AS n
        INNER JOIN merchants_webhookendpoint AS w ON w.merchant_id = n.merchant_id
        WHERE w.state = 'ACTIVE' AND (w.kinds = '{}' OR n.kind = ANY(w.kinds))
    )
    SELECT count(*) FROM numbered
"""


def number_due(*, at: datetime, merchant: Merchant | None = None) -> int:
    """Number what happened, of one merchant or of all; return how much it was.

    Somebody else who is at it is not waited for: they do the same.
    """
    numbered = 0
    while True:
        batch = _number(at=at, merchant=merchant)
        numbered += batch
        if batch < BATCH:
            return numbered


@use_case
def _number(*, at: datetime, merchant: Merchant | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        if not cursor.fetchone()[0]:
            return 0
        # A statement of its own: it sees what was numbered by whoever held the lock before.
        merchant_id = None if merchant is None else merchant.pk
        facts: dict[str, Any] = {"at": at, "merchant": merchant_id, "batch": BATCH}
        cursor.execute(_NUMBER, facts)
        return int(cursor.fetchone()[0])
