"""What became of an attempt."""

from __future__ import annotations

from dataclasses import dataclass

GONE = 410  # the receiver wants nothing more, ever
_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An HTTP status, or what went wrong in a word."""

    status: int | None = None
    error: str = ""

    @property
    def is_delivered(self) -> bool:
        """Whether it arrived; a redirect has not."""
        return self.status in _SUCCESS and not self.error
