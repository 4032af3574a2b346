"""Refusals about top-ups and what the bank says of them."""

from __future__ import annotations

from wallet.errors.base import WalletError


class TopUpNotPending(WalletError):
    """The top-up was decided the other way before."""

    code = "top_up_not_pending"
    message = "the top-up was already decided"


class UnknownTopUp(WalletError):
    """The bank speaks of a top-up that was never asked for, or of another amount."""

    code = "unknown_top_up"
    status = 404
    message = "there is no such top-up"


class BadSignature(WalletError):
    """The callback is not signed by the bank, or its time stamp is too old or too new."""

    code = "bad_signature"
    status = 401
    message = "the signature does not fit"
