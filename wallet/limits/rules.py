"""Whether a movement is within the limits: plain arithmetic, no database, no clock.

A rule holds for the movements that it names, and counts what moved before and is named by it too.
All rules that name a movement must hold. What is not known does not bound: a currency without
rules has no limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wallet.models.limits import ANY, Period

WINDOWS = {Period.DAY: timedelta(hours=24), Period.MONTH: timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a limit tells movements apart by."""

    purpose: str
    means: str
    code_kind: str


@dataclass(frozen=True, slots=True)
class Movement:
    """An amount that is to leave a wallet."""

    kind: Kind
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Rule:
    """At most ``amount_minor`` and at most ``count`` movements in a period; None is no bound."""

    period: Period
    kind: Kind
    amount_minor: int | None = None
    count: int | None = None

    def names(self, kind: Kind) -> bool:
        """Tell whether movements of this kind are counted."""
        return (
            self.kind.purpose in {ANY, kind.purpose}
            and self.kind.means in {ANY, kind.means}
            and self.kind.code_kind in {ANY, kind.code_kind}
        )


@dataclass(frozen=True, slots=True)
class Used:
    """What movements of one kind sum to in one window, and when the first of them was."""

    period: Period
    kind: Kind
    amount_minor: int
    count: int
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule with what is used of it; ``left`` is None where the rule does not bound it."""

    rule: Rule
    used_minor: int
    used_count: int
    since: datetime | None

    @property
    def left_minor(self) -> int | None:
        """The most that one more movement may be by this rule's amount."""
        bound = self.rule.amount_minor
        return None if bound is None else max(bound - self.used_minor, 0)

    @property
    def left_count(self) -> int | None:
        """How many more movements the rule allows."""
        bound = self.rule.count
        return None if bound is None else max(bound - self.used_count, 0)

    @property
    def resets_at(self) -> datetime | None:
        """The first instant at which something of the limit is free again."""
        if self.since is None or self.rule.period not in WINDOWS:
            return None
        return self.since + WINDOWS[self.rule.period]

    def admits(self, amount_minor: int) -> bool:
        """Tell whether one more movement of this amount is within the rule."""
        fits = self.left_minor is None or amount_minor <= self.left_minor
        return fits and self.left_count != 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a movement may be; where not, the rule that leaves the least."""

    is_allowed: bool
    broken: Standing | None = None


def decide(rules: Iterable[Rule], usage: Sequence[Used], movement: Movement) -> Verdict:
    """Decide whether an outgoing movement is within every rule that names it."""
    named = (rule for rule in rules if rule.names(movement.kind))
    outgoing = (standing(rule, usage) for rule in named if rule.period != Period.BALANCE)
    broken = [found for found in outgoing if not found.admits(movement.amount_minor)]
    if not broken:
        return Verdict(is_allowed=True)
    return Verdict(is_allowed=False, broken=min(broken, key=_room))


def standing(rule: Rule, usage: Iterable[Used]) -> Standing:
    """Return what is used of a rule over time; nothing is, of a rule about each movement."""
    counted = [u for u in usage if u.period == rule.period and rule.names(u.kind)]
    first = min((u.since for u in counted if u.since is not None), default=None)
    amount, count = sum(u.amount_minor for u in counted), sum(u.count for u in counted)
    return Standing(rule, amount, count, first if amount or count else None)


def fits_at(
    broken: Standing, past: Iterable[tuple[datetime, int, int]], amount_minor: int
) -> datetime | None:
    """Return when a refused movement will be within the rule, or None when it never will be.

    Args:
        broken: the rule that refused it, and what was used of it.
        past: (instant, amount, count) of each movement that the rule counted.
        amount_minor: of the refused movement.

    """
    window = WINDOWS.get(broken.rule.period)
    if window is None:
        return None
    used_minor, used_count = broken.used_minor, broken.used_count
    for at, minor, count in sorted(past):
        used_minor, used_count = used_minor - minor, used_count - count
        if Standing(broken.rule, used_minor, used_count, None).admits(amount_minor):
            return at + window
    return None


def _room(found: Standing) -> int:
    return 0 if found.left_count == 0 or found.left_minor is None else found.left_minor
