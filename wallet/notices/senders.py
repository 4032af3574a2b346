"""What takes a notice out of the building."""

from __future__ import annotations

import sys
import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from wallet.models import PushSubscription
from wallet.notices.texts import Text


class Outcome(StrEnum):
    """What became of an attempt."""

    SENT = "SENT"
    LATER = "LATER"  # it may work another time
    REFUSED = "REFUSED"  # this one never will
    GONE = "GONE"  # nothing to this address ever will again


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice on its way. The same ``id`` may come twice: a receiver drops the second."""

    id: uuid.UUID
    notice_id: uuid.UUID
    kind: str
    text: Text
    phone: str
    subscription: PushSubscription | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """An outcome, with what went wrong in a few words."""

    outcome: Outcome
    error: str = ""


class NoticeSender(Protocol):
    """One way out of the building."""

    def send(self, outgoing: Outgoing, *, at: datetime) -> Attempt:
        """Try once, and take no longer than some seconds."""


class PrintedSms:
    """Text messages on the standard output: for a laptop, where no operator is reached."""

    def send(self, outgoing: Outgoing, *, at: datetime) -> Attempt:
        """Print it."""
        text = f"{outgoing.text.title} {outgoing.text.body}".strip()
        sys.stdout.write(f"[{at:%H:%M:%S}] SMS to {outgoing.phone}: {text}\n")
        sys.stdout.flush()
        return Attempt(Outcome.SENT)


def sender_of(channel: str) -> NoticeSender:
    """Return what the settings name for a channel."""
    sender: NoticeSender = import_string(settings.NOTICE_SENDERS[channel])()
    return sender
