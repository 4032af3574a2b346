"""The bank's own page, on which the holder of a card approves a top-up, declines, or leaves.

It is reached by an address that nobody can guess, which the wallet is given when it asks with a
``return_url``. Whoever leaves may come back to it; what nobody approved in time is declined.
"""

from __future__ import annotations

import base64
import hashlib
import html
import secrets
import urllib.parse
from datetime import timedelta
from decimal import Decimal

from ledger.money import Money
from wallet.bank_simulator import desk
from wallet.bank_simulator.books import Books, Record
from wallet.bank_simulator.desk import Reply

LASTS = timedelta(minutes=15)
_SEE_OTHER = 303
_STYLE = """
:root { color-scheme: light dark; font: 400 1.0625rem/1.5 system-ui, sans-serif;
  --ink: light-dark(#1b2433, #e9edf5); --soft: light-dark(#4b5870, #a8b3c7);
  --blue: light-dark(#1d3f8f, #a9c2ff); --on-blue: light-dark(#fff, #0a1730) }
* { box-sizing: border-box; margin: 0 }
body { margin: 0 auto; padding: 1.5rem 1rem; max-width: 28rem; display: grid; gap: 1.25rem;
  color: var(--ink); background: light-dark(#eef1f7, #10151e); word-break: keep-all }
header { font-weight: 700; color: var(--blue) }
main, form { display: grid; gap: .75rem }
main { padding: 1.5rem; border-radius: 1.25rem; background: light-dark(#fff, #1a2230) }
h1 { font-size: 1.3125rem; line-height: 1.3 }
.sum { font-size: 2.25rem; font-weight: 700; letter-spacing: -.03em }
dl { margin-bottom: .75rem }
dl div { display: flex; justify-content: space-between; gap: 1rem; padding: .375rem 0 }
dt, .fine { color: var(--soft) }
.fine { font-size: .875rem }
button, a { display: block; width: 100%; min-height: 3.25rem; border: 0; border-radius: 1rem;
  font: inherit; font-weight: 650; text-align: center; line-height: 3.25rem;
  text-decoration: none; color: var(--blue); background: light-dark(#e3e9f7, #25304a) }
.first { color: var(--on-blue); background: var(--blue) }
a { background: none }
:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{bank}</title>
<style>{style}</style></head><body><header>{bank}</header>
<main><h1>{title}</h1><p class="sum">{sum}</p>
<dl><div><dt>{to}</dt><dd>Jigap</dd></div><div><dt>{card}</dt><dd>•••• 1234</dd></div></dl>
{form}</main><p class="fine">{note}</p></body></html>"""
_FORM = """<form method="post">
<button class="first" name="answer" value="approve">{approve}</button>
<button name="answer" value="decline">{decline}</button></form>"""
_WORDS = {
    "ko": {
        "bank": "모의은행",
        "title": "카드 결제를 승인할까요?",
        "done": "이미 처리된 결제입니다",
        "to": "받는 곳",
        "card": "카드",
        "approve": "승인",
        "decline": "거절",
        "leave": "나중에 하기",
        "back": "돌아가기",
        "note": "실제 은행이 아닙니다. 시험용 은행이며, 실제 돈은 움직이지 않습니다.",
    },
    "en": {
        "bank": "Simulated Bank",
        "title": "Approve this card payment?",
        "done": "This was decided before",
        "to": "Paid to",
        "card": "Card",
        "approve": "Approve",
        "decline": "Decline",
        "leave": "Leave it for now",
        "back": "Back",
        "note": "This is no real bank: it is there to try things out, and no real money moves.",
    },
}


def begin(books: Books, known: Record, return_url: str) -> None:
    """Let a top-up wait for its holder's approval, at an address of its own."""
    token = secrets.token_urlsafe(24)
    books.approvals[token] = known["id"]
    known["return_url"] = return_url
    known["approve_by"] = books.now() + LASTS
    known["approval_url"] = f"{books.address}/approvals/{token}"


def lapse(books: Books, known: Record) -> None:
    """Decline what nobody approved in time; the wallet finds out when it asks."""
    if "approve_by" in known and books.now() >= known["approve_by"]:
        desk.decide_top_up(books, known, "FAILED", "NOT_APPROVED")


def page(books: Books, token: str, language: str) -> Reply:
    """Show what is to be approved; 404 where nothing is."""
    known = books.top_ups.get(books.approvals.get(token, ""))
    if known is None:
        return Reply(404)
    with books.lock:
        lapse(books, known)
        is_open = known["status"] == "PENDING"
    language = "ko" if language.lower().startswith("ko") else "en"
    words = _WORDS[language]
    back = f'<a href="{html.escape(known["return_url"])}">{words["leave" if is_open else "back"]}'
    filled = _PAGE.format(
        **{**words, "title": words["title" if is_open else "done"]},
        language=language,
        style=_STYLE,
        sum=_sum(known),
        form=(_FORM.format(**words) if is_open else "") + f"{back}</a>",
    )
    return Reply(200, page=filled.encode(), policy=_policy(known["return_url"]))


def decide(books: Books, token: str, answer: str) -> Reply:
    """Do what the holder says, once, and lead them back; a second answer changes nothing."""
    known = books.top_ups.get(books.approvals.get(token, ""))
    if known is None or answer not in {"approve", "decline"}:
        return Reply(404)
    with books.lock:
        lapse(books, known)
        if answer == "approve":
            messages = desk.collect(books, known)
        else:
            messages = desk.decide_top_up(books, known, "FAILED", "NOT_APPROVED")
    reply = desk.reply_about(known, messages)
    reply.status, reply.location = _SEE_OTHER, known["return_url"]
    return reply


def _sum(known: Record) -> str:
    money = Money.from_major(known["amount"], known["currency"])
    sign = {"KRW": "₩"}.get(money.currency, f"{money.currency} ")
    return html.escape(f"{sign}{Decimal(money.to_major()):,}")


def _policy(return_url: str) -> str:
    # Sending the form leads back to the wallet, which is another origin.
    where = urllib.parse.urlsplit(return_url)
    origin = f"{where.scheme}://{where.netloc}"
    return (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self' {origin};"
        " base-uri 'none'; frame-ancestors 'none'"
    )
