"""Everything the wallet refuses, each with a stable ``code``; ``status`` is its HTTP status."""

from wallet.errors.base import WalletError
from wallet.errors.people import InvalidPhone, PhoneTaken, WrongCredentials
from wallet.errors.requests import IdempotencyKeyMissing, IdempotencyKeyReused, RequestInProgress
from wallet.errors.top_ups import BadSignature, TopUpNotPending, UnknownTopUp
from wallet.errors.transfers import TransferToSelf, UnknownRecipient
from wallet.errors.wallets import WalletNotOpen

__all__ = [
    "BadSignature",
    "IdempotencyKeyMissing",
    "IdempotencyKeyReused",
    "InvalidPhone",
    "PhoneTaken",
    "RequestInProgress",
    "TopUpNotPending",
    "TransferToSelf",
    "UnknownRecipient",
    "UnknownTopUp",
    "WalletError",
    "WalletNotOpen",
    "WrongCredentials",
]
