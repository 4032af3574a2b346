"""Which proof a movement of money needs."""

from __future__ import annotations

from datetime import datetime

from ledger.money import Money
from wallet.models import Wallet
from wallet.proof.proofs import Proof


def authorize(
    *, proof: Proof, wallet: Wallet, purpose: str, amount: Money, payee: str, at: datetime
) -> None:
    """Refuse a movement that is not proved enough; inside the use-case's database transaction."""
