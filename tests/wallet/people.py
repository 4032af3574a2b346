"""The cast, and how a test speaks to the API for them."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from ledger.balances import balance
from ledger.money import Money
from tests.wallet.sms import code_sent
from wallet import topups
from wallet.models import OneTimeCode, Pin, Wallet
from wallet.proof.pins import set_pin
from wallet.proof.proofs import STEP_UP_HEADER, Means, Proof

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
    """Return what a holder's PIN and a second proof show."""
    return Proof(wallet.holder_id, Means.STEP_UP, has_pin=True)


_SETTING_PIN = threading.Lock()  # too many passwords at once are refused


class Caller:
    """Somebody signed in at the API, who confirms everything with the PIN unless told not to.

    Like an app, it proves itself a second time when it is asked to, and sends the same again.
    """

    def __init__(self, wallet: Wallet, *, pin: str | None = PIN, steps_up: bool = True) -> None:
        _, token = AuthToken.objects.create(user=wallet.holder)
        with _SETTING_PIN:
            if pin == PIN and not Pin.objects.filter(user=wallet.holder).exists():
                set_pin(user=wallet.holder, pin=PIN, password=PASSWORD, at=timezone.now())
        shown = {} if pin is None else {"Wallet-Pin": pin}
        self.holder, self.steps_up = wallet.holder, steps_up
        self.client = Client(headers={"Authorization": f"Token {token}", **shown})

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        return self._send("POST", path, body, key or str(uuid.uuid4()))

    def put(self, path: str, body: Any) -> Any:
        return self._send("PUT", path, body, "")

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}")

    def _send(self, method: str, path: str, body: Any, key: str) -> Any:
        answer = self.once(method, path, body, key)
        if not self.steps_up or answer.status_code != 403:
            return answer
        if answer.json()["code"] != "step_up_required":
            return answer
        return self.once(method, path, body, key, {STEP_UP_HEADER: self.token(method, path, body)})

    def once(
        self, method: str, path: str, body: Any, key: str, more: dict[str, str] | None = None
    ) -> Any:
        """Send a request as it is."""
        keyed = {"Idempotency-Key": key} if key else {}
        return self.client.generic(
            method,
            f"/api/v1{path}",
            json.dumps(body),
            content_type="application/json",
            headers=keyed | (more or {}),
        )

    def token(self, method: str, path: str, body: Any) -> str:
        """Prove a step-up for a request by the code in the text message."""
        asked = {"method": method, "path": f"/api/v1{path}", "body": body}
        # Time went by since the last text message; so soon after it there would be none.
        OneTimeCode.objects.update(sent_at=F("sent_at") - timedelta(days=1))
        begun = self.once("POST", "/step-ups", asked, "")
        assert begun.status_code == 201, begun.json()
        proved = self.once(
            "POST",
            f"/step-ups/{begun.json()['id']}/prove",
            {"code": code_sent(self.holder.phone)},
            "",
        )
        return str(proved.json()["token"])
