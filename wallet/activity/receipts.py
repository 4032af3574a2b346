"""One entry, on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ledger.models import Entry
from ledger.money import Money
from wallet.activity.accounts import AVAILABLE, HELD, OFFLINE
from wallet.activity.months import ZONE
from wallet.models import ActivityNote, Wallet


@dataclass(frozen=True, slots=True)
class Receipt:
    """What happened, as it can be shown to somebody else; ``balance`` is what it left behind."""

    entry_id: int
    kind: str
    reference: str
    effective_at: datetime
    recorded_at: datetime
    amount: Money
    balance: Money
    counterparty: str
    memo: str

    @property
    def number(self) -> str:
        """What the receipt is called by."""
        return f"{self.effective_at.astimezone(ZONE):%y%m%d}-{self.entry_id}"


def receipt(*, wallet: Wallet, entry_id: int) -> Receipt | None:
    """Return the receipt of an entry on one of the wallet's accounts, None if there is none."""
    codes = [f"wallet:{wallet.public_id.hex}:{which}" for which in (AVAILABLE, HELD, OFFLINE)]
    entry = (
        Entry.objects.filter(pk=entry_id, account__code__in=codes)
        .filter(account__currency=wallet.currency)
        .select_related("transaction", "account")
        .first()
    )
    if entry is None:
        return None
    reference, sign = entry.transaction.reference, entry.account.normal_sign
    note = ActivityNote.objects.filter(wallet=wallet, reference=reference).first()
    return Receipt(
        entry_id=entry.pk,
        kind=entry.transaction.kind,
        reference=reference,
        effective_at=entry.effective_at,
        recorded_at=entry.transaction.recorded_at,
        amount=Money(entry.amount_minor * sign, entry.currency),
        balance=Money((entry.balance_after_minor or 0) * sign, entry.currency),
        counterparty=note.counterparty if note else "",
        memo=note.memo if note else "",
    )
