"""Everything the wallet refuses, each with a stable ``code``; ``status`` is its HTTP status."""

from wallet.errors.base import WalletError
from wallet.errors.people import InvalidPhone, PhoneTaken, WrongCredentials
from wallet.errors.requests import IdempotencyKeyMissing, IdempotencyKeyReused, RequestInProgress
from wallet.errors.top_ups import BadSignature, TopUpNotPending, UnknownTopUp
from wallet.errors.transfers import (
    ClaimNotOpen,
    HandleTaken,
    InvalidDueTime,
    InvalidHandle,
    InvalidSplit,
    MoneyRequestNotOpen,
    PhoneNotConfirmed,
    RecipientHasWallet,
    ScheduledTransferNotOpen,
    TooManyClaims,
    TooManyLookups,
    TooManyRequests,
    TransferToSelf,
    UnknownClaim,
    UnknownRecipient,
    UnreadableText,
)
from wallet.errors.wallets import WalletNotOpen

__all__ = [
    "BadSignature",
    "ClaimNotOpen",
    "HandleTaken",
    "IdempotencyKeyMissing",
    "IdempotencyKeyReused",
    "InvalidDueTime",
    "InvalidHandle",
    "InvalidPhone",
    "InvalidSplit",
    "MoneyRequestNotOpen",
    "PhoneNotConfirmed",
    "PhoneTaken",
    "RecipientHasWallet",
    "RequestInProgress",
    "ScheduledTransferNotOpen",
    "TooManyClaims",
    "TooManyLookups",
    "TooManyRequests",
    "TopUpNotPending",
    "TransferToSelf",
    "UnknownClaim",
    "UnknownRecipient",
    "UnknownTopUp",
    "UnreadableText",
    "WalletError",
    "WalletNotOpen",
    "WrongCredentials",
]
