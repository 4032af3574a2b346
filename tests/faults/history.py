"""What clients did and saw: one JSON line per event, in the order of one monotonic clock.

An operation is invoked, and ends as ok (a 2xx was received), fail (refused: it has no effect) or
info (nobody knows: time-out, reset, 5xx). An intent is one idempotency key; it may be sent again.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

INVOKE, OK, FAIL, INFO = "invoke", "ok", "fail", "info"


@dataclass(frozen=True, slots=True)
class Event:
    """One line: when (seconds, monotonic, the same for all processes), who, what, about which key.

    ``attempt`` counts the sendings of a key by its process; ``changed`` marks a body that differs
    from the first one's. ``facts`` say who pays whom how much; ``answer`` is the body received.
    """

    at: float
    process: int
    type: str
    op: str
    key: str
    attempt: int = 0
    changed: bool = False
    status: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)


class Writer:
    """Appends events to a file, each flushed before the next thing happens."""

    def __init__(self, file: TextIO, process: int) -> None:
        self.file, self.process = file, process

    def write(self, type_: str, op: str, key: str, **more: Any) -> None:
        """Write what happened just now."""
        event = Event(time.monotonic(), self.process, type_, op, key, **more)
        self.file.write(json.dumps(asdict(event)) + "\n")
        self.file.flush()


def read(files: Iterable[Path]) -> list[Event]:
    """Return all events of a run, in the order in which they happened.

    A client that was killed may leave half a line at the end, which tells nothing.
    """
    return sorted(_events(files), key=lambda event: event.at)


def _events(files: Iterable[Path]) -> Iterator[Event]:
    for file in files:
        for line in file.read_text().splitlines():
            if line.endswith("}"):
                yield Event(**json.loads(line))


@dataclass(slots=True)
class Intent:
    """One idempotency key: what was meant, and all that was seen of it."""

    key: str
    op: str
    facts: dict[str, Any]
    invoked_at: float
    acknowledged_at: float | None = None
    answers: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[Event] = field(default_factory=list)
    changed: list[Event] = field(default_factory=list)
    unknown: int = 0

    @property
    def outcome(self) -> str:
        """OK if it was ever acknowledged, FAIL if refused, INFO if nobody ever knew."""
        if self.answers:
            return OK
        return FAIL if self.refusals else INFO


def intents(events: Iterable[Event]) -> dict[str, Intent]:
    """Return the intents of operations that move money, by key."""
    found: dict[str, Intent] = {}
    for event in events:
        if event.op == "read":
            continue
        if event.type == INVOKE and not event.changed:
            found.setdefault(event.key, Intent(event.key, event.op, event.facts, event.at))
        elif event.type != INVOKE and event.key in found:
            _take(found[event.key], event)
    return found


def _take(intent: Intent, event: Event) -> None:
    if event.changed:
        intent.changed.append(event)
    elif event.type == OK:
        intent.answers.append(event.answer)
        intent.acknowledged_at = intent.acknowledged_at or event.at
    elif event.type == FAIL:
        intent.refusals.append(event)
    else:
        intent.unknown += 1


def tally(events: Iterable[Event]) -> dict[str, dict[str, int]]:
    """Return how many operations of each kind ended how."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in events:
        counts[event.op][event.type] += 1
    return {op: dict(kinds) for op, kinds in counts.items()}
