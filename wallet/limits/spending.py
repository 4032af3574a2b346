"""Counting what leaves a wallet against its limits."""

from __future__ import annotations

from datetime import datetime

from ledger.money import Money
from wallet.models import Wallet
from wallet.proof.proofs import Proof


def spend(
    *, wallet: Wallet, purpose: str, amount: Money, proof: Proof, at: datetime, code: str = ""
) -> None:
    """Count an amount leaving a locked wallet; refuse what is above a limit."""
