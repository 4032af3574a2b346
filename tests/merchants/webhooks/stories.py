"""What happens to webhooks, in a line each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from merchants.events.recording import record
from merchants.models import MerchantEvent, Store, WebhookDelivery, WebhookEndpoint
from merchants.webhooks import endpoints, sending
from merchants.webhooks.endpoints import Wanted
from tests.merchants.payments.stories import NOON
from tests.merchants.webhooks.receiver import Receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
SECOND = timedelta(seconds=1)


def register(
    store: Store, url: str, *kinds: str, at: datetime = NOON, secret: str = SECRET
) -> WebhookEndpoint:
    """Register an endpoint, which waits for its challenge."""
    return endpoints.register(
        merchant=store.merchant, wanted=Wanted(url, kinds), secret=secret, actor="test", at=at
    )


def registered(store: Store, hook: Receiver, *kinds: str) -> WebhookEndpoint:
    """Register an endpoint at a receiver, and have it verified."""
    made = register(store, hook.url, *kinds)
    sending.send_due(at=NOON)
    made.refresh_from_db()
    assert made.state == "ACTIVE"
    return made


def happen(store: Store, times: int = 1, *, at: datetime = NOON) -> list[str]:
    """Let something happen to a merchant; return the ids of the events."""
    made = []
    for _ in range(times):
        with transaction.atomic():
            event = record(merchant=store.merchant, kind="webhook.test", facts={}, at=at)
        made.append(str(event.public_id))
    return made


def outcome(event_id: str) -> tuple[str, int, str]:
    """How a delivery stands: its state, its attempts, and the last error."""
    row = WebhookDelivery.objects.get(event=MerchantEvent.objects.get(public_id=event_id))
    return row.state, row.attempts, row.error
