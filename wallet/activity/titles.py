"""What each kind of entry is called, and what it links to."""

from __future__ import annotations

from dataclasses import dataclass

# Kind: Korean and English where money comes in, Korean and English where it goes out.
_TITLES = {
    "TRANSFER": ("받은 송금", "Transfer received", "보낸 송금", "Transfer sent"),
    "TOP_UP": ("충전", "Top-up", "충전 취소", "Top-up taken back"),
    "PAYMENT": ("결제 취소", "Payment cancelled", "결제", "Payment"),
    "REFUND": ("환불", "Refund", "환불 취소", "Refund taken back"),
    "CAPTURE": ("결제 취소", "Payment cancelled", "결제", "Payment"),
    "WITHDRAWAL": ("출금 반환", "Withdrawal returned", "출금", "Withdrawal"),
    "HOLD": ("보류", "Hold", "보류", "Hold"),
    "RELEASE": ("보류 해제", "Hold released", "보류 해제", "Hold released"),
    "CLAIM_OPENED": ("받은 송금", "Transfer received", "보낸 송금", "Transfer sent"),
    "CLAIM_CLAIMED": ("받은 송금", "Transfer received", "보낸 송금", "Transfer sent"),
    "CLAIM_CANCELLED": ("송금 취소", "Transfer cancelled", "송금 취소", "Transfer cancelled"),
    "CLAIM_RETURNED": ("송금 반환", "Transfer returned", "송금 반환", "Transfer returned"),
    "REVERSAL": ("정정 입금", "Correction", "정정 출금", "Correction"),
    "TOP_UP_REVERSAL": ("충전 취소 정정", "Top-up restored", "충전 취소", "Top-up taken back"),
    "BANK_CREDIT": ("계좌 입금", "Paid into the account", "입금 취소", "Credit taken back"),
    "OFFLINE_LOAD": ("오프라인 결제 준비", "Set aside", "오프라인 결제 준비", "Set aside"),
    "OFFLINE_RETURN": ("오프라인 잔액 반환", "Set free", "오프라인 잔액 반환", "Set free"),
    "WITHDRAWAL_RETURNED": ("출금 반환", "Withdrawal returned", "출금", "Withdrawal"),
}
_OTHER = ("입금", "Money in", "출금", "Money out")
# What a reference may show of itself: the others are the house's own.
_THINGS = frozenset(
    {"transfer", "top_up", "payment", "refund", "withdrawal", "hold", "claim", "request"}
)


@dataclass(frozen=True, slots=True)
class Thing:
    """What an entry came from: ``type`` such as ``transfer``, and its public id or number."""

    type: str
    id: str


def title(kind: str, minor: int, language: str) -> str:
    """Return what to call an entry of this kind; the sign of the amount tells its direction."""
    coming_ko, coming_en, going_ko, going_en = _TITLES.get(kind, _OTHER)
    if language == "ko":
        return going_ko if minor < 0 else coming_ko
    return going_en if minor < 0 else coming_en


def thing(reference: str) -> Thing | None:
    """Return what a reference such as ``transfer:<uuid>`` names, where a holder may know it."""
    parts = reference.split(":")
    if len(parts) > 1 and parts[0] in _THINGS:
        return Thing(parts[0], parts[1])
    return None
