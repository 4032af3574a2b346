"""Everything the wallet refuses, each with a stable ``code``; ``status`` is its HTTP status."""

from wallet.errors.base import WalletError
from wallet.errors.holds import CaptureTooLarge, HoldEnded, UnknownHold
from wallet.errors.limits import LimitExceeded, RecipientFull
from wallet.errors.people import InvalidPhone, PhoneTaken, WrongCredentials
from wallet.errors.requests import IdempotencyKeyMissing, IdempotencyKeyReused, RequestInProgress
from wallet.errors.top_ups import BadSignature, TopUpNotPending, UnknownTopUp
from wallet.errors.transfers import TransferToSelf, UnknownRecipient
from wallet.errors.wallets import (
    CurrencyNotOffered,
    FrozenByOthers,
    UnfreezeNeedsStepUp,
    WalletExists,
    WalletHasObligations,
    WalletNotEmpty,
    WalletNotOpen,
)

__all__ = [
    "BadSignature",
    "CaptureTooLarge",
    "CurrencyNotOffered",
    "FrozenByOthers",
    "HoldEnded",
    "IdempotencyKeyMissing",
    "IdempotencyKeyReused",
    "InvalidPhone",
    "LimitExceeded",
    "PhoneTaken",
    "RecipientFull",
    "RequestInProgress",
    "TopUpNotPending",
    "TransferToSelf",
    "UnfreezeNeedsStepUp",
    "UnknownHold",
    "UnknownRecipient",
    "UnknownTopUp",
    "WalletError",
    "WalletExists",
    "WalletHasObligations",
    "WalletNotEmpty",
    "WalletNotOpen",
    "WrongCredentials",
]
