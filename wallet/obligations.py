"""What stands against closing a wallet: money under way, and money owed."""

from __future__ import annotations

from wallet.models import TopUp, Wallet, Withdrawal
from wallet.topups.debts import owed

_UNDER_WAY = (Withdrawal.Status.ASKED, Withdrawal.Status.SENT)


def open_obligations(wallet: Wallet) -> list[str]:
    """Return what must end before a locked wallet is closed; empty when nothing is open."""
    found = []
    if wallet.top_ups.filter(status=TopUp.Status.PENDING).exists():
        found.append("TOP_UP_PENDING")
    if wallet.withdrawals.filter(status__in=_UNDER_WAY).exists():
        found.append("WITHDRAWAL_IN_TRANSIT")
    if owed(wallet).minor > 0:
        found.append("DEBT")
    return found
