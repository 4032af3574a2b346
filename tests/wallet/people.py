"""The cast, and how a test speaks to the API for them."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from ledger.balances import balance
from ledger.money import Money
from wallet import topups
from wallet.errors import PinSet
from wallet.models import Pin, Wallet
from wallet.proof.pins import set_pin
from wallet.proof.proofs import Means, Proof

ALICE, BOB = "+821012345678", "+821087654321"
PASSWORD = "correct horse battery"
PIN = "739164"


def fund(wallet: Wallet, amount: Money) -> None:
    """Top a wallet up the way the bank's word does."""
    top_up = topups.ask(wallet=wallet, amount=amount, at=timezone.now())
    topups.settle(public_id=top_up.public_id, amount=amount, at=timezone.now())


def held(wallet: Wallet) -> int:
    return balance(wallet.available_account_id).minor


def won(amount: str, currency: str = "KRW") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def proven(wallet: Wallet) -> Proof:
    """Return what a holder's PIN proves."""
    return Proof(wallet.holder_id, Means.PIN)


class Caller:
    """Somebody signed in at the API, who confirms everything with the PIN unless told not to."""

    def __init__(self, wallet: Wallet, *, pin: str | None = PIN) -> None:
        _, token = AuthToken.objects.create(user=wallet.holder)
        if pin == PIN and not Pin.objects.filter(user=wallet.holder).exists():
            with suppress(PinSet):  # another thread was first
                set_pin(user=wallet.holder, pin=PIN, password=PASSWORD, at=timezone.now())
        shown = {} if pin is None else {"Wallet-Pin": pin}
        self.client = Client(headers={"Authorization": f"Token {token}", **shown})

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        return self.client.post(
            f"/api/v1{path}",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": key or str(uuid.uuid4())},
        )

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}")

    def put(self, path: str, body: Any) -> Any:
        return self.client.put(f"/api/v1{path}", body, content_type="application/json")
