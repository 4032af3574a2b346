"""The outbox: what happened, written in the database transaction in which it happened."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from celery import current_app
from django.db import connection, transaction

from wallet.models import Event, Wallet

log = logging.getLogger(__name__)

RELAY = "wallet.tasks.relay_events"  # by name: the task stands above everything that records
_POKE_SECONDS = 60  # the next minute's run does the same
_QUIET_SECONDS = 0.3  # a message costs as much as a transfer; one wakes the relay for many


class Bell:
    """Rings at once, or, where it rang just before, a moment later for all who ring meanwhile."""

    def __init__(self, send: Callable[[], None], quiet_seconds: float) -> None:
        self.send, self.quiet_seconds = send, quiet_seconds
        self.silence()

    def silence(self) -> None:
        """Forget when it rang, and who waits: a forked process has no threads of its parent's."""
        self.lock = threading.Lock()
        self.quiet_until = 0.0
        self.waiting: threading.Timer | None = None

    def ring(self) -> None:
        """Send now, or have it sent soon."""
        with self.lock:
            if self.waiting is not None:
                return
            wait = self.quiet_until - time.monotonic()
            if wait > 0:
                self.waiting = threading.Timer(wait, self.ring_late)
                self.waiting.start()
                return
            self.quiet_until = time.monotonic() + self.quiet_seconds
        self.send()

    def ring_late(self) -> None:
        """Send for those who waited; whoever comes from now on is told of by the next one."""
        with self.lock:
            self.waiting = None
            self.quiet_until = time.monotonic() + self.quiet_seconds
        self.send()


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
    wake_relay()


def wake_relay() -> None:
    """Wake the relay up once the caller's database transaction has ended."""
    # However much happens in one database transaction, the relay is woken up once.
    if all(waiting[1] is not _poke for waiting in connection.run_on_commit):
        transaction.on_commit(_poke, robust=True)


def _poke() -> None:
    _bell.ring()


def _send() -> None:
    """Wake the relay up. It may fail: what is due stands in the database, and is looked for."""
    try:
        current_app.send_task(RELAY, retry=False, expires=_POKE_SECONDS, ignore_result=True)
    except Exception:  # noqa: BLE001 - whatever a broker's client raises, the effect stands.
        log.warning("the broker did not answer; the next run of the relay delivers")


_bell = Bell(_send, _QUIET_SECONDS)
os.register_at_fork(after_in_child=_bell.silence)
