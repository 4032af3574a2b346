"""Receipts of payments as PDF, for the payer and for the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from ledger.money import Money
from merchants.payments.receipts import PaymentReceipt
from wallet.activity.amounts import printed
from wallet.activity.paper import Sheet

_TITLE = {"payer": ("영수증", "Receipt"), "merchant": ("매출 전표", "Sales slip")}
_LABELS = {
    "number": ("결제 번호", "Payment"),
    "match_code": ("확인 번호", "Match code"),
    "store": ("매장", "Store"),
    "merchant": ("가맹점", "Merchant"),
    "registration": ("사업자등록번호", "Registration"),
    "address": ("주소", "Address"),
    "paid": ("결제 금액", "Paid"),
    "tip": ("그중 팁", "Tip, in it"),
    "when": ("결제 일시", "Paid at"),
    "bill": ("계산서 번호", "Bill"),
    "memo": ("메모", "Note"),
    "order": ("주문 번호", "Order"),
    "refund": ("환불", "Refund"),
    "kept": ("최종 금액", "In the end"),
    "fee": ("수수료", "Fee"),
}


def receipt_pdf(receipt: PaymentReceipt, *, side: str, language: str) -> bytes:
    """Return a receipt as a PDF of one page; ``side`` is payer or merchant."""
    title = _in(language, _TITLE[side])
    sheet = Sheet(title, language)
    sheet.text(sheet.LEFT, title, size=18)
    sheet.down(20)
    sheet.text(sheet.LEFT, "Jigap", size=10)
    sheet.down(40)
    for name, text in _facts(receipt, side, language):
        sheet.text(sheet.LEFT, _in(language, _LABELS[name]), size=10)
        sheet.text(sheet.LEFT + 110, text, size=11, width=380)
        sheet.down(24)
    return sheet.done()


def _facts(receipt: PaymentReceipt, side: str, language: str) -> Iterator[tuple[str, str]]:
    payment, zone = receipt.payment, ZoneInfo(receipt.payment.merchant.zone)
    store, merchant = payment.store, payment.merchant
    facts = [
        ("number", payment.number),
        ("match_code", receipt.match_code),
        ("store", "" if store is None else store.name),
        ("merchant", merchant.legal_name),
        ("registration", merchant.registration_number),
        ("address", "" if store is None else store.address),
        ("paid", printed(payment.captured, language)),
        ("tip", printed(payment.tip, language) if payment.tip_minor else ""),
        ("when", _local(payment.paid_at, zone)),
        ("bill", payment.bill_number),
        ("order", (payment.merchant_order_no or "") if side == "merchant" else ""),
        ("memo", payment.memo if side == "payer" else ""),
    ]
    for refund in receipt.refunds:
        given_back = Money(refund.amount_minor, payment.currency)
        said = (printed(given_back, language), _local(refund.refunded_at, zone), refund.reason)
        facts.append(("refund", " · ".join(filter(None, said))))
    if receipt.refunds:
        facts.append(("kept", printed(receipt.kept, language)))
    if side == "merchant":
        facts.append(("fee", printed(receipt.fee, language)))
    yield from ((name, text) for name, text in facts if text)


def _in(language: str, words: tuple[str, str]) -> str:
    return words[0] if language == "ko" else words[1]


def _local(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
