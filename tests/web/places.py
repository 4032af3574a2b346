"""All pages that a signed-in person may look at, and those for everybody."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from ledger.money import Money
from merchants.models import Payment, Store, Terminal
from merchants.payments.paying import Bill, pay
from tests.wallet.people import proven
from wallet import topups, transfers
from wallet.models import MoneyRequest, Transfer, Wallet
from wallet.transfers import claims, money_requests, splits

DOORS = ("/", "/sign-in", "/sign-up", "/offline", "/c/any-token", "/till/sign-in", "/till/offline")
PLACES = (
    "/",
    "/top-up",
    "/top-up/automatic",
    "/send",
    "/scheduled",
    "/claims",
    "/requests",
    "/requests/new",
    "/splits/new",
    "/withdraw",
    "/bank-accounts",
    "/bank-accounts/new",
    "/activity",
    "/activity?kind=payment",
    "/statements",
    "/notices",
    "/notices/preferences",
    "/limits",
    "/settings",
    "/settings/profile",
    "/settings/pin",
    "/settings/password",
    "/settings/factors",
    "/settings/authenticator",
    "/settings/devices",
    "/settings/freeze",
    "/settings/close",
    "/scan",
    "/pay",
    "/pay/allowance",
)


def addresses(alice: Wallet, bob: Wallet, store: Store) -> list[str]:
    """Return every page, those of single things included, after things happened to Alice."""
    at, won = timezone.now(), Money(1_000, "KRW")
    top_up = topups.ask(wallet=alice, amount=won, at=at)
    payment = pay(wallet=alice, store=store, bill=Bill(amount=won), proof=proven(alice), at=at)
    phone = bob.holder.phone
    sent: dict[str, Any] = {"amount": won, "memo": "점심", "at": at}
    transfer: Transfer = transfers.send(sender=alice, payee=phone, proof=proven(alice), **sent)
    claim = claims.open_claim(sender=alice, phone="+821055556666", proof=proven(alice), **sent)
    asked: MoneyRequest = money_requests.ask(asker=bob, payee=alice.holder.phone, **sent)
    split = splits.split(asker=alice, payees=[phone], total=won, with_asker=True, memo="", at=at)
    month = f"{at:%Y-%m}"
    things = (
        f"/top-ups/{top_up.public_id}",
        f"/payments/{payment.number}",
        f"/transfers/{transfer.public_id}",
        f"/claims/{claim.public_id}",
        f"/requests/{asked.public_id}",
        f"/splits/{split.public_id}",
        f"/statements/{month}",
    )
    return [*PLACES, *things]


def till_addresses(till: Terminal, payment: Payment) -> list[str]:
    """Return every page of a till whose shift is open, after somebody paid there."""
    order = f"{till.public_id}-1"
    return [
        "/till",
        f"/till/scan?order={order}&amount=3000",
        "/till/payments",
        f"/till/payments/{payment.number}",
        f"/till/payments/{payment.number}/refund",
        "/till/takings",
        "/till/shift",
        "/till/device",
    ]
