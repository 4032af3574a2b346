"""Planted bugs in the real stack, each with the checker that must find it.

Only the tests' own settings know of them: nothing in the project can be switched to misbehave.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any


def forget_keys() -> None:
    """What is sent again happens again: each request claims a key of its own."""
    from wallet import idempotency

    claim = vars(idempotency.Ticket)["claim"].fget

    def claim_another(ticket: Any) -> Any:
        principal, operation, key, digest = claim(ticket)
        return principal, operation, key and secrets.token_hex(16), digest

    idempotency.Ticket.claim = property(claim_another)  # type: ignore[method-assign, assignment]


def tell_nobody() -> None:
    """Money moves and no event is written."""
    from wallet import events

    def nothing(happened: Any, *, at: Any) -> None:
        return

    events.record_all.__code__ = nothing.__code__  # whoever imported the function has it, too


# Each with the checker that has to find it, and what that one has to say.
PLANTS: dict[str, tuple[Callable[[], None], str, str]] = {
    "forget-keys": (forget_keys, "C3", "happened 2 times"),
    "tell-nobody": (tell_nobody, "C8", "events, notices, undelivered (0, 0, 0)"),
}
