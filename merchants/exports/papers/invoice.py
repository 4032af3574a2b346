"""The invoice for a month's fees: what R9 says of a merchant, settlement by settlement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db.models import F

from ledger.money import Money
from merchants.exports.papers.words import word
from merchants.models import Merchant, Settlement
from wallet.activity.amounts import plain, printed
from wallet.activity.paper import Sheet

_SETTLEMENT, _SUPPLY, _VAT, _TOTAL = 150, 350, 450, 545


def invoice_number(merchant: Merchant, month: date) -> str:
    """Return the number of a month's invoice, as R1 and R9 have it."""
    return f"FI{month:%Y%m}-{merchant.public_id}"


def fees_of(merchant: Merchant, month: date) -> list[Settlement]:
    """Return the settlements of a month that have fees."""
    rows = Settlement.objects.filter(
        merchant=merchant, business_date__year=month.year, business_date__month=month.month
    )
    return list(rows.annotate(any_fee=F("fee_minor") + F("fee_refund_minor")).filter(
        any_fee__gt=0
    ).order_by("pk"))  # fmt: skip


def invoice_pdf(
    merchant: Merchant, month: date, settled: Sequence[Settlement], language: str
) -> bytes:
    """Return the invoice of a month as a PDF."""
    heading, currency = word("invoice", language), merchant.currency
    sheet = Sheet(f"{heading} {invoice_number(merchant, month)}", language)
    sheet.text(sheet.LEFT, heading, size=18)
    sheet.down(30)
    supply = sum(one.fee_minor - one.fee_refund_minor for one in settled)
    vat = sum(one.vat_minor for one in settled)
    facts = [
        ("number", invoice_number(merchant, month)),
        ("issuer", settings.COMPANY_NAME),
        ("merchant", f"{merchant.legal_name} ({merchant.public_id})"),
        ("registration", merchant.registration_number),
        ("period", f"{month:%Y-%m}"),
        ("supply", printed(Money(supply, currency), language)),
        ("vat", printed(Money(vat, currency), language)),
        ("total", printed(Money(supply + vat, currency), language)),
    ]
    for name, text in facts:
        if text:
            sheet.text(sheet.LEFT, word(name, language), size=10)
            sheet.text(sheet.LEFT + 120, text, size=10, width=370)
            sheet.down(18)
    sheet.down(16)
    _columns(sheet, language)
    for one in settled:
        _line(sheet, one)
        if sheet.down(14):
            _columns(sheet, language)
    return sheet.done()


def _columns(sheet: Sheet, language: str) -> None:
    sheet.text(sheet.LEFT, word("day", language), size=8)
    sheet.text(_SETTLEMENT, word("statement", language), size=8)
    for x, name in ((_SUPPLY, "supply"), (_VAT, "vat"), (_TOTAL, "total")):
        sheet.text(x, word(name, language), size=8, right=True)
    sheet.down(18)
    sheet.rule()


def _line(sheet: Sheet, one: Settlement) -> None:
    supply = one.fee_minor - one.fee_refund_minor
    sheet.text(sheet.LEFT, one.business_date.isoformat(), size=8)
    sheet.text(_SETTLEMENT, f"S{one.pk}", size=8)
    for x, minor in ((_SUPPLY, supply), (_VAT, one.vat_minor), (_TOTAL, supply + one.vat_minor)):
        sheet.text(x, plain(Money(minor, one.currency)), size=8, right=True)
