"""The wallet's tables."""

from wallet.models.debts import Debt
from wallet.models.holds import Hold
from wallet.models.limits import CodeKind, Limit, Period, Spend
from wallet.models.people import User
from wallet.models.records import Event, IdempotencyRecord
from wallet.models.top_ups import AutoTopUp, BankCredit, BankFeed, Provider, TopUp, VirtualAccount
from wallet.models.transfers import Transfer
from wallet.models.wallets import Freeze, Wallet, WalletAudit
from wallet.models.withdrawals import BankAccount, Withdrawal

__all__ = [
    "AutoTopUp",
    "BankAccount",
    "BankCredit",
    "BankFeed",
    "CodeKind",
    "Debt",
    "Event",
    "Freeze",
    "Hold",
    "IdempotencyRecord",
    "Limit",
    "Period",
    "Provider",
    "Spend",
    "TopUp",
    "Transfer",
    "User",
    "VirtualAccount",
    "Wallet",
    "WalletAudit",
    "Withdrawal",
]
