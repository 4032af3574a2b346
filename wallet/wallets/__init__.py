"""Wallets: opening, locking, freezing, closing."""

from wallet.wallets.opening import lock, make_wallet

__all__ = ["lock", "make_wallet"]
