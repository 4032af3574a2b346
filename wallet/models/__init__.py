"""The wallet's tables."""

from wallet.models.claims import Claim
from wallet.models.money_requests import BillSplit, MoneyRequest
from wallet.models.people import User
from wallet.models.profiles import PayeeMisses, Profile
from wallet.models.records import Event, IdempotencyRecord
from wallet.models.top_ups import TopUp
from wallet.models.transfers import ScheduledTransfer, Transfer
from wallet.models.wallets import Wallet

__all__ = [
    "BillSplit",
    "Claim",
    "Event",
    "IdempotencyRecord",
    "MoneyRequest",
    "PayeeMisses",
    "Profile",
    "ScheduledTransfer",
    "TopUp",
    "Transfer",
    "User",
    "Wallet",
]
