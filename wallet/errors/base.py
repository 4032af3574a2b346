"""What every refusal of the wallet is: a stable ``code``, and ``status``, its HTTP status."""

from __future__ import annotations


class WalletError(Exception):
    """The wallet refused; nothing moved."""

    code = "wallet_error"
    status = 409
    message = "the wallet refused"

    def __str__(self) -> str:
        return self.message
