"""A line of the activity as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ledger.money import Money
from wallet.activity.listing import Noted
from wallet.activity.masking import mask
from wallet.activity.titles import title
from wallet.templatetags.screens import language

_ICONS = {
    "PAYMENT": "store",
    "CAPTURE": "store",
    "REFUND": "back",
    "TOP_UP": "in",
    "BANK_CREDIT": "in",
    "WITHDRAWAL": "bank",
    "WITHDRAWAL_RETURNED": "bank",
    "TRANSFER": "send",
    "CLAIM_OPENED": "link",
    "CLAIM_CLAIMED": "link",
    "CLAIM_CANCELLED": "back",
    "CLAIM_RETURNED": "back",
    "HOLD": "clock",
    "RELEASE": "clock",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """Who or what, how much, when, and the picture beside it."""

    entry_id: int
    title: str
    sub: str
    amount: Money
    balance: Money
    at: datetime
    icon: str

    @property
    def is_in(self) -> bool:
        """Whether money came in."""
        return self.amount.minor > 0


def shown(noted: Noted) -> ShownLine:
    """Return a line with the other side as its title, where there is one."""
    line = noted.line
    kind = title(line.kind, line.amount.minor, language())
    who = mask(noted.counterparty)
    sub = " · ".join(part for part in (kind if who else "", noted.memo) if part)
    return ShownLine(
        entry_id=line.entry_id,
        title=who or kind,
        sub=sub,
        amount=line.amount,
        balance=line.balance,
        at=line.effective_at,
        icon=_ICONS.get(line.kind, "in" if line.amount.minor > 0 else "out"),
    )
