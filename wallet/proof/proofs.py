"""What somebody showed beside the session."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rest_framework.request import Request

from wallet.models import User
from wallet.proof import pins

PIN_HEADER = "Wallet-Pin"


class Means(StrEnum):
    """How a request is proved, the weakest first; limits may differ by it."""

    SESSION = "SESSION"
    CODE = "CODE"
    DEVICE = "DEVICE"
    PIN = "PIN"
    STEP_UP = "STEP_UP"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown, and already checked."""

    holder_id: int
    means: Means


def prove(request: Request) -> Proof:
    """Return what the request of a signed-in person proves.

    Raises:
        WrongPin, PinLocked, PinNotSet: it gives a PIN that is not the person's.

    """
    user = person(request)
    pin = request.headers.get(PIN_HEADER)
    if pin is None:
        return Proof(user.pk, Means.SESSION)
    pins.check(user=user, pin=pin)
    return Proof(user.pk, Means.PIN)


def person(request: Request) -> User:
    """Return who is signed in; the views behind it let nobody else in."""
    if not isinstance(request.user, User):
        raise TypeError("nobody is signed in")
    return request.user
