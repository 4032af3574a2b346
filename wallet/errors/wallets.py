"""Refusals about a wallet's state."""

from __future__ import annotations

from wallet.errors.base import WalletError


class WalletNotOpen(WalletError):
    """The wallet is frozen or closed."""

    code = "wallet_not_open"
    message = "the wallet is not open"
