"""What a holder owes after a provider took back money that was spent already."""

from __future__ import annotations

from django.db import models

from ledger.models import Account
from wallet.models.wallets import Wallet


class Debt(models.Model):
    """The debt account of a wallet, opened at its first reversal; the amount is in the ledger."""

    wallet = models.OneToOneField(Wallet, on_delete=models.PROTECT, related_name="debt")
    account = models.OneToOneField(Account, on_delete=models.PROTECT)
    # Set while this debt is what keeps the wallet frozen; a freeze for another reason stays.

    def __str__(self) -> str:
        return f"debt of wallet {self.wallet_id}"
