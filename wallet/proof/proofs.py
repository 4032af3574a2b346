"""What somebody showed beside the session."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone
from rest_framework.request import Request

from wallet.idempotency import fingerprint
from wallet.models import User
from wallet.proof import devices, pins, step_ups
from wallet.proof.bodies import raw_body

PIN_HEADER = "Wallet-Pin"
STEP_UP_HEADER = "Wallet-Step-Up"
DEVICE_HEADER = "Wallet-Device"


class Means(StrEnum):
    """How a request is proved, the weakest first; limits may differ by it."""

    SESSION = "SESSION"
    CODE = "CODE"
    DEVICE = "DEVICE"
    PIN = "PIN"
    STEP_UP = "STEP_UP"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown, and already checked; a second proof may come with the PIN or without."""

    holder_id: int
    means: Means
    has_pin: bool = False


def prove(request: Request) -> Proof:
    """Return what the request of a signed-in person proves.

    Raises:
        WrongPin, PinLocked, PinNotSet: it gives a PIN that is not the person's.
        StepUpRefused: it gives the token of another request, person or time.
        BadDeviceSignature, ClockSkew, UnknownDevice, NonceReplayed: a device of the person did
            not sign this request, just now and for the first time.

    """
    user = person(request)
    pin, token = request.headers.get(PIN_HEADER), request.headers.get(STEP_UP_HEADER)
    by_device = pin is None and DEVICE_HEADER in request.headers
    if pin is not None:
        pins.check(user=user, pin=pin)
    if by_device:
        devices.check(user=user, request=signed_request(request), at=timezone.now())
    if token is not None:
        use = step_ups.Use(token, fingerprint_of(request), key_of(request))
        step_ups.consume(user=user, use=use, at=timezone.now())
        return Proof(user.pk, Means.STEP_UP, has_pin=by_device or pin is not None)
    if pin is not None:
        return Proof(user.pk, Means.PIN, has_pin=True)
    return Proof(user.pk, Means.DEVICE if by_device else Means.SESSION)


def signed_request(request: Request) -> devices.SignedRequest:
    """Return a request as its device signed it, or says so."""
    header = request.headers.get
    return devices.SignedRequest(
        device=header(DEVICE_HEADER, ""),
        time=header("Wallet-Time", ""),
        nonce=header("Wallet-Nonce", ""),
        signature=header("Wallet-Signature", ""),
        method=request.method or "",
        path=request.get_full_path(),
        body=raw_body(request),
        key=key_of(request),
    )


def fingerprint_of(request: Request) -> bytes:
    """Return what a step-up names a request by: its method, address and parsed body."""
    return fingerprint([request.method, request.path, request.data or {}])


def key_of(request: Request) -> str:
    """Return the request's idempotency key, unchecked.

    It may be quoted: the draft standard makes it a structured-field string.
    """
    return request.headers.get("Idempotency-Key", "").strip('"')


def person(request: Request) -> User:
    """Return who is signed in; the views behind it let nobody else in."""
    if not isinstance(request.user, User):
        raise TypeError("nobody is signed in")
    return request.user
