"""The wallet's tables."""

from wallet.models.people import User
from wallet.models.records import Event, IdempotencyRecord
from wallet.models.top_ups import TopUp
from wallet.models.transfers import Transfer
from wallet.models.wallets import Wallet

__all__ = [
    "Event",
    "IdempotencyRecord",
    "TopUp",
    "Transfer",
    "User",
    "Wallet",
]
