"""From the outbox to the inbox: each event is told of once, in the order of its wallet.

Note [Which event is next]: an event is next when no earlier one of its wallet is undelivered, and
nobody else holds it. So relays may run side by side: where one holds a wallet's next event, the
others see that wallet's later ones as not yet next. Nothing remembers how far it got: an event
whose id is lower but whose database transaction committed later is found like any other.
"""

from __future__ import annotations

from datetime import datetime

from wallet.idempotency import use_case
from wallet.models import (
    Channel,
    Event,
    Notice,
    NoticeDelivery,
    PushSubscription,
)
from wallet.notices.preferences import preferences_of
from wallet.notices.texts import is_urgent

BATCH = 1_000  # events of one run; the next one goes on

_NEXT = """
    SELECT e.* FROM wallet_event AS e
    WHERE e.delivered_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM wallet_event AS earlier
        WHERE earlier.delivered_at IS NULL AND earlier.wallet_id = e.wallet_id
            AND earlier.id < e.id
    )
    ORDER BY e.id LIMIT 1 FOR NO KEY UPDATE OF e SKIP LOCKED
"""


def deliver_due(*, at: datetime) -> int:
    """Put every event that is due into the inboxes; return how many were."""
    delivered = 0
    while delivered < BATCH and _deliver_next(at=at):
        delivered += 1
    return delivered


@use_case
def _deliver_next(*, at: datetime) -> bool:
    """Deliver one event: its line in the inbox and its mark are committed together."""
    event = next(iter(Event.objects.raw(_NEXT)), None)
    if event is None:
        return False
    person_id = event.wallet.holder_id
    notice, is_new = Notice.objects.get_or_create(event=event, person_id=person_id)
    if is_new:
        NoticeDelivery.objects.bulk_create(_ways_out(notice, event, person_id, at))
    Event.objects.filter(pk=event.pk).update(delivered_at=at)
    return True


def _ways_out(notice: Notice, event: Event, person_id: int, at: datetime) -> list[NoticeDelivery]:
    chosen = preferences_of(person_id)
    ways = []
    if chosen.sms or is_urgent(event.kind):
        ways.append(NoticeDelivery(notice=notice, channel=Channel.SMS, due_at=at))
    if chosen.push:
        ways += [
            NoticeDelivery(
                notice=notice, channel=Channel.PUSH, subscription=subscription, due_at=at
            )
            for subscription in PushSubscription.objects.filter(person_id=person_id)
        ]
    return ways
