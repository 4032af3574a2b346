"""Refusals about a wallet's state."""

from __future__ import annotations

from wallet.errors.base import WalletError


class WalletNotOpen(WalletError):
    """The wallet is frozen or closed."""

    code = "wallet_not_open"
    message = "the wallet is not open"


class WalletExists(WalletError):
    """The holder has a wallet in this currency that is not closed."""

    code = "wallet_exists"
    message = "there is a wallet in this currency already"


class CurrencyNotOffered(WalletError):
    """Nobody can have a wallet in this currency here."""

    code = "currency_not_offered"
    status = 400
    message = "there are no wallets in this currency"


class FrozenByOthers(WalletError):
    """Staff, or a debt, froze the wallet; its holder cannot open it."""

    code = "frozen_by_others"
    status = 403
    message = "the wallet was not frozen by its holder"


class WalletNotEmpty(WalletError):
    """The wallet still holds money."""

    code = "wallet_not_empty"

    def __init__(self, balance: str, currency: str) -> None:
        super().__init__(balance, currency)
        self.balance = balance
        self.currency = currency

    def __str__(self) -> str:
        return f"the wallet still holds {self.balance} {self.currency}; take it out first"


class WalletHasObligations(WalletError):
    """Something is under way; ``blocking`` lists each kind with its count and amount."""

    code = "wallet_has_obligations"

    def __init__(self, blocking: list[dict[str, object]]) -> None:
        super().__init__(blocking)
        self.blocking = blocking

    def __str__(self) -> str:
        return "the wallet cannot be closed while something is under way"
