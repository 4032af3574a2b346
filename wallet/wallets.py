"""Opening wallets."""

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
