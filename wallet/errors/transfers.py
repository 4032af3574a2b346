"""Refusals of transfers."""

from __future__ import annotations

from wallet.errors.base import WalletError


class UnknownRecipient(WalletError):
    """Nobody with this phone number has a wallet in this currency."""

    code = "unknown_recipient"
    status = 404
    message = "nobody with this phone number has a wallet in this currency"


class TransferToSelf(WalletError):
    """Sender and recipient are the same wallet."""

    code = "transfer_to_self"
    status = 400
    message = "a transfer goes to another wallet"
