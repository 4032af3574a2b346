"""The operator of the tests: keeps the text messages it was given, by telephone."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from wallet.notices.senders import Attempt, Outcome, Outgoing

SENT: dict[str, list[str]] = defaultdict(list)


class Operator:
    """Takes every message."""

    def send(self, outgoing: Outgoing, *, at: datetime) -> Attempt:  # noqa: ARG002
        """Keep what would be sent."""
        SENT[outgoing.phone].append(f"{outgoing.text.title} {outgoing.text.body}".strip())
        return Attempt(Outcome.SENT)


def code_sent(phone: str) -> str:
    """Return the code in the newest message to a telephone."""
    return SENT[phone][-1].split()[0]
