"""Refusals about a request's idempotency key."""

from __future__ import annotations

from wallet.errors.base import WalletError


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
