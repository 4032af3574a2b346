"""Whether a statement ties: its balances, its entries, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from merchants.statements.contents import Foot, Head, Line, fits
from merchants.statements.identities import Identities


class Fault(StrEnum):
    """What keeps a file in quarantine."""

    UNREADABLE = "UNREADABLE"
    UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT"
    WRONG_CURRENCY = "WRONG_CURRENCY"
    NO_BALANCE = "NO_BALANCE"
    DOES_NOT_TIE = "DOES_NOT_TIE"
    COUNT_DIFFERS = "COUNT_DIFFERS"
    DATE_OUTSIDE = "DATE_OUTSIDE"
    NO_REFERENCE = "NO_REFERENCE"
    OPENING_DIFFERS = "OPENING_DIFFERS"
    CONTENT_DIFFERS = "CONTENT_DIFFERS"
    ENTRIES_KNOWN = "ENTRIES_KNOWN"
    NOTHING_IN_IT = "NOTHING_IN_IT"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing wrong, where, and by how many minor units."""

    line: int
    fault: Fault
    message: str
    difference_minor: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "line": self.line,
            "code": self.fault.value,
            "message": self.message,
            "difference_minor": self.difference_minor,
        }


@dataclass
class Section:
    """One statement of a file while it is read: sums, days, and the first line of each fault."""

    number: int
    head: Head
    identities: Identities = field(init=False)
    foot: Foot | None = None
    count: int = 0
    entry_count: int = 0
    skipped: int = 0
    sum_minor: int = 0
    first_on: date | None = None
    last_on: date | None = None
    last_line: int = 0
    troubles: dict[Fault, Trouble] = field(default_factory=dict)
    gap: str = ""
    added: int = 0
    is_known: bool = False

    def __post_init__(self) -> None:
        self.identities = Identities(self.head)

    def take(self, line: Line) -> None:
        """Count a line."""
        self.count += 1
        # The parts of a batch are lines of one entry.
        self.entry_count += line.part <= 1
        self.sum_minor += line.amount_minor
        if line.currency != self.head.currency:
            self.note(line.line, Fault.WRONG_CURRENCY, f"an entry in {line.currency}")
        if self.last_on is None or line.booked_on > self.last_on:
            self.last_on, self.last_line = line.booked_on, line.line
        if self.first_on is None or line.booked_on < self.first_on:
            self.first_on = line.booked_on
        if not self.head.is_booked and not line.bank_reference:
            self.note(
                line.line,
                Fault.NO_REFERENCE,
                "an entry of a notification needs the bank's reference to be known again",
            )

    def note(self, line: int, fault: Fault, message: str, difference: int | None = None) -> None:
        """Note the first trouble of its kind."""
        self.troubles.setdefault(fault, Trouble(line, fault, message, difference))

    def end(self, foot: Foot) -> None:
        """Compare the balances with the entries, once all of them were read."""
        self.foot = foot
        fits(self.sum_minor, foot.line)
        read = self.entry_count + self.skipped
        if foot.entry_count is not None and foot.entry_count != read:
            self.note(
                foot.line,
                Fault.COUNT_DIFFERS,
                f"{read} entries, {foot.entry_count} are said to be there",
            )
        if self.head.is_booked:
            self._tie(foot)

    def _tie(self, foot: Foot) -> None:
        opening, closing = foot.opening, foot.closing
        if opening is None or closing is None:
            missing = "opening" if opening is None else "closing"
            self.note(foot.line, Fault.NO_BALANCE, f"there is no {missing} balance")
            return
        for balance in (opening, closing):
            if balance.currency != self.head.currency:
                self.note(balance.line, Fault.WRONG_CURRENCY, f"a balance in {balance.currency}")
        if Fault.WRONG_CURRENCY in self.troubles:
            return
        difference = closing.minor - opening.minor - self.sum_minor
        if difference:
            self.note(
                closing.line,
                Fault.DOES_NOT_TIE,
                f"opening {opening.minor} and entries {self.sum_minor} make"
                f" {opening.minor + self.sum_minor}, the closing balance is {closing.minor}",
                difference,
            )
        if closing.on < opening.on:
            self.note(closing.line, Fault.DATE_OUTSIDE, "it ends before it begins")
        if self.last_on is not None and self.last_on > closing.on:
            self.note(self.last_line, Fault.DATE_OUTSIDE, "an entry after the closing balance")

    @property
    def opening_on(self) -> date:
        """The first day of it."""
        if self.foot is not None and self.foot.opening is not None:
            return self.foot.opening.on
        return self.first_on or date.min

    @property
    def closing_on(self) -> date:
        """The last day of it."""
        if self.foot is not None and self.foot.closing is not None:
            return self.foot.closing.on
        return self.last_on or date.min
