"""What a holder looks for in the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines are wanted; nothing narrows where a field is left out.

    ``least_minor`` and ``most_minor`` bound the amount whatever its sign. ``counterparty`` and
    ``text`` are words that all have to be found: in the counterparty, or anywhere.
    """

    kinds: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    least_minor: int | None = None
    most_minor: int | None = None
    counterparty: str = ""
    text: str = ""

    @property
    def by_words(self) -> bool:
        """Whether the index of words is to be asked."""
        return bool(self.counterparty or self.text)
