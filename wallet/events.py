"""The outbox: what happened, written in the database transaction in which it happened."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from celery import current_app
from django.db import connection, transaction

from wallet.models import Event, Wallet

log = logging.getLogger(__name__)

RELAY = "wallet.tasks.relay_events"  # by name: the task stands above everything that records
_POKE_SECONDS = 60  # the next minute's run does the same


def record(*, wallet: Wallet, kind: str, facts: dict[str, object], at: datetime) -> None:
    """Write down what happened to a wallet, inside the caller's database transaction.

    ``kind`` is ``<thing>.<what happened>``, such as ``transfer.received``; ``facts`` are JSON
    values (money as ``{"amount": "10500", "currency": "KRW"}``, ids as text), never a secret.
    """
    record_all([(wallet, kind, facts)], at=at)


def record_all(happened: Sequence[tuple[Wallet, str, dict[str, object]]], *, at: datetime) -> None:
    """Write down several things that happened at once, each to a wallet, by one statement."""
    Event.objects.bulk_create(
        Event(wallet=wallet, kind=kind, facts=facts, happened_at=at)
        for wallet, kind, facts in happened
    )
    # However much happens in one database transaction, the relay is woken up once.
    if all(waiting[1] is not _poke for waiting in connection.run_on_commit):
        transaction.on_commit(_poke, robust=True)


def _poke() -> None:
    """Wake the relay up. It may fail: what is due stands in the database, and is looked for."""
    try:
        current_app.send_task(RELAY, retry=False, expires=_POKE_SECONDS, ignore_result=True)
    except Exception:  # noqa: BLE001 - whatever a broker's client raises, the effect stands.
        log.warning("the broker did not answer; the next run of the relay delivers")
