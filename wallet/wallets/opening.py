"""Opening wallets, and holding them still while money moves."""

from __future__ import annotations

import uuid
from datetime import datetime

from ledger.accounts import open_account
from ledger.models import Category
from wallet.models import User, Wallet


def make_wallet(*, holder: User, currency: str, at: datetime) -> Wallet:
    """Open a wallet with its ledger account, inside the caller's database transaction.

    Raises:
        UnknownCurrency: the ledger keeps no such currency.

    """
    public_id = uuid.uuid4()
    account = open_account(
        code=f"wallet:{public_id.hex}:available",
        currency=currency,
        category=Category.LIABILITY,
        floor_minor=0,
    )
    return Wallet.objects.create(
        public_id=public_id,
        holder=holder,
        currency=currency,
        available_account=account,
        opened_at=at,
    )


def lock(*wallets: Wallet) -> list[Wallet]:
    """Lock wallets in the order of their ids and return them, fresh, in the order given.

    Everything that decides by a wallet's state or by what it spent holds this lock first.
    """
    ids = {wallet.pk for wallet in wallets}
    rows = Wallet.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids)
    found = {row.pk: row for row in rows.order_by("pk")}
    return [found[wallet.pk] for wallet in wallets]
