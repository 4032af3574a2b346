"""The accounts of a wallet that its holder may look at."""

from __future__ import annotations

from ledger.models import Account
from wallet.models import Wallet

AVAILABLE, HELD = "available", "held"


def account_of(wallet: Wallet, which: str) -> int | None:
    """Return the id of the wallet's account, None where nothing was ever held."""
    if which == AVAILABLE:
        return wallet.available_account_id
    code = f"wallet:{wallet.public_id.hex}:{which}"
    found = Account.objects.filter(code=code, currency=wallet.currency)
    return found.values_list("pk", flat=True).first()
