"""What a till remembers; written to a file at once, so that a till that restarts goes on."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Asked:
    """What the till waits for, by its nonce."""

    amount: int
    currency: str
    asked_at: int
    order_no: str | None = None
    tries: int = 0


@dataclass(slots=True)
class Seen:
    """What the till has of one allowance: its last counter and sum, and how much in all."""

    counter: int = 0
    cumulative: int = 0
    total: int = 0


@dataclass(slots=True)
class Kept:
    """A voucher that was not uploaded yet."""

    text: str
    amount: int
    order_no: str | None


@dataclass(slots=True)
class Book:
    """All that a till remembers; keys of the mappings are ids in hexadecimal."""

    asked: dict[str, Asked] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)
    day: str = ""
    day_total: int = 0
    clock: int = 0
    uploaded_at: int = 0
    listed_at: int = 0
    revoked: list[str] = field(default_factory=list)

    @property
    def stored(self) -> int:
        """The sum of what was not uploaded yet."""
        return sum(kept.amount for kept in self.kept.values())

    def seen_of(self, allowance_id: bytes) -> Seen:
        """Return what the till has of an allowance."""
        return self.seen.setdefault(allowance_id.hex(), Seen())

    def write(self, path: Path) -> None:
        """Put the book into a file, the one before replaced whole or not at all."""
        beside = path.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)

    @classmethod
    def read(cls, path: Path) -> Book:
        """Return the book in a file; an empty one where there is none."""
        if not path.exists():
            return cls()
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for name, kind in (("asked", Asked), ("seen", Seen), ("kept", Kept)):
            said[name] = {key: kind(**value) for key, value in said[name].items()}
        return cls(**said)
