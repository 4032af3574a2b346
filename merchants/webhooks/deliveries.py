"""Deliveries: taken on a lease, written down when they ended, taken up again where a worker died.

Note [A lease for each message]: a delivery is leased before anything is sent, and no database
transaction is open while the outside world takes its time. A worker that dies leaves leases that
run out, and the same message is sent again under the same id. An endpoint has a few messages under
way at once, and one where nothing arrived lately: it cannot take all the hands from the others.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Coalesce

from merchants.access.audits import note
from merchants.events.recording import wake
from merchants.models import WebhookDelivery, WebhookEndpoint
from merchants.webhooks.endpoints import end
from merchants.webhooks.outcomes import GONE, Outcome
from wallet.idempotency import use_case

LEASE = timedelta(seconds=30)  # more than the longest attempt
AT_ONCE = 4  # messages under way to one endpoint
# How long after each attempt the next one is due, less up to a tenth; less than 3 days in sum.
PATIENCE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 18, 22)),
)
MOST_ATTEMPTS = len(PATIENCE) + 1
_JITTER = 0.1
_State = WebhookDelivery.State

_CLAIM = """
    WITH free AS (
        SELECT w.id, w.state, CASE WHEN w.failing_since IS NULL THEN %(at_once)s ELSE 1 END - (
            SELECT count(*) FROM merchants_webhookdelivery AS under_way
            WHERE under_way.endpoint_id = w.id AND under_way.leased_until > %(at)s
        ) AS room
        FROM merchants_webhookendpoint AS w WHERE w.state IN ('ACTIVE', 'UNVERIFIED')
    ), due AS MATERIALIZED (
        SELECT waiting.id, free.room,
            row_number() OVER (PARTITION BY free.id ORDER BY waiting.due_at, waiting.id) AS place
        FROM free CROSS JOIN LATERAL (
            SELECT d.id, d.due_at FROM merchants_webhookdelivery AS d
            WHERE d.endpoint_id = free.id AND d.state = 'PENDING' AND d.due_at <= %(at)s
                AND (d.leased_until IS NULL OR d.leased_until <= %(at)s)
                AND (free.state = 'ACTIVE' OR d.event_id IS NULL)
            ORDER BY d.due_at, d.id LIMIT %(at_once)s FOR NO KEY UPDATE OF d SKIP LOCKED
        ) AS waiting
        WHERE free.room > 0
    )
    UPDATE merchants_webhookdelivery AS d
    SET leased_until = %(until)s, attempts = attempts + 1
    WHERE d.id IN (
        SELECT id FROM due WHERE place <= room ORDER BY place, id LIMIT %(most)s
    )
    RETURNING d.id
