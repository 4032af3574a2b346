"""What is printed on a settlement statement and a fee invoice."""

from __future__ import annotations

_WORDS = {
    "statement": ("정산 명세서", "Settlement statement"),
    "invoice": ("수수료 청구서", "Fee invoice"),
    "merchant": ("가맹점", "Merchant"),
    "registration": ("사업자등록번호", "Registration number"),
    "issuer": ("발행", "Issued by"),
    "number": ("번호", "Number"),
    "day": ("영업일", "Business day"),
    "period": ("기간", "Period"),
    "state": ("상태", "State"),
    "due": ("지급 예정일", "Due on"),
    "payout": ("지급 번호", "Payout"),
    "gross": ("결제", "Payments"),
    "refund": ("환불", "Refunds"),
    "dispute": ("이의 제기", "Disputes"),
    "fee": ("수수료", "Fees"),
    "fee_refund": ("수수료 환급", "Fees given back"),
    "vat": ("부가세", "VAT"),
    "held": ("유보", "Held back"),
    "released": ("유보 해제", "Released"),
    "adjustment": ("조정", "Adjustments"),
    "returned": ("반환된 지급", "Returned payouts"),
    "carry_in": ("전기 이월", "Carried in"),
    "net": ("정산 금액", "Net"),
    "paid": ("지급액", "Paid out"),
    "carry_out": ("차기 이월", "Carried out"),
    "line": ("번호", "No."),
    "when": ("일시", "Time"),
    "kind": ("구분", "Kind"),
    "reference": ("거래", "Transaction"),
    "supply": ("공급가액", "Supply amount"),
    "total": ("합계", "Total"),
    "more": ("나머지 항목은 파일로 받으십시오", "The other lines are in the file"),
    "digest": ("확인값", "Digest"),
    "PAYMENT": ("결제", "Payment"),
    "REFUND": ("환불", "Refund"),
    "REFUND_REVERSAL": ("환불 취소", "Refund reversed"),
    "DISPUTE": ("이의 제기", "Dispute"),
    "DISPUTE_REVERSAL": ("이의 제기 취소", "Dispute reversed"),
    "ADJUSTMENT": ("조정", "Adjustment"),
    "PAYOUT_RETURN": ("지급 반환", "Payout returned"),
    "REVIEW": ("검토 중", "In review"),
    "APPROVED": ("승인", "Approved"),
    "PAYABLE": ("지급 예정", "To be paid"),
    "CARRIED": ("이월", "Carried"),
    "HELD": ("보류", "On hold"),
    "PAID_OUT": ("지급 완료", "Paid out"),
    "RECONCILED": ("대사 완료", "Reconciled"),
}
LANGUAGES = ("ko", "en")


def word(name: str, language: str) -> str:
    """Return a printed word in the language; a name that is none stays as it is."""
    korean, english = _WORDS.get(name, (name, name))
    return korean if language == "ko" else english
