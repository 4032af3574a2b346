"""Refusals about proof."""

from __future__ import annotations

from collections.abc import Callable

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
    message = "the PIN is locked after five wrong ones; choose another by a step-up"


class StepUpRequired(WalletError):
    """The request asks for a second proof; ``reason`` is the rule that does, if one does."""

    code = "step_up_required"
    status = 403
    message = "begin a step-up for this request, and send its token in Wallet-Step-Up"
    reason: str = ""
    leaves_behind: Callable[[], None] | None = None


class StepUpRefused(WalletError):
    """The token is not of this person and this very request, was used, or is too old."""

    code = "step_up_refused"
    status = 403
    message = "this second proof is not for this request, or was used; begin a new one"


class StepUpEnded(WalletError):
    """The step-up is too old, was proved before, or was guessed at too often."""

    code = "step_up_ended"
    message = "this step-up can be proved no more; begin a new one"


class UnknownStepUp(WalletError):
    """There is no such step-up, or it is another person's."""

    code = "unknown_step_up"
    status = 404
    message = "there is no such step-up"


class FactorNotSet(WalletError):
    """The person has no such second factor."""

    code = "factor_not_set"
    message = "set this second factor up first"


class WrongCode(WalletError):
    """A one-time code is not this, was used, or is too old; which of them is not said."""

    code = "wrong_code"
    status = 403
    message = "this code is wrong, used or too old; after five wrong ones, ask for a new one"


class TooManyCodes(WalletError):
    """Codes were asked for too often."""

    code = "too_many_codes"
    status = 429
    message = "wait a little before you ask for another code"


class CodeNotSent(WalletError):
    """The operator did not take the text message."""

    code = "code_not_sent"
    message = "the text message could not be sent; try again in a minute"
