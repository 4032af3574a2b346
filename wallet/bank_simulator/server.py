"""The simulated bank: takes top-ups over HTTP and answers with signed callbacks.

What goes wrong is chosen by the last two digits of the amount (in minor units), as test cards do:

=====  =======================================================================
 ..91  the top-up fails
 ..92  the callback comes twice
 ..93  the callback never comes (a poll finds out)
 ..94  the callback comes after three seconds
=====  =======================================================================
"""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from wallet.errors import BadSignature
from wallet.signatures import SIGNATURE_HEADER, TIMESTAMP_HEADER, check, sign

log = logging.getLogger("bank")

FAILS, TWICE, LOST, SLOW = "91", "92", "93", "94"
SLOW_SECONDS = 3.0
MAX_BODY = 64 * 1024


@dataclass
class Books:
    """What the bank knows: requests by id. Kept in memory; a restart forgets."""

    secret: str
    requests: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, message: dict[str, Any]) -> bool:
        """Note a request; return whether it is new."""
        fate = message["amount"].replace(".", "")[-2:]
        status = "FAILED" if fate == FAILS else "SETTLED"
        with self.lock:
            is_new = message["id"] not in self.requests
            self.requests.setdefault(message["id"], {**message, "status": status, "fate": fate})
        return is_new

    def find(self, public_id: str) -> dict[str, Any] | None:
        """Return what is known of a request."""
        with self.lock:
            return self.requests.get(public_id)


class Handler(BaseHTTPRequestHandler):
    """POST /top-ups, GET /top-ups/<id>, GET /healthz."""

    books: Books

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._answer(200, {"status": "ok"})
            return
        found = self.books.find(self.path.removeprefix("/top-ups/"))
        self._answer(200 if found else 404, {"status": found["status"]} if found else {})

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), MAX_BODY))
        try:
            self._check(body)
            message = json.loads(body)
            message = {k: str(message[k]) for k in ("id", "amount", "currency", "callback_url")}
        except (BadSignature, ValueError, KeyError, TypeError):
            self._answer(400, {"error": "not a signed top-up"})
            return
        is_new = self.books.take(message)
        self._answer(202 if is_new else 200, {"id": message["id"]})
        if is_new:
            known = self.books.find(message["id"]) or {}
            threading.Thread(target=call_back, args=(self.books, known), daemon=True).start()

    def _check(self, body: bytes) -> None:
        check(
            secret=self.books.secret,
            timestamp=self.headers.get(TIMESTAMP_HEADER, ""),
            signature=self.headers.get(SIGNATURE_HEADER, ""),
            body=body,
            at=datetime.now(UTC),
        )

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name.
        log.info(format, *args)


def call_back(books: Books, known: dict[str, Any]) -> None:
    """Tell the wallet what became of a request, as its fate says."""
    if known["fate"] == LOST:
        return
    time.sleep(SLOW_SECONDS if known["fate"] == SLOW else 0.05)
    message = {k: known[k] for k in ("id", "amount", "currency", "status")}
    for _ in range(2 if known["fate"] == TWICE else 1):
        _deliver(books.secret, known["callback_url"], json.dumps(message).encode())


def _deliver(secret: str, url: str, body: bytes) -> None:
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: sign(secret=secret, timestamp=timestamp, body=body),
    }
    try:
        answer = requests.post(url, data=body, headers=headers, timeout=5, allow_redirects=False)
        log.info("callback answered %s", answer.status_code)
    except requests.RequestException as exc:
        log.warning("callback not delivered: %s", type(exc).__name__)


def serve(port: int, secret: str) -> ThreadingHTTPServer:
    """Return the bank, bound to a port of this machine (0: any) and ready to serve."""
    handler = type("BankHandler", (Handler,), {"books": Books(secret)})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)
