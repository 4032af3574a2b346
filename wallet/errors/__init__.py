"""Everything the wallet refuses, each with a stable ``code``; ``status`` is its HTTP status."""

from wallet.errors.activity import (
    InvalidMonth,
    NoStatement,
    StatementNotYet,
    StatementTooLong,
)
from wallet.errors.base import WalletError
from wallet.errors.notices import (
    InvalidPushKeys,
    PushIsOff,
    TooManySubscriptions,
    UnsafeEndpoint,
)
from wallet.errors.people import InvalidPhone, PhoneTaken, WrongCredentials
from wallet.errors.requests import IdempotencyKeyMissing, IdempotencyKeyReused, RequestInProgress
from wallet.errors.top_ups import BadSignature, TopUpNotPending, UnknownTopUp
from wallet.errors.transfers import TransferToSelf, UnknownRecipient
from wallet.errors.wallets import WalletNotOpen

__all__ = [
    "BadSignature",
    "IdempotencyKeyMissing",
    "IdempotencyKeyReused",
    "InvalidMonth",
    "InvalidPhone",
    "InvalidPushKeys",
    "NoStatement",
    "PhoneTaken",
    "PushIsOff",
    "RequestInProgress",
    "StatementNotYet",
    "StatementTooLong",
    "TooManySubscriptions",
    "TopUpNotPending",
    "TransferToSelf",
    "UnknownRecipient",
    "UnknownTopUp",
    "UnsafeEndpoint",
    "WalletError",
    "WalletNotOpen",
    "WrongCredentials",
]
