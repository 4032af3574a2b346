"""A client: one process that sends, pays, refunds and reads until it is told to stop.

``python -m tests.faults.clients ADDRESS CAST HISTORY NUMBER SEED``; a line on standard input ends
the traffic, and every intent whose outcome nobody knows is then sent again until it is known.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import random
import secrets
import select
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.faults.history import FAIL, INFO, INVOKE, OK, Writer
from tests.faults.scenario import CURRENCY, Cast, Person, Shop

TIMEOUT_SECONDS = 8
FINAL_SECONDS = 60
MOST_UNKNOWN = 8  # a client with so many unknown outcomes finds out before it goes on
PAUSE_SECONDS = (
    0.1  # after an outcome that nobody knows, as a telephone waits before it tries again
)
OLD_KEY_SHARE = 0.3  # of requests repeat an earlier key, half of them with another body
_BAD_REQUEST, _UNAUTHORIZED, _SERVER_ERROR = 400, 401, 500
# Says nothing of the effect: try again later.
_NOT_NOW = {"request_in_progress", "throttled", "clock_skew", "nonce_replayed"}


@dataclass(slots=True)
class Sending:
    """A request that may be sent again: by whom, where to, with what, under which key."""

    op: str
    key: str
    path: str
    body: dict[str, Any]
    facts: dict[str, Any]
    person: Person | None = None
    shop: Shop | None = None
    attempts: int = 0


class Client:
    """One client with a connection of its own, which it opens again after each fault."""

    def __init__(self, address: str, cast: Cast, writer: Writer, seed: int) -> None:
        self.host = address.removeprefix("http://")
        self.cast, self.writer, self.random = cast, writer, random.Random(seed)
        self.connection: http.client.HTTPConnection | None = None
        self.unknown: dict[str, Sending] = {}
        self.settled: list[Sending] = []
        self.paid: list[tuple[Shop, str, int]] = []

    # --- what a client does ------------------------------------------------------------------

    def step(self) -> None:
        """Do one thing, at random."""
        wants_again = self.random.random() < OLD_KEY_SHARE and (self.settled or self.unknown)
        if wants_again or len(self.unknown) >= MOST_UNKNOWN:
            self._again()
            return
        dice = self.random.random()
        if dice < 0.1:
            self.read()
        elif dice < 0.6:
            self.send(self._transfer())
        elif dice < 0.9 or not self.paid:
            self.send(self._payment())
        else:
            self.send(self._refund())

    def _again(self) -> None:
        if self.unknown:
            self.send(self.random.choice(list(self.unknown.values())))
            return
        old = self.random.choice(self.settled[-50:])
        self.send(old, changed=self.random.random() < 0.5)

    def _transfer(self) -> Sending:
        sender, recipient = self.random.sample(self.cast.people, 2)
        minor, key = self.random.randint(1, 2000), secrets.token_hex(16)
        return Sending(
            op="transfer",
            key=key,
            path=f"/api/v1/wallets/{sender.wallet}/transfers",
            body={"phone": recipient.phone, "amount": money(minor), "memo": key},
            facts={"from": sender.account, "to": recipient.account, "minor": minor},
            person=sender,
        )

    def _payment(self) -> Sending:
        payer = self.random.choice(self.cast.people)
        shop = self.random.choice(self.cast.shops)
        minor, key = self.random.randint(100, 2000), secrets.token_hex(16)
        body = {"wallet_id": payer.wallet, "payload": shop.payload, "memo": key}
        return Sending(
            op="payment",
            key=key,
            path="/api/v1/payments",
            body={**body, "amount": money(minor)},
            facts={"from": payer.account, "minor": minor},
            person=payer,
            shop=shop,
        )

    def _refund(self) -> Sending:
        shop, number, most = self.random.choice(self.paid)
        minor, key = self.random.randint(1, most), secrets.token_hex(16)
        return Sending(
            op="refund",
            key=key,
            path=f"/api/v1/merchant/payments/{number}/refunds",
            body={"refund_no": key, "amount": money(minor), "reason": ""},
            facts={"payment": number, "minor": minor},
            shop=shop,
        )

    def read(self) -> None:
        """Read somebody's balance: it may be anything but less than nothing."""
        person = self.random.choice(self.cast.people)
        sending = Sending("read", "", f"/api/v1/wallets/{person.wallet}", {}, {}, person)
        self.send(sending, method="GET")

    # --- how it is sent, and what came of it -------------------------------------------------

    def send(self, sending: Sending, *, changed: bool = False, method: str = "POST") -> None:
        """Send it, once; write down what was seen."""
        sending.attempts += 1
        body = {**sending.body, "amount": money(999_983)} if changed else sending.body
        seen = {"attempt": sending.attempts, "changed": changed, "facts": sending.facts}
        self.writer.write(INVOKE, sending.op, sending.key, **seen)
        try:
            status, answer = self._exchange(method, sending, body)
        except (OSError, http.client.HTTPException, ValueError) as exc:
            self._disconnect()
            seen["answer"] = {"error": repr(exc)[:200]}
            self.writer.write(INFO, sending.op, sending.key, **seen)
            self._remember(sending, INFO, changed=changed)
            return
        kind = _kind(status, answer)
        self.writer.write(kind, sending.op, sending.key, status=status, answer=answer, **seen)
        self._remember(sending, kind, answer, changed=changed)

    def _remember(
        self, sending: Sending, kind: str, answer: dict[str, Any] | None = None, *, changed: bool
    ) -> None:
        if changed or sending.op == "read":
            return
        if kind == INFO:
            self.unknown[sending.key] = sending
            time.sleep(PAUSE_SECONDS)
            return
        first = self.unknown.pop(sending.key, None) is not None or sending.attempts == 1
        if kind == OK and first:
            self.settled.append(sending)
            if sending.op == "payment" and sending.shop is not None:
                number = str((answer or {})["number"])
                self.paid.append((sending.shop, number, sending.facts["minor"]))

    def _exchange(
        self, method: str, sending: Sending, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Send; where a connection that was kept is closed, once more on another.

        A server that ends closes what it kept open, and what is sent just then finds nobody. Every
        client of HTTP has to expect that, and may send it again: there is a key.
        """
        is_kept = self.connection is not None
        try:
            return self._send_once(method, sending, body)
        except ConnectionError:
            if not is_kept:
                raise
            self._disconnect()
            return self._send_once(method, sending, body)

    def _send_once(
        self, method: str, sending: Sending, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, timeout=TIMEOUT_SECONDS)
        content = b"" if method == "GET" else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if method != "GET":
            headers["Idempotency-Key"] = sending.key
        if sending.person is not None:
            headers |= signed(sending.person, method, sending.path, content, sending.key)
        elif sending.shop is not None:
            headers["Authorization"] = f"Bearer {sending.shop.secret}"
        self.connection.request(method, sending.path, content, headers)
        got = self.connection.getresponse()
        return got.status, json.loads(got.read() or b"{}")

    def _disconnect(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def find_out(self) -> None:
        """Send every unknown intent again until it is known, or for as long as may be."""
        deadline = time.monotonic() + FINAL_SECONDS
        while self.unknown and time.monotonic() < deadline:
            for sending in list(self.unknown.values()):
                self.send(sending)


def _kind(status: int, answer: dict[str, Any]) -> str:
    if status < _BAD_REQUEST:
        return OK
    # Who is not let in hears nothing of what became of the request.
    is_unheard = status == _UNAUTHORIZED or status >= _SERVER_ERROR
    if is_unheard or answer.get("code") in _NOT_NOW:
        return INFO
    return FAIL


def money(minor: int) -> dict[str, str]:
    """Return an amount as the API takes it."""
    return {"amount": str(minor), "currency": CURRENCY}


def signed(person: Person, method: str, path: str, body: bytes, key: str) -> dict[str, str]:
    """Return what a bound telephone shows with a request."""
    nonce, now = secrets.token_urlsafe(16), str(int(time.time()))
    digest = hashlib.sha256(body).hexdigest()
    lines = ("jigap.request.v1", method, path, digest, "" if method == "GET" else key, now, nonce)
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(person.key))
    signature = private.sign("\n".join(lines).encode())
    return {
        "Authorization": f"Token {person.token}",
        "Wallet-Device": person.device,
        "Wallet-Time": now,
        "Wallet-Nonce": nonce,
        "Wallet-Signature": base64.urlsafe_b64encode(signature).decode().rstrip("="),
    }


def main() -> None:
    """Act until a line comes in; then find out what is unknown."""
    address, cast, history, number, seed = sys.argv[1:6]
    with Path(history).open("a") as file:
        client = Client(address, Cast.load(Path(cast)), Writer(file, int(number)), int(seed))
        while not select.select([sys.stdin], [], [], 0)[0]:
            client.step()
        client.find_out()


if __name__ == "__main__":
    main()
