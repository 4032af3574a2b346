"""From the outbox to the inbox: each event is told of once, in the order of its wallet.

Note [Which events are next]: a relay claims the first undelivered events that nobody else holds.
Of those it leaves the ones of a wallet with an earlier event that somebody else holds: that one is
told of first. So relays may run side by side. Nothing remembers how far it got: an event whose id
is lower but whose database transaction committed later is found like any other.

Note [An event that cannot be told of]: where the database refuses a batch, half of it is tried,
down to the event that it refuses. That one is logged, left for the next run, and stops no other.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError, OperationalError, connection

from wallet.idempotency import use_case
from wallet.notices.table import URGENT

log = logging.getLogger(__name__)

BATCH = 500  # events of one database transaction
RUN = 20_000  # events of one run; the next one goes on
MOST_REFUSED = 50  # events of one run that cannot be told of; more are a fault of the database's

_CLAIM = """
    WITH claimed AS MATERIALIZED (
        SELECT e.id, e.wallet_id FROM wallet_event AS e
        WHERE e.delivered_at IS NULL AND e.id <> ALL(%(refused)s)
        ORDER BY e.id LIMIT %(most)s FOR NO KEY UPDATE OF e SKIP LOCKED
    ),
    held AS (
        SELECT e.wallet_id, min(e.id) AS first_id FROM wallet_event AS e
        WHERE e.delivered_at IS NULL AND e.id <> ALL(%(refused)s)
            AND e.id < (SELECT max(c.id) FROM claimed AS c)
            AND NOT EXISTS (SELECT FROM claimed AS c WHERE c.id = e.id)
        GROUP BY e.wallet_id
    )
    SELECT c.id FROM claimed AS c LEFT JOIN held AS h ON h.wallet_id = c.wallet_id
    WHERE h.first_id IS NULL OR c.id < h.first_id
"""
_TELL = """
    WITH told AS (
        INSERT INTO wallet_notice (public_id, event_id, person_id)
        SELECT gen_random_uuid(), e.id, w.holder_id
        FROM wallet_event AS e INNER JOIN wallet_wallet AS w ON w.id = e.wallet_id
        WHERE e.id = ANY(%(ids)s) ORDER BY e.id
        ON CONFLICT ON CONSTRAINT wallet_notice_once DO NOTHING
        RETURNING id, event_id, person_id
    ),
    sent AS (
        INSERT INTO wallet_noticedelivery (
            public_id, notice_id, channel, subscription_id, status, attempts, due_at, last_error
        )
        SELECT gen_random_uuid(), t.id, way.channel, way.subscription_id, 'PENDING', 0, %(at)s, ''
        FROM told AS t INNER JOIN wallet_event AS e ON e.id = t.event_id
        LEFT JOIN wallet_noticepreference AS p ON p.person_id = t.person_id
        CROSS JOIN LATERAL (
            SELECT 'SMS' AS channel, NULL::bigint AS subscription_id
            WHERE coalesce(p.sms, FALSE) OR e.kind = ANY(%(urgent)s)
            UNION ALL
            SELECT 'PUSH', s.id FROM wallet_pushsubscription AS s
            WHERE s.person_id = t.person_id AND coalesce(p.push, TRUE)
        ) AS way
        ORDER BY t.id
    )
    UPDATE wallet_event SET delivered_at = %(at)s WHERE id = ANY(%(ids)s)
"""


class Refused(Exception):  # noqa: N818 - the database's answer, for this module alone.
    """The database refuses to tell of a batch: at least of one of its events."""

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__(ids)
        self.ids = ids


def deliver_due(*, at: datetime) -> int:
    """Put every event that is due into the inboxes; return how many were."""
    delivered, most = 0, BATCH
    refused: list[int] = []
    while delivered < RUN and len(refused) < MOST_REFUSED:
        try:
            done = _deliver(most=most, refused=refused, at=at)
        except Refused as exc:
            if len(exc.ids) == 1:
                log.exception("event %s cannot be told of", exc.ids[0])
                refused.extend(exc.ids)
            most = max(len(exc.ids) // 2, 1)
            continue
        if not done:
            break
        delivered, most = delivered + done, min(2 * most, BATCH)
    return delivered


@use_case
def _deliver(*, most: int, refused: Sequence[int], at: datetime) -> int:
    """Deliver a batch: its lines in the inboxes and its marks are committed together."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"most": most, "refused": list(refused)})
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0
        try:
            cursor.execute(_TELL, {"ids": ids, "urgent": sorted(URGENT), "at": at})
            # What is checked at the end is checked here, where the batch is still known.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except OperationalError:
            raise
        except DatabaseError as exc:
            raise Refused(ids) from exc
    return len(ids)
