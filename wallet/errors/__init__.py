"""Everything the wallet refuses, each with a stable ``code``; ``status`` is its HTTP status."""

from wallet.errors.base import WalletError
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
from wallet.errors.wallets import WalletNotOpen
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
    "IdempotencyKeyMissing",
    "IdempotencyKeyReused",
    "InvalidAccountNumber",
    "InvalidPhone",
    "PhoneTaken",
    "RequestInProgress",
    "ReversalReferenceReused",
    "TooManyBankAccounts",
    "TopUpNotPending",
    "TopUpNotSettled",
    "TransferToSelf",
    "UnknownBank",
    "UnknownBankMessage",
    "UnknownRecipient",
    "UnknownTopUp",
    "UnknownWithdrawal",
    "WalletError",
    "WalletNotOpen",
    "WithdrawalState",
    "WrongAccountCode",
    "WrongCredentials",
]
