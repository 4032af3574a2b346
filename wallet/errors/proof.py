"""Refusals about proof."""

from __future__ import annotations

from wallet.errors.base import WalletError


class WeakPin(WalletError):
    """A PIN that somebody would guess, or not six digits."""

    code = "weak_pin"
    status = 400
    message = "choose six digits that are no date, no series and no repetition"


class PinRequired(WalletError):
    """The request moves money and nothing was shown beside the session."""

    code = "pin_required"
    status = 403
    message = "send the PIN in the header Wallet-Pin"


class PinNotSet(WalletError):
    """The person has no PIN yet."""

    code = "pin_not_set"
    status = 403
    message = "set a PIN first"


class PinSet(WalletError):
    """The person has a PIN; it is changed, not set again."""

    code = "pin_set"
    message = "there is a PIN already; change it with the old one"


class WrongPin(WalletError):
    """The PIN is not this."""

    code = "wrong_pin"
    status = 403

    def __init__(self, attempts_left: int) -> None:
        super().__init__(attempts_left)
        self.attempts_left = attempts_left

    def __str__(self) -> str:
        return f"the PIN is wrong; {self.attempts_left} attempts are left"


class PinLocked(WalletError):
    """Too many wrong PINs were given; not even the right one is looked at any more."""

    code = "pin_locked"
    status = 403
    message = "the PIN is locked after five wrong ones; ask the support to reset it"


class StepUpRequired(WalletError):
    """The request asks for a second proof, beside the PIN, before it is done."""

    code = "step_up_required"
    status = 403
    message = "prove it with a one-time code first"
