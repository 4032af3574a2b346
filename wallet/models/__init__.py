"""The wallet's tables."""

from wallet.models.holds import Hold
from wallet.models.limits import CodeKind, Limit, Period, Spend
from wallet.models.people import User
from wallet.models.records import Event, IdempotencyRecord
from wallet.models.top_ups import TopUp
from wallet.models.transfers import Transfer
from wallet.models.wallets import Freeze, Wallet, WalletAudit

__all__ = [
    "CodeKind",
    "Event",
    "Freeze",
    "Hold",
    "IdempotencyRecord",
    "Limit",
    "Period",
    "Spend",
    "TopUp",
    "Transfer",
    "User",
    "Wallet",
    "WalletAudit",
]
