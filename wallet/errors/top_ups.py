"""Refusals about top-ups and what the bank says of them."""

from __future__ import annotations

from wallet.errors.base import WalletError


class TopUpNotPending(WalletError):
    """The top-up was decided the other way before."""

    code = "top_up_not_pending"
    message = "the top-up was already decided"


class TopUpNotSettled(WalletError):
    """Only money that was credited is taken back, and once."""

    code = "top_up_not_settled"
    message = "the top-up is not settled, so it is not reversed"


class ReversalReferenceReused(WalletError):
    """The bank reversed another top-up under this reference."""

    code = "reversal_reference_reused"
    message = "the reference stands for the reversal of another top-up"


class BankReferenceReused(WalletError):
    """The bank gave this reference to another movement of money."""

    code = "bank_reference_reused"
    message = "the reference stands for another movement of money"


class UnknownTopUp(WalletError):
    """The bank speaks of a top-up that was never asked for, or of another amount."""

    code = "unknown_top_up"
    status = 404
    message = "there is no such top-up"


class UnknownBankMessage(WalletError):
    """The bank's message is signed, but says nothing that is known here."""

    code = "unknown_bank_message"
    status = 400
    message = "the message is not of a known kind, or it lacks a part"


class BadSignature(WalletError):
    """The callback is not signed by the bank, or its time stamp is too old or too new."""

    code = "bad_signature"
    status = 401
    message = "the signature does not fit"


class BankNotAnswering(WalletError):
    """What was asked needs the bank's answer, and there was none."""

    code = "bank_not_answering"
    status = 424
    message = "the bank does not answer just now; try again in a moment"
