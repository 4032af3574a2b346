"""A settlement as a paper: from the payments down to what is paid out, and its lines."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.conf import settings

from ledger.money import Money
from merchants.exports.papers.words import word
from merchants.models import Settlement, SettlementItem
from wallet.activity.amounts import plain, printed
from wallet.activity.paper import Sheet

MOST_LINES = 3_000  # a hundred pages; a file takes the rest
_NUMBER, _WHEN, _KIND, _REFERENCE = 50, 82, 170, 240
_GROSS, _FEE, _VAT, _NET = 395, 445, 490, 545
# From the payments to what is paid: the word, the field, and whether it lessens.
_WATERFALL = (
    ("gross", "payment_gross_minor", 1),
    ("refund", "refund_minor", -1),
    ("dispute", "dispute_minor", -1),
    ("fee", "fee_minor", -1),
    ("fee_refund", "fee_refund_minor", 1),
    ("vat", "vat_minor", -1),
    ("held", "reserve_hold_minor", -1),
    ("released", "reserve_release_minor", 1),
    ("adjustment", "adjustment_minor", 1),
    ("returned", "payout_return_minor", 1),
    ("carry_in", "carry_in_minor", 1),
)
_ENDS = (("net", "net_minor"), ("carry_out", "carry_out_minor"), ("paid", "payout_minor"))


def statement_pdf(settlement: Settlement, language: str) -> bytes:
    """Return a settlement statement as a PDF; the digest of its file stands on it."""
    heading = word("statement", language)
    sheet = Sheet(f"{heading} S{settlement.pk}", language)
    sheet.text(sheet.LEFT, heading, size=18)
    sheet.down(30)
    for name, text in _facts(settlement, language):
        sheet.text(sheet.LEFT, word(name, language))
        sheet.text(sheet.LEFT + 110, text, width=380)
        sheet.down(15)
    sheet.down(10)
    _waterfall(sheet, settlement, language)
    _lines(sheet, settlement, language)
    sheet.down(10)
    sheet.text(sheet.LEFT, f"{word('digest', language)} {settlement.content_sha256}", size=7)
    return sheet.done()


def _facts(settlement: Settlement, language: str) -> Iterator[tuple[str, str]]:
    merchant = settlement.merchant
    yield "number", f"S{settlement.pk}"
    yield "merchant", f"{merchant.legal_name} ({merchant.public_id})"
    if merchant.registration_number:
        yield "registration", merchant.registration_number
    yield "issuer", settings.COMPANY_NAME
    yield "day", settlement.business_date.isoformat()
    yield "state", word(settlement.state, language)
    yield "due", settlement.due_on.isoformat()
    if settlement.payout is not None:
        yield "payout", settlement.payout.number


def _waterfall(sheet: Sheet, settlement: Settlement, language: str) -> None:
    for name, field, sign in _WATERFALL:
        minor = getattr(settlement, field)
        if minor or name in ("gross", "fee", "vat"):
            _amount(sheet, word(name, language), Money(sign * minor, settlement.currency))
    sheet.rule()
    for name, field in _ENDS:
        minor = getattr(settlement, field)
        if minor or name != "carry_out":
            amount = printed(Money(minor, settlement.currency), language)
            sheet.text(sheet.LEFT, word(name, language), size=10)
            sheet.text(sheet.LEFT + 250, amount, size=10, right=True)
            sheet.down(16)
    sheet.down(14)


def _amount(sheet: Sheet, name: str, amount: Money) -> None:
    sheet.text(sheet.LEFT, name)
    sheet.text(sheet.LEFT + 250, plain(amount), right=True)
    sheet.down(15)


def _lines(sheet: Sheet, settlement: Settlement, language: str) -> None:
    rows = SettlementItem.objects.filter(settlement=settlement).select_related("payment", "entry")
    _columns(sheet, language)
    for item in rows.order_by("line_no")[:MOST_LINES]:
        _line(sheet, item, settlement, language)
        if sheet.down(14):
            _columns(sheet, language)
    if settlement.item_count > MOST_LINES:
        sheet.text(sheet.LEFT, word("more", language), size=8)
        sheet.down(14)


def _columns(sheet: Sheet, language: str) -> None:
    for x, name in (
        (_NUMBER, "line"),
        (_WHEN, "when"),
        (_KIND, "kind"),
        (_REFERENCE, "reference"),
    ):
        sheet.text(x, word(name, language), size=8)
    for x, name in ((_GROSS, "gross"), (_FEE, "fee"), (_VAT, "vat"), (_NET, "net")):
        sheet.text(x, word(name, language), size=8, right=True)
    sheet.down(18)
    sheet.rule()


def _line(sheet: Sheet, item: SettlementItem, settlement: Settlement, language: str) -> None:
    zone = ZoneInfo(settlement.merchant.zone)
    sheet.text(_NUMBER, str(item.line_no), size=8)
    sheet.text(_WHEN, f"{item.entry.effective_at.astimezone(zone):%Y-%m-%d %H:%M:%S}", size=8)
    sheet.text(_KIND, word(item.line_type, language), size=8, width=66)
    sheet.text(_REFERENCE, item.payment.number if item.payment else "", size=8, width=110)
    minors = (item.gross_minor, item.fee_minor, item.vat_minor, item.net_minor)
    for x, minor in zip((_GROSS, _FEE, _VAT, _NET), minors, strict=True):
        sheet.text(x, plain(Money(minor, settlement.currency)), size=8, right=True)
