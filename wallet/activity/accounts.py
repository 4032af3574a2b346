"""The accounts of a wallet that its holder may look at."""

from __future__ import annotations

from ledger.models import Account
from wallet.models import Wallet

AVAILABLE, HELD, OFFLINE = "available", "held", "offline"


def account_of(wallet: Wallet, which: str) -> int | None:
    """Return the id of the wallet's account, None where it never had one."""
    if which == AVAILABLE:
        return wallet.available_account_id
    code = f"wallet:{wallet.public_id.hex}:{which}"
    found = Account.objects.filter(code=code, currency=wallet.currency)
    return found.values_list("pk", flat=True).first()