"""


@use_case
def claim(*, most: int, at: datetime) -> list[WebhookDelivery]:
    """Lease what is due, at most so many: each endpoint's turn before anybody's second."""
    facts: dict[str, Any] = {"at": at, "until": at + LEASE, "at_once": AT_ONCE, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, facts)
        ids = [row[0] for row in cursor.fetchall()]
    rows = WebhookDelivery.objects.filter(pk__in=ids)
    return list(
        rows.select_related("endpoint", "event__store")
        .prefetch_related("endpoint__secrets")
        .order_by("due_at", "pk")
    )


def is_under_way(*, at: datetime) -> bool:
    """Tell whether somebody is sending just now."""
    return WebhookDelivery.objects.filter(leased_until__gt=at).exists()


@use_case
def settle(*, delivery: WebhookDelivery, outcome: Outcome, at: datetime) -> None:
    """Write down what became of an attempt.

    A failure that comes in when the lease was over and somebody else has tried since says nothing.
    """
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=delivery.endpoint_id)
    row = WebhookDelivery.objects.filter(pk=delivery.pk, state=_State.PENDING)
    tried: dict[str, Any] = {"leased_until": None, "tried_at": at, "answered": outcome.status}
    if outcome.is_delivered:
        row.update(state=_State.DELIVERED, error="", **tried)
        _arrived(endpoint, delivery)
        return
    current = row.filter(attempts=delivery.attempts)
    tried["error"] = outcome.error
    if delivery.attempts >= MOST_ATTEMPTS:
        current.update(state=_State.DEAD, **tried)
    else:
        current.update(due_at=at + _wait(delivery.attempts), **tried)
    if outcome.status == GONE and endpoint.state != WebhookEndpoint.State.REMOVED:
        end(endpoint, WebhookEndpoint.State.DISABLED, "GONE")
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        failing_since=Coalesce("failing_since", at)
    )


@use_case
def replay(
    *, endpoint: WebhookEndpoint, chosen: Q, actor: str, at: datetime, reason: str = ""
) -> int:
    """Send deliveries of an endpoint again, as if for the first time; return how many.

    The message is the same, under the same id: a receiver that took it in drops it.
    """
    rows = WebhookDelivery.objects.filter(chosen, endpoint=endpoint, event__isnull=False)
    again = rows.update(state=_State.PENDING, attempts=0, due_at=at, leased_until=None, error="")
    _note(endpoint, actor, at, reason=reason, sent_again=again)
    return again


_SEND_SINCE = """
    INSERT INTO merchants_webhookdelivery (
        public_id, endpoint_id, event_id, state, attempts, due_at, error
    )
    SELECT gen_random_uuid(), w.id, e.id, 'PENDING', 0, %(at)s, ''
    FROM merchants_webhookendpoint AS w
    INNER JOIN merchants_merchantevent AS e
        ON e.merchant_id = w.merchant_id AND e.sequence >= %(sequence)s
            AND (w.kinds = '{}' OR e.kind = ANY(w.kinds))
    WHERE w.id = %(endpoint)s ORDER BY e.sequence LIMIT %(most)s
    ON CONFLICT ON CONSTRAINT merchants_webhook_delivery_once DO UPDATE
    SET state = 'PENDING', attempts = 0, due_at = excluded.due_at, leased_until = NULL, error = ''
"""
MOST_SENT_SINCE = 10_000


@use_case
def send_since(*, endpoint: WebhookEndpoint, sequence: int, actor: str, at: datetime) -> int:
    """Send an endpoint every event from a number on, whether it was sent it before or not.

    Returns:
        How many; at most 10,000 of them, from which number the rest goes on.

    """
    facts: dict[str, Any] = {
        "endpoint": endpoint.pk,
        "sequence": sequence,
        "at": at,
        "most": MOST_SENT_SINCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEND_SINCE, facts)
        sent: int = cursor.rowcount
    _note(endpoint, actor, at, sent_again=sent, from_sequence=sequence)
    return sent


def keys_of(delivery: WebhookDelivery, at: datetime) -> Sequence[bytes]:
    """Return the sealed secrets to sign a delivery with, the current one first."""
    valid = [
        secret
        for secret in delivery.endpoint.secrets.all()
        if secret.expires_at is None or secret.expires_at > at
    ]
    newest_first = sorted(valid, key=lambda secret: secret.made_at, reverse=True)
    return [bytes(secret.sealed) for secret in newest_first]


def _note(
    endpoint: WebhookEndpoint, actor: str, at: datetime, *, reason: str = "", **facts: int
) -> None:
    wake(endpoint.merchant)
    note(
        merchant=endpoint.merchant,
        action="webhook.replayed",
        actor=actor,
        reason=reason,
        facts={"webhook": str(endpoint.public_id), **facts},
        at=at,
    )


def _arrived(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    endpoint.failing_since = None
    is_answer = delivery.event_id is None and delivery.endpoint.challenge == endpoint.challenge
    if is_answer and endpoint.state == WebhookEndpoint.State.UNVERIFIED:
        endpoint.state = WebhookEndpoint.State.ACTIVE
    endpoint.save(update_fields=["failing_since", "state"])


def _wait(attempts: int) -> timedelta:
    """Return how long to wait, each time a little different, so that a crowd comes apart."""
    longest = PATIENCE[min(attempts, len(PATIENCE)) - 1]
    return longest * (1 - random.uniform(0, _JITTER))  # noqa: S311 - no secret hangs on it.
