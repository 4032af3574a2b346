"""Receipts and statements as PDF."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from wallet.activity.amounts import plain, printed
from wallet.activity.labels import label
from wallet.activity.listing import Noted
from wallet.activity.months import ZONE
from wallet.activity.paper import Sheet
from wallet.activity.receipts import Receipt
from wallet.activity.statements import Summary
from wallet.activity.titles import title
from wallet.models import Wallet

MOST_LINES = 3_000  # a hundred pages; nobody reads more, and a spreadsheet takes them

# Left edges of date, kind, counterparty and memo; right edges of amount and balance.
_WHEN, _KIND, _COUNTERPARTY, _MEMO = 50, 132, 212, 307
_AMOUNT, _BALANCE = 470, 545


def receipt_pdf(wallet: Wallet, receipt: Receipt, language: str) -> bytes:
    """Return the receipt as a PDF of one page."""
    sheet = Sheet(label("receipt", language), language)
    sheet.text(sheet.LEFT, label("receipt", language), size=18)
    sheet.down(20)
    sheet.text(sheet.LEFT, "Jigap", size=10)
    sheet.down(40)
    for name, text in _facts(wallet, receipt, language):
        sheet.text(sheet.LEFT, label(name, language), size=10)
        sheet.text(sheet.LEFT + 110, text, size=11, width=380)
        sheet.down(24)
    return sheet.done()


def statement_pdf(
    wallet: Wallet, summary: Summary, lines: Iterable[Noted], language: str
) -> bytes:
    """Return the statement as a PDF, with its columns named on each page."""
    sheet = Sheet(label("statement", language), language)
    _head(sheet, wallet, summary, language)
    _columns(sheet, language)
    for noted in lines:
        _line(sheet, noted, language)
        if sheet.down(15):
            _columns(sheet, language)
    sheet.down(9)
    sheet.rule()
    name = "closing" if summary.is_complete else "so_far"
    sheet.text(_WHEN, label(name, language), size=10)
    sheet.text(_BALANCE, printed(summary.closing, language), size=10, right=True)
    return sheet.done()


def _facts(wallet: Wallet, receipt: Receipt, language: str) -> list[tuple[str, str]]:
    facts = [
        ("number", receipt.number),
        ("kind", title(receipt.kind, receipt.amount.minor, language)),
        ("amount", printed(receipt.amount, language)),
        ("when", _local(receipt.effective_at)),
        ("counterparty", receipt.counterparty),
        ("memo", receipt.memo),
        ("balance", printed(receipt.balance, language)),
        ("wallet", str(wallet.public_id)),
        ("recorded", _local(receipt.recorded_at)),
    ]
    return [(name, text) for name, text in facts if text]


def _head(sheet: Sheet, wallet: Wallet, summary: Summary, language: str) -> None:
    sheet.text(sheet.LEFT, label("statement", language), size=18)
    sheet.down(28)
    last_day = summary.month.end - timedelta(microseconds=1)
    for name, text in (
        ("wallet", str(wallet.public_id)),
        ("month", f"{summary.month.start:%Y-%m-%d} ~ {last_day:%Y-%m-%d}"),
        ("opening", printed(summary.opening, language)),
        ("in", printed(summary.money_in, language)),
        ("out", printed(summary.money_out, language)),
        ("closing" if summary.is_complete else "so_far", printed(summary.closing, language)),
    ):
        sheet.text(sheet.LEFT, label(name, language))
        sheet.text(sheet.LEFT + 110, text)
        sheet.down(15)
    sheet.down(15)


def _columns(sheet: Sheet, language: str) -> None:
    for x, name in (
        *((_WHEN, "when"), (_KIND, "kind"), (_COUNTERPARTY, "counterparty"), (_MEMO, "memo")),
    ):
        sheet.text(x, label(name, language), size=8)
    sheet.text(_AMOUNT, label("amount", language), size=8, right=True)
    sheet.text(_BALANCE, label("balance", language), size=8, right=True)
    sheet.down(18)
    sheet.rule()


def _line(sheet: Sheet, noted: Noted, language: str) -> None:
    line = noted.line
    sheet.text(_WHEN, f"{line.effective_at.astimezone(ZONE):%Y-%m-%d %H:%M}", size=8)
    sheet.text(_KIND, title(line.kind, line.amount.minor, language), size=8, width=75)
    sheet.text(_COUNTERPARTY, noted.counterparty, size=8, width=90)
    sheet.text(_MEMO, noted.memo, size=8, width=90)
    sheet.text(_AMOUNT, plain(line.amount), size=8, right=True)
    sheet.text(_BALANCE, plain(line.balance), size=8, right=True)


def _local(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S} KST"
