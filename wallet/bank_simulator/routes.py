"""What can be asked of the simulated bank, and by which words; see ``server``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from ledger.errors import LedgerError
from ledger.money import Money
from wallet.bank_simulator import approvals, desk, payouts
from wallet.bank_simulator.books import OPERATING, SAFEGUARDING, Books, Record
from wallet.bank_simulator.desk import Reply
from wallet.bank_simulator.statements import statement


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


ROUTES: list[tuple[str, str, Callable[[Books, Record, str], Reply]]] = [
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
