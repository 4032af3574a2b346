"""What became of a file, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ledger.currencies import CURRENCIES
from ledger.money import Money
from merchants.models import StatementFile
from merchants.statements.checking import Section, Trouble

_State = StatementFile.State


@dataclass
class Verdict:
    """What an import found, and what it did; ``state`` is the file's."""

    name: str
    sha256: str
    state: str
    is_dry_run: bool = False
    is_known: bool = False
    sections: list[Section] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        """Whether the file is in quarantine, or would be."""
        return bool(self.troubles)

    @property
    def added(self) -> int:
        """How many lines are new."""
        return sum(section.added for section in self.sections)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "file": self.name,
            "sha256": self.sha256,
            "state": self.state,
            "dry_run": self.is_dry_run,
            "known": self.is_known,
            "added": self.added,
            "statements": [_statement(section) for section in self.sections],
            "troubles": [trouble.as_dict() for trouble in self.troubles],
        }

    def lines(self) -> Iterator[str]:
        """Yield it as lines of text."""
        for section in self.sections:
            yield from _lines(section)
        for trouble in self.troubles:
            difference = trouble.difference_minor
            more = f" (difference {difference:+})" if difference is not None else ""
            yield f"line {trouble.line}: {trouble.fault}: {trouble.message}{more}"
        yield f"{self.name}: {self._summary()}"

    def _summary(self) -> str:
        if self.troubles:
            would = "would go" if self.is_dry_run else "went"
            return f"{would} to quarantine, nothing was loaded"
        if self.is_known:
            return f"{self.state}, known before, nothing added"
        would = "would be added" if self.is_dry_run else "added"
        return f"{self.state}, {self.added} lines {would}"


def _statement(section: Section) -> dict[str, Any]:
    head, foot = section.head, section.foot
    opening, closing = (foot.opening, foot.closing) if foot else (None, None)
    return {
        "line": head.line,
        "name": head.name,
        "account": f"..{head.account[-4:]}",
        "currency": head.currency,
        "sequence": head.sequence,
        "booked": head.is_booked,
        "opening": _amount(opening.minor, head.currency) if opening else None,
        "closing": _amount(closing.minor, head.currency) if closing else None,
        "from": section.opening_on.isoformat(),
        "to": section.closing_on.isoformat(),
        "entries": section.count,
        "pending": section.skipped,
        "sum": _amount(section.sum_minor, head.currency),
        "added": section.added,
        "known": section.is_known,
        "gap": section.gap,
    }


def _amount(minor: int, currency: str) -> dict[str, object]:
    text = Money(minor, currency).to_major() if currency in CURRENCIES else str(minor)
    return {"amount": text, "amount_minor": minor}


def _lines(section: Section) -> Iterator[str]:
    told = _statement(section)
    sequence = "" if told["sequence"] is None else f" no. {told['sequence']}"
    yield (
        f"statement {told['name']}{sequence} of {told['account']} {told['currency']},"
        f" {told['from']} to {told['to']}"
    )
    if told["opening"] and told["closing"]:
        yield (
            f"  opening {told['opening']['amount']} + {told['entries']} entries"
            f" {told['sum']['amount']} = closing {told['closing']['amount']}"
        )
    else:
        yield f"  {told['entries']} entries {told['sum']['amount']}"
    if told["gap"]:
        yield f"  gap: {told['gap']}"
