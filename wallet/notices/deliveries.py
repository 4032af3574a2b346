"""Sending what is due by text message and web push, at least once, with patience.

An attempt is counted, and the next one fixed, in a database transaction before anything is sent.
A process that is killed while sending leaves a delivery that is tried again then, under the same
id; no database transaction is open while the outside world takes its time.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from wallet.idempotency import use_case
from wallet.models import NoticeDelivery, PushSubscription
from wallet.notices.preferences import preferences_of
from wallet.notices.senders import Attempt, Outcome, Outgoing, sender_of
from wallet.notices.texts import text_of

log = logging.getLogger(__name__)

SECONDS = 120  # of one run, well within a task's time; the next run goes on
# How long after each attempt the next one is due; after the last there is none.
PATIENCE = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=8)),
)
_ERROR_LENGTH = 200


def send_due(*, at: datetime) -> int:
    """Try every delivery that is due, once; return how many arrived."""
    sent, started = 0, time.monotonic()
    while time.monotonic() - started < SECONDS:
        delivery = _claim(at=at)
        if delivery is None:
            break
        attempt = _try(delivery, at)
        _settle(delivery=delivery, attempt=attempt, at=at)
        sent += attempt.outcome == Outcome.SENT
    return sent


@use_case
def _claim(*, at: datetime) -> NoticeDelivery | None:
    due = NoticeDelivery.objects.filter(status=NoticeDelivery.Status.PENDING, due_at__lte=at)
    delivery = (
        due.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .select_related("notice__event", "notice__person", "subscription")
        .order_by("due_at", "pk")
        .first()
    )
    if delivery is None:
        return None
    delivery.due_at = at + PATIENCE[min(delivery.attempts, len(PATIENCE) - 1)]
    delivery.attempts += 1
    delivery.save(update_fields=["due_at", "attempts"])
    return delivery


def _try(delivery: NoticeDelivery, at: datetime) -> Attempt:
    try:
        return sender_of(delivery.channel).send(_outgoing(delivery), at=at)
    except Exception as exc:
        # One that cannot be sent must not keep the others from being sent.
        log.exception("delivery %s failed", delivery.public_id)
        return Attempt(Outcome.LATER, type(exc).__name__)


def _outgoing(delivery: NoticeDelivery) -> Outgoing:
    notice, event = delivery.notice, delivery.notice.event
    language = preferences_of(notice.person_id).language
    return Outgoing(
        id=delivery.public_id,
        notice_id=notice.public_id,
        kind=event.kind,
        text=text_of(event.kind, event.facts, language),
        phone=notice.person.phone,
        subscription=delivery.subscription,
    )


@use_case
def _settle(*, delivery: NoticeDelivery, attempt: Attempt, at: datetime) -> None:
    """Write down what became of an attempt; an address that is gone goes with its deliveries."""
    if attempt.outcome == Outcome.GONE:
        if delivery.subscription is not None:
            PushSubscription.objects.filter(pk=delivery.subscription.pk).delete()
        return
    pending = NoticeDelivery.objects.filter(
        public_id=delivery.public_id, status=NoticeDelivery.Status.PENDING
    )
    if attempt.outcome == Outcome.SENT:
        pending.update(status=NoticeDelivery.Status.SENT, sent_at=at, last_error="")
    elif attempt.outcome == Outcome.REFUSED or delivery.attempts >= len(PATIENCE):
        pending.update(
            status=NoticeDelivery.Status.FAILED, last_error=attempt.error[:_ERROR_LENGTH]
        )
    else:
        pending.update(last_error=attempt.error[:_ERROR_LENGTH])
