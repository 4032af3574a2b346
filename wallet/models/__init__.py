"""The wallet's tables."""

from wallet.models.activity import ActivityNote
from wallet.models.allowances import AllowanceLimit
from wallet.models.claims import Claim
from wallet.models.codes import CodeHandle, CodeMisses, CodeUse
from wallet.models.debts import Debt
from wallet.models.devices import Device, DeviceNonce, Session, SignInTries, WebSession
from wallet.models.holds import Hold
from wallet.models.limits import CodeKind, Limit, Period, Spend
from wallet.models.money_requests import BillSplit, MoneyRequest
from wallet.models.notices import (
    Channel,
    Language,
    Notice,
    NoticeDelivery,
    NoticePreference,
    PushSubscription,
)
from wallet.models.people import User
from wallet.models.profiles import PayeeMisses, Profile
from wallet.models.proof import BackupCode, OneTimeCode, Pin, StepUp
from wallet.models.records import Event, IdempotencyRecord
from wallet.models.top_ups import AutoTopUp, BankCredit, BankFeed, Provider, TopUp, VirtualAccount
from wallet.models.transfers import ScheduledTransfer, Transfer
from wallet.models.wallets import Freeze, Wallet, WalletAudit
from wallet.models.withdrawals import BankAccount, Withdrawal

__all__ = [
    "ActivityNote",
    "AllowanceLimit",
    "AutoTopUp",
    "BackupCode",
    "BankAccount",
    "BankCredit",
    "BankFeed",
    "BillSplit",
    "Channel",
    "Claim",
    "CodeHandle",
    "CodeKind",
    "CodeMisses",
    "CodeUse",
    "Debt",
    "Device",
    "DeviceNonce",
    "Event",
    "Freeze",
    "Hold",
    "IdempotencyRecord",
    "Language",
    "Limit",
    "MoneyRequest",
    "Notice",
    "NoticeDelivery",
    "NoticePreference",
    "OneTimeCode",
    "PayeeMisses",
    "Period",
    "Pin",
    "Profile",
    "Provider",
    "PushSubscription",
    "ScheduledTransfer",
    "Session",
    "SignInTries",
    "Spend",
    "StepUp",
    "TopUp",
    "Transfer",
    "User",
    "VirtualAccount",
    "Wallet",
    "WalletAudit",
    "WebSession",
    "Withdrawal",
]
