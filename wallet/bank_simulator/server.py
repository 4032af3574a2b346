"""The simulated bank over HTTP. What goes wrong is chosen by amounts; see ``fates``.

``POST /top-ups``, ``/virtual-accounts``, ``/account-checks``, ``/withdrawals``
    what the wallet asks for, each once per ``id``
``GET /top-ups/<id>``, ``/withdrawals/<id>``, ``/feed?after=<place>``
    what became of it
``POST /payout-files/<number>``, ``GET /payout-files/<number>``, ``/payments/<end-to-end id>``
    a pain.001, and the pain.002 that answers to it or to one of its payments
``GET /statements/<account>/<currency>/<day>``
    a camt.053: all that moved on an account
``GET`` and ``POST /approvals/<token>``
    the page on which somebody approves a top-up that was asked for with a ``return_url``
``POST /top-ups/<id>/decide``, ``/top-ups/<id>/reverse``, ``/withdrawals/<id>/decide``,
``POST /payments/<end-to-end id>/decide``, ``/clock``, ``/transfers`` (between our own accounts),
``POST /virtual-accounts/<number>/credits``, ``GET /accounts/<number>``, ``/books/<currency>``
    what the world outside does, and what it sees
"""

from __future__ import annotations

import json
import logging
import re
import threading
import urllib.parse
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from wallet.bank_simulator.books import Books, Record
from wallet.bank_simulator.deliveries import deliver, deliver_later
from wallet.bank_simulator.desk import Reply
from wallet.bank_simulator.routes import ROUTES, NotUnderstoodError
from wallet.errors import BadSignature
from wallet.signatures import SIGNATURE_HEADER, TIMESTAMP_HEADER, check

log = logging.getLogger("bank")

MAX_BODY = 64 * 1024
MAX_FILE = 64 * 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    """Finds the route, answers, and lets the callbacks go."""

    books: Books

    def do_GET(self) -> None:
        parts = urllib.parse.urlsplit(self.path)
        asked = dict(urllib.parse.parse_qsl(parts.query))
        language = self.headers.get("Accept-Language", "")
        self._serve("GET", parts.path, {"language": language} | asked)

    def do_POST(self) -> None:
        is_file = self.path.startswith("/payout-files/")
        most = MAX_FILE if is_file else MAX_BODY
        raw = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), most))
        if self.path.startswith("/approvals/"):  # a person, who knows the address
            sent = dict(urllib.parse.parse_qsl(raw.decode("latin-1")))
            self._serve("POST", self.path, sent)
            return
        try:
            self._check(raw)
            body = {"file": raw} if is_file else json.loads(raw)
        except (BadSignature, ValueError):
            body = None
        if not isinstance(body, dict):
            self._answer(Reply(400, {"error": "not a signed message"}))
            return
        self._serve("POST", self.path, body)

    def _serve(self, method: str, path: str, body: Record) -> None:
        try:
            reply = self._reply(method, path, body)
        except NotUnderstoodError:
            reply = Reply(400, {"error": "a part is missing"})
        deliver(self.books.secret, reply.url, reply.before)
        if reply.silent:
            self.close_connection = True
            return
        self._answer(reply)
        if reply.after:
            rest = (self.books.secret, reply.url, reply.after, reply.fate)
            threading.Thread(target=deliver_later, args=rest, daemon=True).start()

    def _reply(self, method: str, path: str, body: Record) -> Reply:
        for verb, pattern, act in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and verb == method:
                return act(self.books, body, match[1])
        return Reply(404)

    def _check(self, body: bytes) -> None:
        check(
            secret=self.books.secret,
            timestamp=self.headers.get(TIMESTAMP_HEADER, ""),
            signature=self.headers.get(SIGNATURE_HEADER, ""),
            body=body,
            at=datetime.now(UTC),
        )

    def _answer(self, reply: Reply) -> None:
        content = reply.page or reply.file or json.dumps(reply.body).encode()
        kind = "application/xml" if reply.file else "application/json"
        kind = "text/html; charset=utf-8" if reply.page else kind
        headers = {"Location": reply.location, "Content-Security-Policy": reply.policy}
        self.send_response(reply.status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name.
        log.info(format, *args)


def serve(port: int, secret: str) -> ThreadingHTTPServer:
    """Return the bank, bound to a port of this machine (0: any) and ready to serve."""
    books = Books(secret)
    server = ThreadingHTTPServer(
        ("127.0.0.1", port), type("BankHandler", (Handler,), {"books": books})
    )
    books.address = f"http://127.0.0.1:{server.server_address[1]}"
    return server
