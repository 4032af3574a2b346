"""The wallet's tables."""

from wallet.models.activity import ActivityNote
from wallet.models.notices import (
    Channel,
    Language,
    Notice,
    NoticeDelivery,
    NoticePreference,
    PushSubscription,
)
from wallet.models.people import User
from wallet.models.records import Event, IdempotencyRecord
from wallet.models.top_ups import TopUp
from wallet.models.transfers import Transfer
from wallet.models.wallets import Wallet

__all__ = [
    "ActivityNote",
    "Channel",
    "Event",
    "IdempotencyRecord",
    "Language",
    "Notice",
    "NoticeDelivery",
    "NoticePreference",
    "PushSubscription",
    "TopUp",
    "Transfer",
    "User",
    "Wallet",
]
