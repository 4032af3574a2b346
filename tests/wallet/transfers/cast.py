"""More of the cast, and what these tests ask again and again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from ledger.accounts import account_id
from ledger.balances import balance, trial_balance
from ledger.money import Money
from tests.wallet.people import Caller, proven
from wallet.chart import UNCLAIMED
from wallet.models import Claim, Event, Wallet
from wallet.transfers import claims

CAROL = "+821055550000"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def krw(minor: int) -> Money:
    return Money(minor, "KRW")


def told(wallet: Wallet) -> list[str]:
    """Return what a wallet's holder was told of people, in order."""
    events = Event.objects.filter(wallet=wallet).exclude(kind__startswith="top_up.")
    return list(events.order_by("pk").values_list("kind", flat=True))


def unclaimed() -> int:
    """Return what waits to be claimed; the book balances, or this fails."""
    assert trial_balance() == {"KRW": 0}
    return balance(account_id(UNCLAIMED, "KRW")).minor


def opened(wallet: Wallet, minor: int = 5_000, phone: str = CAROL) -> Claim:
    """Return money that waits for Carol, or for another phone number."""
    return claims.open_claim(
        sender=wallet,
        phone=phone,
        amount=krw(minor),
        memo="",
        proof=proven(wallet),
        at=timezone.now(),
    )


def act_on(wallet: Wallet, request_id: str, action: str) -> Any:
    """Answer a money request over the API."""
    return Caller(wallet).post(f"/money-requests/{request_id}/{action}", None)
