"""Refusals about bank accounts and withdrawals."""

from __future__ import annotations

from wallet.errors.base import WalletError


class UnknownBank(WalletError):
    """The bank code is not in the table of banks."""

    code = "unknown_bank"
    status = 400
    message = "there is no bank with this code"


class InvalidAccountNumber(WalletError):
    """The number has the wrong length or check digits for its bank."""

    code = "invalid_account_number"
    status = 400
    message = "this is not an account number of that bank"


class BankAccountKnown(WalletError):
    """The holder has this account already."""

    code = "bank_account_known"
    message = "this bank account was added already"


class TooManyBankAccounts(WalletError):
    """The holder has, or added within a day, as many bank accounts as one may."""

    code = "too_many_bank_accounts"
    message = "you have, or added within a day, as many bank accounts as one may"


class BankAccountState(WalletError):
    """The bank account is not in a state for this."""

    code = "bank_account_state"
    message = "the bank account is not in a state for this"


class BankAccountNotVerified(WalletError):
    """Money goes to verified accounts only."""

    code = "bank_account_not_verified"
    message = "verify the bank account first"


class WrongAccountCode(WalletError):
    """The code is not the one beside the bank's deposit; the attempt was counted."""

    code = "wrong_account_code"
    status = 403
    message = "this is not the code beside the deposit"


class AccountCodeExpired(WalletError):
    """The code was sent too long ago."""

    code = "account_code_expired"
    message = "the code is too old; remove the bank account and add it again"


class UnknownWithdrawal(WalletError):
    """The bank speaks of a withdrawal that was never asked for, or of another amount."""

    code = "unknown_withdrawal"
    status = 404
    message = "there is no such withdrawal"


class WithdrawalState(WalletError):
    """The table of edges does not lead from the withdrawal's state to the one asked for."""

    code = "withdrawal_state"

    def __init__(self, current: str, wanted: str) -> None:
        super().__init__(current, wanted)
        self.current = current
        self.wanted = wanted

    def __str__(self) -> str:
        return f"a withdrawal does not go from {self.current} to {self.wanted}"
