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
from collections.abc import Callable
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ledger.errors import LedgerError
from ledger.money import Money
from wallet.bank_simulator import approvals, desk, payouts
from wallet.bank_simulator.books import OPERATING, SAFEGUARDING, Books, Record
from wallet.bank_simulator.deliveries import deliver, deliver_later
from wallet.bank_simulator.desk import Reply
from wallet.bank_simulator.statements import statement
from wallet.errors import BadSignature
from wallet.signatures import SIGNATURE_HEADER, TIMESTAMP_HEADER, check

log = logging.getLogger("bank")

MAX_BODY = 64 * 1024
MAX_FILE = 64 * 1024 * 1024


class NotUnderstoodError(Exception):
    """The request is not signed, or lacks a part."""


def _parts(body: Record, *names: str) -> Record:
    try:
        parts = {name: str(body[name]) for name in names}
        if "amount" in parts:
            Money.from_major(parts["amount"], parts["currency"])
    except (KeyError, TypeError, LedgerError) as exc:
        raise NotUnderstoodError from exc
    return parts


def _ask_top_up(books: Books, body: Record, _name: str) -> Reply:
    asked = _parts(body, "id", "amount", "currency", "callback_url")
    if not body.get("return_url"):
        return desk.take_top_up(books, asked)
    url = str(body["return_url"])
    return desk.take_top_up(books, asked, lambda known: approvals.begin(books, known, url))


def _show_top_up(books: Books, _body: Record, name: str) -> Reply:
    known = books.top_ups.get(name)
    if known is not None:
        approvals.lapse(books, known)
    return _shown(known)


def _show_approval(books: Books, body: Record, token: str) -> Reply:
    return approvals.page(books, token, str(body.get("language", "")))


def _decide_approval(books: Books, body: Record, token: str) -> Reply:
    return approvals.decide(books, token, str(body.get("answer", "")))


def _decide_top_up(books: Books, body: Record, name: str) -> Reply:
    return _told(
        books.top_ups.get(name),
        lambda known: desk.decide_top_up(books, known, str(body.get("status", ""))),
    )


def _reverse_top_up(books: Books, body: Record, name: str) -> Reply:
    reference = _parts(body, "reference")["reference"]
    return _told(
        books.top_ups.get(name), lambda known: desk.reverse_top_up(books, known, reference)
    )


def _issue_number(books: Books, body: Record, _name: str) -> Reply:
    return Reply(200, {"number": books.number_for(_parts(body, "id", "currency", "callback_url"))})


def _pay_in(books: Books, body: Record, name: str) -> Reply:
    paid = _parts(body, "amount", "currency")
    extra = {key: str(body[key]) for key in ("reference", "callback_url") if key in body}
    return desk.pay_in(books, name, paid | extra)


def _check_account(books: Books, body: Record, _name: str) -> Reply:
    return desk.check_account(
        books, _parts(body, "id", "bank_code", "number", "holder_name", "currency", "text")
    )


def _show_account(books: Books, _body: Record, name: str) -> Reply:
    return Reply(200, {"deposits": books.deposits.get(name, [])})


def _ask_withdrawal(books: Books, body: Record, _name: str) -> Reply:
    names = ("id", "amount", "currency", "bank_code", "number", "holder_name", "callback_url")
    return desk.take_withdrawal(books, _parts(body, *names))


def _show_withdrawal(books: Books, _body: Record, name: str) -> Reply:
    return _shown(books.withdrawals.get(name))


def _decide_withdrawal(books: Books, body: Record, name: str) -> Reply:
    status = _parts(body, "status")["status"]
    return _told(
        books.withdrawals.get(name),
        lambda known: desk.decide_withdrawal(books, known, status, str(body.get("reason", ""))),
    )


def _show_feed(books: Books, body: Record, _name: str) -> Reply:
    messages, place = books.feed_after(str(body.get("after", "")))
    return Reply(200, {"messages": messages, "next": place})


def _show_books(books: Books, _body: Record, name: str) -> Reply:
    held = {account: books.balances[account, name] for account in (SAFEGUARDING, OPERATING)}
    return Reply(200, {"minor": held})


def _take_file(books: Books, body: Record, name: str) -> Reply:
    return payouts.take_file(books, name, body["file"])


def _answer_file(books: Books, _body: Record, name: str) -> Reply:
    return payouts.answer_to_file(books, name)


def _answer_payment(books: Books, _body: Record, name: str) -> Reply:
    return payouts.answer_to_payment(books, name)


def _decide_payment(books: Books, body: Record, name: str) -> Reply:
    status = _parts(body, "status")["status"]
    return payouts.decide(books, name, status, str(body.get("reason", "")))


def _show_statement(books: Books, _body: Record, name: str) -> Reply:
    account, currency, day = name.split("/")
    try:
        return Reply(200, file=statement(books, account, currency, date.fromisoformat(day)))
    except (ValueError, LedgerError) as exc:
        raise NotUnderstoodError from exc


def _transfer(books: Books, body: Record, _name: str) -> Reply:
    names = ("source", "target", "amount", "currency", "end_to_end_id")
    asked = _parts(body, *names)
    if {asked["source"], asked["target"]} != {OPERATING, SAFEGUARDING}:
        return Reply(404)
    books.move(asked["source"], asked["target"], asked)
    return Reply(200)


def _set_clock(books: Books, body: Record, _name: str) -> Reply:
    now = datetime.fromisoformat(_parts(body, "now")["now"])
    books.ahead = now - datetime.now(UTC)
    return Reply(200)


def _shown(known: Record | None) -> Reply:
    if known is None:
        return Reply(404)
    return Reply(200, {key: known[key] for key in ("status", "reference", "reason")})


def _told(known: Record | None, act: Callable[[Record], list[Record]]) -> Reply:
    if known is None:
        return Reply(404)
    return Reply(200, {"id": known["id"]}, known["callback_url"], after=act(known))


_ROUTES: list[tuple[str, str, Callable[[Books, Record, str], Reply]]] = [
    ("POST", "/top-ups()", _ask_top_up),
    ("GET", "/top-ups/([^/]+)", _show_top_up),
    ("POST", "/top-ups/([^/]+)/decide", _decide_top_up),
    ("POST", "/top-ups/([^/]+)/reverse", _reverse_top_up),
    ("GET", "/approvals/([^/]+)", _show_approval),
    ("POST", "/approvals/([^/]+)", _decide_approval),
    ("POST", "/virtual-accounts()", _issue_number),
    ("POST", "/virtual-accounts/([^/]+)/credits", _pay_in),
    ("POST", "/account-checks()", _check_account),
    ("GET", "/accounts/([^/]+)", _show_account),
    ("POST", "/withdrawals()", _ask_withdrawal),
    ("GET", "/withdrawals/([^/]+)", _show_withdrawal),
    ("POST", "/withdrawals/([^/]+)/decide", _decide_withdrawal),
    ("POST", "/payout-files/([^/]+)", _take_file),
    ("GET", "/payout-files/([^/]+)", _answer_file),
    ("GET", "/payments/([^/]+)", _answer_payment),
    ("POST", "/payments/([^/]+)/decide", _decide_payment),
    ("GET", "/statements/([^/]+/[A-Z]+/[0-9-]+)", _show_statement),
    ("POST", "/transfers()", _transfer),
    ("POST", "/clock()", _set_clock),
    ("GET", "/feed()", _show_feed),
    ("GET", "/books/([^/]+)", _show_books),
    ("GET", "/healthz()", lambda _books, _body, _name: Reply(200, {"status": "ok"})),
]


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
        for verb, pattern, act in _ROUTES:
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
