"""What somebody showed beside the session."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import DatabaseError
from django.utils import timezone
from rest_framework.request import Request

from wallet.errors import NonceReplayed
from wallet.idempotency import Reply, fingerprint
from wallet.models import User
from wallet.proof import devices, pins, step_ups
from wallet.proof.bodies import raw_body
from wallet.proof.devices import DEVICE_HEADER
from wallet.proof.tokens import entrance

_REFUSED = 400
PIN_HEADER = "Wallet-Pin"
STEP_UP_HEADER = "Wallet-Step-Up"


class Means(StrEnum):
    """How a request is proved, the weakest first; limits may differ by it."""

    SESSION = "SESSION"
    CODE = "CODE"
    DEVICE = "DEVICE"
    PIN = "PIN"
    STEP_UP = "STEP_UP"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown, and already checked; a second proof may come with the PIN or without.

    Where ``nonce`` is given, whoever acts on the proof has to use it up.
    """

    holder_id: int
    means: Means
    has_pin: bool = False
    nonce: devices.Nonce | None = None


def prove(request: Request) -> Proof:
    """Return what the request of a signed-in person proves, with no nonce left to use up.

    Raises:
        WrongPin, PinLocked, PinNotSet, StepUpRefused, BadDeviceSignature, ClockSkew,
        UnknownDevice: as for ``look_at_proof``.
        NonceReplayed: the device signed with this nonce before.

    """
    proof = look_at_proof(request)
    if proof.nonce is None:
        return proof
    if not devices.use(proof.nonce):
        raise NonceReplayed
    return replace(proof, nonce=None)


def look_at_proof(request: Request) -> Proof:
    """Return what the request of a signed-in person proves, once its nonce is used up.

    Raises:
        WrongPin, PinLocked, PinNotSet: it gives a PIN that is not the person's.
        StepUpRefused: it gives the token of another request, person or time.
        BadDeviceSignature, ClockSkew, UnknownDevice: no device of the person signed this
            request just now.

    """
    user = person(request)
    pin, token = request.headers.get(PIN_HEADER), request.headers.get(STEP_UP_HEADER)
    nonce = None
    if pin is not None:
        pins.check(user=user, pin=pin)
    elif DEVICE_HEADER in request.headers:
        signed, device = signed_request(request), entrance(request).device
        nonce = devices.verify(user=user, request=signed, found=device, at=timezone.now())
    has_pin = pin is not None or nonce is not None
    if token is not None:
        use = step_ups.Use(token, fingerprint_of(request), key_of(request))
        step_ups.consume(user=user, use=use, at=timezone.now())
        return Proof(user.pk, Means.STEP_UP, has_pin=has_pin, nonce=nonce)
    if pin is not None:
        return Proof(user.pk, Means.PIN, has_pin=True)
    return Proof(user.pk, Means.DEVICE if nonce else Means.SESSION, nonce=nonce)


def using_up(proof: Proof, act: Callable[[], Reply]) -> Reply:
    """Act on a proof, and use its nonce up by itself where nothing came of it."""
    try:
        reply = act()
    except Exception:
        _use_up(proof)
        raise
    if reply.is_replay or reply.status >= _REFUSED:
        _use_up(proof)
    return reply


def _use_up(proof: Proof) -> None:
    # A database that is not there has taken no effect either: the request may come again.
    with suppress(DatabaseError):
        if proof.nonce is not None:
            devices.use(proof.nonce)


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
