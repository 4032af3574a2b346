"""Refusals about the code that a payer shows."""

from __future__ import annotations

from wallet.errors.base import WalletError


class ConsumerCodeMalformed(WalletError):
    """Not twenty digits of ours, or mistyped."""

    code = "consumer_code_malformed"
    status = 400
    message = "this is no payer's code; scan or type it again"


class ConsumerCodeRefused(WalletError):
    """The code is unknown, wrong, old, used, or of a lost phone or a frozen wallet.

    Which of them is not said: whoever tries codes out learns nothing.
    """

    code = "consumer_code_refused"
    status = 403
    message = "this code cannot be used; ask the payer for the next one"


class TooManyBadCodes(WalletError):
    """Too many bad codes came from there lately; not even a right one is looked at."""

    code = "too_many_bad_codes"
    status = 429
    message = "too many bad codes came from you; wait an hour, or show a code of your own"
