"""Telling people what changed about how they prove themselves."""

from __future__ import annotations

from datetime import datetime

from wallet.events import record
from wallet.models import User, Wallet


def tell(*, user: User, kind: str, facts: dict[str, object], at: datetime) -> None:
    """Record it for the inbox of somebody's oldest wallet; staff without one is told nothing."""
    wallet = Wallet.objects.filter(holder=user).order_by("pk").first()
    if wallet is not None:
        record(wallet=wallet, kind=kind, facts=facts, at=at)
