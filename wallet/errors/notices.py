"""Refusals about notices and web push."""

from __future__ import annotations

from wallet.errors.base import WalletError


class UnsafeEndpoint(WalletError):
    """An endpoint is where we do not send: not https, or not a public address."""

    code = "unsafe_endpoint"
    status = 400
    message = "an endpoint is an https address of a public host, on a usual port"


class InvalidPushKeys(WalletError):
    """The keys of a push subscription are not those of a browser."""

    code = "invalid_push_keys"
    status = 400
    message = "p256dh is a P-256 public key of 65 bytes and auth 16 bytes, both in base64url"


class TooManySubscriptions(WalletError):
    """The person has as many browsers as are kept."""

    code = "too_many_subscriptions"
    message = "remove another browser's subscription first"


class PushIsOff(WalletError):
    """This installation has no key for web push."""

    code = "push_is_off"
    status = 404
    message = "web push is not switched on here"
