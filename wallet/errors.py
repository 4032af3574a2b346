"""Everything the wallet refuses, each with a stable ``code``; ``status`` is its HTTP status."""

from __future__ import annotations


class WalletError(Exception):
    """The wallet refused; nothing moved."""

    code = "wallet_error"
    status = 409
    message = "the wallet refused"

    def __str__(self) -> str:
        return self.message


class InvalidPhone(WalletError):
    """The text is not a phone number."""

    code = "invalid_phone"
    status = 400
    message = "write the phone number with its country code, such as +821012345678"


class PhoneTaken(WalletError):
    """Somebody signed up with this phone number before."""

    code = "phone_taken"
    message = "this phone number is already signed up"


class WrongCredentials(WalletError):
    """The phone number and the password do not fit; which of them is not said."""

    code = "wrong_credentials"
    status = 401
    message = "phone number or password is wrong"


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


class WalletNotOpen(WalletError):
    """The wallet is frozen or closed."""

    code = "wallet_not_open"
    message = "the wallet is not open"


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


class IdempotencyKeyMissing(WalletError):
    """The request moves money or creates something and has no key."""

    code = "idempotency_key_missing"
    status = 400
    message = "send an Idempotency-Key header: 1 to 255 visible ASCII characters"


class IdempotencyKeyReused(WalletError):
    """The key was used before, with another request."""

    code = "idempotency_key_reused"
    status = 422
    message = "this Idempotency-Key was used for another request; take a new key"


class RequestInProgress(WalletError):
    """A request with the same key is still running."""

    code = "request_in_progress"
    message = "a request with this Idempotency-Key is still running; send it again in a moment"
