"""The settlement file for finance and merchants: CSV (RFC 4180), one line per settled entry.

Amounts stand as decimal text and as minor units. The last line is a trailer with the count and the
control totals. Text that a spreadsheet would take for a formula is led by an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO
from zoneinfo import ZoneInfo

from ledger.money import Money
from merchants.models import SettlementItem

COLUMNS = (
    "record",
    "settlement_id",
    "line_no",
    "line_type",
    "merchant_id",
    "merchant_name",
    "store_id",
    "business_date",
    "payment_number",
    "merchant_order_no",
    "ledger_entry_id",
    "occurred_at",
    "is_late",
    "original_business_date",
    "currency",
    "gross",
    "fee",
    "vat",
    "net",
    "gross_minor",
    "fee_minor",
    "vat_minor",
    "net_minor",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_items(run_id: int, file: TextIO) -> int:
    """Write the items of a run to ``file`` in constant memory; return how many there are."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count, totals = 0, [0, 0, 0, 0]
    for item in _items(run_id):
        sums = (item.gross_minor, item.fee_minor, item.vat_minor, item.net_minor)
        totals = [total + value for total, value in zip(totals, sums, strict=True)]
        count += 1
        writer.writerow(_row(item, sums))
    writer.writerow(["TRAILER", "", count, *[""] * 16, *totals])
    return count


def _items(run_id: int) -> Iterator[SettlementItem]:
    found = SettlementItem.objects.filter(settlement__run_id=run_id)
    related = found.select_related("settlement__merchant", "payment__store", "entry")
    return related.order_by("settlement_id", "line_no").iterator(chunk_size=2000)


def _row(item: SettlementItem, sums: tuple[int, ...]) -> list[object]:
    settlement, merchant, payment = item.settlement, item.settlement.merchant, item.payment
    currency = settlement.currency
    return [
        "ITEM",
        settlement.pk,
        item.line_no,
        item.line_type,
        merchant.public_id,
        _safe(merchant.legal_name),
        payment.store.public_id if payment and payment.store else "",
        settlement.business_date.isoformat(),
        payment.number if payment else "",
        _safe((payment and payment.merchant_order_no) or ""),
        item.entry_id,
        item.entry.effective_at.astimezone(ZoneInfo(merchant.zone)).isoformat(),
        str(item.is_late).lower(),
        item.original_business_date.isoformat(),
        currency,
        *(Money(value, currency).to_major() for value in sums),
        *sums,
    ]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
