"""Refusals about devices, sessions and signing in."""

from __future__ import annotations

from wallet.errors.base import WalletError


class InvalidDeviceKey(WalletError):
    """Not a public key, or its holder did not sign with the other half."""

    code = "invalid_device_key"
    status = 400
    message = "send a public key (Ed25519 or P-256), and the registration signed with it"


class DeviceKeyTaken(WalletError):
    """The key is a device's already; each device makes its own."""

    code = "device_key_taken"
    message = "this key is bound already; make a new one"


class TooManyDevices(WalletError):
    """The person has as many devices as one may have."""

    code = "too_many_devices"
    message = "revoke a device you do not use any more first"


class UnknownDevice(WalletError):
    """The device is not the person's, or was revoked."""

    code = "unknown_device"
    status = 403
    message = "this device is not bound, or not any more"


class BadDeviceSignature(WalletError):
    """The signature headers are incomplete, or do not fit the request."""

    code = "bad_device_signature"
    status = 403
    message = "the device's signature does not fit this request"


class ClockSkew(WalletError):
    """The request was signed too long ago, or in the future; ``server_time`` is ours."""

    code = "clock_skew"
    status = 403

    def __init__(self, server_time: int) -> None:
        super().__init__(server_time)
        self.server_time = server_time

    def __str__(self) -> str:
        return f"the device's clock is more than five minutes off; it is {self.server_time} here"


class NonceReplayed(WalletError):
    """The device signed with this nonce before."""

    code = "nonce_replayed"
    status = 403
    message = "sign each request with a nonce of its own, also the same one again"


class UnknownSession(WalletError):
    """There is no such session, or it is another person's."""

    code = "unknown_session"
    status = 404
    message = "there is no such session"


class TooManySignIns(WalletError):
    """Too many sign-ins went wrong for this telephone number, or from this address."""

    code = "too_many_sign_ins"
    status = 429
    message = "too many sign-ins went wrong; wait before the next one"
