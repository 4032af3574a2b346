"""The outbox: what happened, written in the database transaction in which it happened."""

from __future__ import annotations

from datetime import datetime

from wallet.models import Event, Wallet


def record(*, wallet: Wallet, kind: str, facts: dict[str, object], at: datetime) -> None:
    """Write down what happened to a wallet, inside the caller's database transaction.

    ``kind`` is ``<thing>.<what happened>``, such as ``transfer.received``; ``facts`` are JSON
    values (money as ``{"amount": "10500", "currency": "KRW"}``, ids as text), never a secret.
    """
    Event.objects.create(wallet=wallet, kind=kind, facts=facts, happened_at=at)
