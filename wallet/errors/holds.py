"""Refusals about holds."""

from __future__ import annotations

from wallet.errors.base import WalletError


class HoldEnded(WalletError):
    """The hold was captured, released or expired before."""

    code = "hold_ended"

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state

    def __str__(self) -> str:
        return f"the hold has ended: {self.state}"


class CaptureTooLarge(WalletError):
    """More is to be captured than is held, or in another currency."""

    code = "capture_too_large"
    status = 400
    message = "at most what is held can be captured"


class UnknownHold(WalletError):
    """There is no hold with this id."""

    code = "unknown_hold"
    status = 404
    message = "there is no such hold"
