"""What somebody showed beside the session: a PIN, a device's signature, a step-up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from rest_framework.request import Request


class Means(StrEnum):
    """How a request is proved, the weakest first."""

    SESSION = "SESSION"
    DEVICE = "DEVICE"
    PIN = "PIN"
    STEP_UP = "STEP_UP"


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown, and already checked; ``step_up_id`` is consumed with the effect."""

    holder_id: int
    means: Means
    step_up_id: uuid.UUID | None = None


def prove(request: Request) -> Proof:
    """Return what the request proves."""
    return Proof(request.user.pk, Means.SESSION)
