"""Refusals because of a limit."""

from __future__ import annotations

from wallet.errors.base import WalletError


class LimitExceeded(WalletError):
    """The amount, or one more movement, is above a limit; ``left`` is what could still move."""

    code = "limit_exceeded"
    status = 403

    def __init__(self, limit: str, left: str, currency: str, resets_at: str | None) -> None:
        super().__init__(limit, left, currency, resets_at)
        self.limit = limit
        self.left = left
        self.currency = currency
        self.resets_at = resets_at

    def __str__(self) -> str:
        return f"this is above the limit {self.limit}; {self.left} {self.currency} is left"


class RecipientFull(WalletError):
    """The recipient may not hold so much; how much they hold is not said."""

    code = "recipient_full"
    status = 403
    message = "the recipient cannot take this amount now"
