"""What the simulated bank does when it is asked for something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from wallet.bank_simulator.books import OPERATING, OUTSIDE, SAFEGUARDING, Books, Record
from wallet.bank_simulator.fates import (
    CLOSED,
    CONTRADICTS,
    DROPPED,
    EARLY,
    FAILS,
    MISORDERED,
    NOT_TOLD,
    OTHER_ENDING,
    OTHER_NAME,
    SILENT,
    TWICE,
    UNKNOWN_ENDING,
    WAITS,
    fate_of,
)


@dataclass
class Reply:
    """An answer, and the messages for the callback address: before the answer, and after it."""

    status: int
    body: Record = field(default_factory=dict)
    url: str = ""
    before: list[Record] = field(default_factory=list)
    after: list[Record] = field(default_factory=list)
    fate: str = ""
    silent: bool = False
    file: bytes = b""
    page: bytes = b""
    policy: str = ""
    location: str = ""


def take_top_up(
    books: Books, asked: Record, wait: Callable[[Record], None] | None = None
) -> Reply:
    """Collect from a card, once per id; with ``wait``, once somebody has approved it."""
    with books.lock:
        known = _take(books, books.top_ups, asked)
        if isinstance(known, Reply):
            return known
        if wait is not None:
            wait(known)
            return Reply(202, _shown(known))
        messages = collect(books, known)
    return reply_about(known, messages)


def collect(books: Books, known: Record) -> list[Record]:
    """Collect what is pending from the card, as its fate says; return what to tell."""
    if known["fate"] == WAITS:
        return []
    messages = decide_top_up(books, known, "FAILED" if known["fate"] == FAILS else "")
    if known["fate"] == CONTRADICTS and messages:
        messages.append({**messages[0], "status": "FAILED", "reason": "CHANGED_MIND"})
    return messages


def decide_top_up(
    books: Books, known: Record, status: str = "", reason: str = "CARD_DECLINED"
) -> list[Record]:
    """Decide about a top-up that is pending; return what to tell."""
    if known["status"] != "PENDING":
        return []
    known["status"] = status or "SETTLED"
    known["reason"] = reason if known["status"] == "FAILED" else ""
    if known["status"] == "SETTLED":
        books.move(OUTSIDE, SAFEGUARDING, known)
    return [books.tell(_message("TOP_UP", known))]


def reverse_top_up(books: Books, known: Record, reference: str) -> list[Record]:
    """Take the money of a settled top-up back, once; return what to tell."""
    if known["status"] != "SETTLED":
        return []
    known["status"] = "REVERSED"
    books.move(SAFEGUARDING, OUTSIDE, known)
    return [books.tell({**_message("REVERSAL", known), "reference": reference})]


def pay_in(books: Books, number: str, paid: Record) -> Reply:
    """Take what somebody pays into an account number, whatever it is; tell whoever asked for it.

    A number that was never issued is credited all the same: the money came to the wallet's bank.
    """
    owner = books.numbers.get(number, {})
    credit = {
        "kind": "CREDIT",
        "reference": paid.get("reference") or books.reference(),
        "number": number,
        "amount": paid["amount"],
        "currency": paid["currency"],
    }
    with books.lock:
        books.move(OUTSIDE, SAFEGUARDING, credit)
        books.tell(credit)
    fate = fate_of(paid["amount"])
    url = owner.get("callback_url") or paid.get("callback_url", "")
    reply = Reply(202, {"reference": credit["reference"]}, url, fate=fate)
    if fate not in NOT_TOLD and url:
        reply.after = [credit] * (2 if fate == TWICE else 1)
    return reply


def check_account(books: Books, asked: Record) -> Reply:
    """Say whose account it is; when the name fits, deposit the smallest unit once, with a text."""
    number, name = asked["number"], asked["holder_name"]
    if number.endswith(UNKNOWN_ENDING):
        return Reply(200, {"holder_name": ""})
    if number.endswith(OTHER_ENDING):
        return Reply(200, {"holder_name": OTHER_NAME})
    with books.lock:
        if asked["id"] not in books.checks:
            books.checks[asked["id"]] = asked
            books.deposits.setdefault(number, []).append(asked["text"])
            books.balances[OPERATING, asked["currency"]] -= 1
            books.balances[OUTSIDE, asked["currency"]] += 1
    return Reply(200, {"holder_name": name})


def take_withdrawal(books: Books, asked: Record) -> Reply:
    """Pay money out, once per id."""
    with books.lock:
        known = _take(books, books.withdrawals, asked)
        if isinstance(known, Reply):
            return known
        fate, messages = known["fate"], []
        if fate in (FAILS, CLOSED):
            reason = "BANK_FAILED" if fate == FAILS else "ACCOUNT_CLOSED"
            messages = decide_withdrawal(books, known, "RETURNED", reason)
        elif fate != WAITS:
            messages = decide_withdrawal(books, known, "CONFIRMED", "")
        if fate in (CONTRADICTS, MISORDERED):
            messages += decide_withdrawal(books, known, "RETURNED", "ACCOUNT_CLOSED")
        if fate == MISORDERED:
            messages.reverse()
    return reply_about(known, messages)


def decide_withdrawal(books: Books, known: Record, status: str, reason: str) -> list[Record]:
    """Confirm a withdrawal or return it, be it after it was confirmed; return what to tell."""
    if known["status"] in ("RETURNED", status):
        return []
    if status == "CONFIRMED":
        books.move(SAFEGUARDING, OUTSIDE, known)
    elif known["status"] == "CONFIRMED":
        books.move(OUTSIDE, SAFEGUARDING, known)
    known["status"], known["reason"] = status, reason
    return [books.tell(_message("WITHDRAWAL", known))]


def _take(books: Books, records: dict[str, Record], asked: Record) -> Record | Reply:
    """Return a new record, or the answer for one that is known or whose request is lost."""
    if asked["id"] in records:
        return Reply(200, _shown(records[asked["id"]]))
    fate = fate_of(asked["amount"])
    if fate == DROPPED and asked["id"] not in books.dropped:
        books.dropped.add(asked["id"])
        return Reply(0, silent=True)
    known = {**asked, "fate": fate, "status": "PENDING", "reason": ""}
    records[asked["id"]] = known | {"reference": books.reference()}
    return records[asked["id"]]


def reply_about(known: Record, messages: list[Record]) -> Reply:
    """Return the answer to a request, with its messages as its fate delivers them."""
    fate = known["fate"]
    reply = Reply(202, _shown(known), known["callback_url"], fate=fate, silent=fate == SILENT)
    if fate in NOT_TOLD:
        return reply
    if fate == EARLY:
        reply.before = messages
    else:
        reply.after = messages * (2 if fate == TWICE else 1)
    return reply


def _shown(known: Record) -> Record:
    told = {name: known[name] for name in ("id", "status", "reference", "reason")}
    return told | ({"approval_url": known["approval_url"]} if "approval_url" in known else {})


def _message(kind: str, known: Record) -> Record:
    names = ("id", "amount", "currency", "status", "reference", "reason")
    return {"kind": kind, **{name: known[name] for name in names}}
