"""Everything the wallet refuses, each with a stable ``code``; ``status`` is its HTTP status."""

from wallet.errors.base import WalletError
from wallet.errors.holds import CaptureTooLarge, HoldEnded, UnknownHold
from wallet.errors.limits import LimitExceeded, RecipientFull
from wallet.errors.people import InvalidPhone, PhoneTaken, WrongCredentials
from wallet.errors.requests import IdempotencyKeyMissing, IdempotencyKeyReused, RequestInProgress
from wallet.errors.top_ups import (
    BadSignature,
    BankNotAnswering,
    BankReferenceReused,
    ReversalReferenceReused,
    TopUpNotPending,
    TopUpNotSettled,
    UnknownBankMessage,
    UnknownTopUp,
)
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
from wallet.errors.withdrawals import (
    AccountCodeExpired,
    BankAccountKnown,
    BankAccountNotVerified,
    BankAccountState,
    InvalidAccountNumber,
    TooManyBankAccounts,
    UnknownBank,
    UnknownWithdrawal,
    WithdrawalState,
    WrongAccountCode,
)

__all__ = [
    "AccountCodeExpired",
    "BadSignature",
    "BankAccountKnown",
    "BankAccountNotVerified",
    "BankAccountState",
    "BankNotAnswering",
    "BankReferenceReused",
    "CaptureTooLarge",
    "CurrencyNotOffered",
    "FrozenByOthers",
    "HoldEnded",
    "IdempotencyKeyMissing",
    "IdempotencyKeyReused",
    "InvalidAccountNumber",
    "InvalidPhone",
    "LimitExceeded",
    "PhoneTaken",
    "RecipientFull",
    "RequestInProgress",
    "ReversalReferenceReused",
    "TooManyBankAccounts",
    "TopUpNotPending",
    "TopUpNotSettled",
    "TransferToSelf",
    "UnfreezeNeedsStepUp",
    "UnknownBank",
    "UnknownBankMessage",
    "UnknownHold",
    "UnknownRecipient",
    "UnknownTopUp",
    "UnknownWithdrawal",
    "WalletError",
    "WalletExists",
    "WalletHasObligations",
    "WalletNotEmpty",
    "WalletNotOpen",
    "WithdrawalState",
    "WrongAccountCode",
    "WrongCredentials",
]
