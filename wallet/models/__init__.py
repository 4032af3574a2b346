"""The wallet's tables."""

from wallet.models.holds import Hold
from wallet.models.limits import CodeKind, Limit, Period, Spend
from wallet.models.debts import Debt
from wallet.models.people import User
from wallet.models.records import Event, IdempotencyRecord
from wallet.models.top_ups import (
    AutoTopUp,
    BankCredit,
    BankFeed,
    Provider,
    TopUp,
    VirtualAccount,
)
from wallet.models.transfers import Transfer
from wallet.models.wallets import Freeze, Wallet, WalletAudit

__all__ = [
    "CodeKind",
from wallet.models.wallets import Wallet
from wallet.models.withdrawals import BankAccount, Withdrawal

__all__ = [
    "AutoTopUp",
    "BankAccount",
    "BankCredit",
    "BankFeed",
    "Debt",
    "Event",
    "Freeze",
    "Hold",
    "IdempotencyRecord",
    "Limit",
    "Period",
    "Spend",
    "Provider",
    "TopUp",
    "Transfer",
    "User",
    "VirtualAccount",
    "Wallet",
    "WalletAudit",
    "Withdrawal",
]
