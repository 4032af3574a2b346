"""Writing down what happened to a merchant, and waking up whoever tells of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from celery import current_app
from django.db import connection, transaction

from merchants.models import Merchant, MerchantEvent, Store

log = logging.getLogger(__name__)

RELAY = "merchants.tasks.relay_webhooks"  # by name: the task stands above everything that records
_POKE_SECONDS = 60  # the next minute's run does the same


def record(
    *,
    merchant: Merchant,
    kind: str,
    facts: Mapping[str, object],
    at: datetime,
    store: Store | None = None,
) -> MerchantEvent:
    """Write down what happened to a merchant, inside the caller's database transaction.

    For anything but payments and refunds, which tell of themselves. ``kind`` is one of ``KINDS``;
    ``facts`` are JSON values without a secret: amounts in minor units under names that end in
    ``_minor``, with ``currency`` beside them.
    """
    event = MerchantEvent.objects.create(
        merchant=merchant, store=store, kind=kind, facts=dict(facts), happened_at=at
    )
    wake(merchant)
    return event


def wake(merchant: Merchant) -> None:
    """Have webhooks of this database transaction's events sent soon after it ends."""
    if merchant.has_webhooks and all(w[1] is not poke for w in connection.run_on_commit):
        transaction.on_commit(poke, robust=True)


def poke() -> None:
    """Wake the relay up. It may fail: what is due stands in the database, and is looked for."""
    try:
        current_app.send_task(RELAY, retry=False, expires=_POKE_SECONDS, ignore_result=True)
    except Exception:  # noqa: BLE001 - whatever a broker's client raises, the effect stands.
        log.warning("the broker did not answer; the next run of the relay delivers")
