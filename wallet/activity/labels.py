"""The words printed on receipts and statements."""

from __future__ import annotations

_LABELS = {
    "receipt": ("거래 확인증", "Receipt"),
    "statement": ("거래 내역서", "Account statement"),
    "number": ("번호", "Number"),
    "kind": ("거래", "Transaction"),
    "amount": ("금액", "Amount"),
    "balance": ("잔액", "Balance"),
    "counterparty": ("상대", "Counterparty"),
    "memo": ("메모", "Memo"),
    "when": ("일시", "Date and time"),
    "recorded": ("기록", "Recorded"),
    "wallet": ("지갑", "Wallet"),
    "month": ("기간", "Period"),
    "opening": ("기초 잔액", "Opening balance"),
    "closing": ("기말 잔액", "Closing balance"),
    "so_far": ("현재까지", "So far"),
    "in": ("입금", "In"),
    "out": ("출금", "Out"),
    "entry": ("항목", "Entry"),
    "currency": ("통화", "Currency"),
    "zone": ("시간은 한국 표준시입니다.", "Times are Korean Standard Time."),
    "page": ("쪽", "Page"),
}


def label(name: str, language: str) -> str:
    """Return a printed word in the language."""
    korean, english = _LABELS[name]
    return korean if language == "ko" else english
