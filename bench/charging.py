"""Payments by the code a payer shows, over HTTP: to 100 stores and to one, against a bare view."""

from __future__ import annotations

import json
import random
import sys
import uuid
from collections.abc import Iterator
from typing import Any

from bench.http.load import rate
from bench.server import FOLDER, Server, run
from bench.wallet import CLIENTS, WARM_UP_SECONDS, Web

DATABASE = "jigap_charging"
STORES, MINOR, FEE_MINOR = 100, 1_000, 18
MOST_CODES_A_SECOND, MOST_A_SECOND = 1_200, 8_000


class Charging:
    """POST of a payer's code with an API key, idempotency, fee and event, by eight clients."""

    comparisons = (
        ("http_charge_vs_bare_post", "charge 100 stores", "bare 100 stores", 0.4),
        ("http_charge_one_store_vs_100", "charge one store", "charge 100 stores", 0.9),
    )

    def __init__(self, server: Server, *, quick: bool) -> None:
        self.seconds = 2.0 if quick else 6.0
        self.web = Web(server, DATABASE)
        server.create(DATABASE)
        run(sys.executable, "manage.py", "migrate", "-v", "0", environment=self.web.environment)
        file = FOLDER / "shops.json"
        self._prepare("shops", "50" if quick else "1000", str(STORES), str(file))
        self.shops: list[dict[str, Any]] = json.loads(file.read_text())
        self.web.start()
        for case in self._cases(WARM_UP_SECONDS):  # code is imported, statements are prepared
            rate(self.web.port, case[1], CLIENTS, WARM_UP_SECONDS)

    def cases(self) -> Iterator[tuple[str, float]]:
        """Run each case once; yield its name and answers per second."""
        for name, requests in self._cases(self.seconds):
            yield name, rate(self.web.port, requests, CLIENTS, self.seconds)

    def _cases(self, seconds: float) -> Iterator[tuple[str, list[bytes]]]:
        count = int(seconds * MOST_A_SECOND)
        payers = [account for _, account in self._codes(1_000)]
        yield "bare 100 stores", [self._bare(random.choice(payers)) for _ in range(count)]
        for name, shops in (("100 stores", self.shops), ("one store", self.shops[:1])):
            codes = self._codes(int(seconds * MOST_CODES_A_SECOND))
            yield f"charge {name}", [_charge(random.choice(shops), code) for code, _ in codes]

    def _codes(self, count: int) -> list[tuple[str, int]]:
        file = FOLDER / "codes.json"
        self._prepare("codes", str(count), str(file))
        return [(code, account) for code, account in json.loads(file.read_text())]

    def _prepare(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "bench.http.shops", *arguments]
        run(*command, environment=self.web.environment)

    def _bare(self, payer: int) -> bytes:
        payable, fees = random.choice(self.shops)["accounts"]
        legs = [[payer, MINOR], [payable, FEE_MINOR - MINOR], [fees, -FEE_MINOR]]
        return _request("/bare-payment", {"legs": legs}, "")

    def stop(self) -> None:
        """Stop the web server."""
        self.web.stop()


def _charge(shop: dict[str, Any], code: str) -> bytes:
    asked = {
        "store_id": shop["store"],
        "order_no": uuid.uuid4().hex,
        "amount": {"amount": str(MINOR), "currency": "KRW"},
        "code": code,
    }
    return _request("/api/v1/merchant/payments", asked, shop["secret"])


def _request(path: str, asked: object, secret: str) -> bytes:
    body = json.dumps(asked).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"Authorization: Bearer {secret}",
        f"Idempotency-Key: {uuid.uuid4()}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
