"""The decision about a payment: a pure function of what the rules measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from merchants.models import RiskRule

Outcome = RiskRule.Outcome
_STRENGTH = (Outcome.ALLOW, Outcome.STEP_UP, Outcome.REFUSE)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one rule found; ``value`` is None where it has nothing to measure."""

    rule_id: int
    code: str
    outcome: RiskRule.Outcome
    is_dry_run: bool
    threshold: int
    value: int | None

    @property
    def is_hit(self) -> bool:
        """Whether it is above the threshold."""
        return self.value is not None and self.value > self.threshold


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to the payment, the code of the rule that says so, and every rule that hit."""

    outcome: RiskRule.Outcome
    reason: str
    hits: tuple[Measured, ...]


def decide(measured: Sequence[Measured], *, is_stepped_up: bool) -> Verdict:
    """Return the strongest outcome of the rules in effect that hit; of equals, the first one's.

    A second proof that was shown is what STEP_UP asks for. Rules on a dry run hit without effect.
    """
    hits = tuple(one for one in measured if one.is_hit)
    outcome, reason = Outcome.ALLOW, ""
    for hit in hits:
        if hit.is_dry_run or (hit.outcome == Outcome.STEP_UP and is_stepped_up):
            continue
        if _STRENGTH.index(hit.outcome) > _STRENGTH.index(outcome):
            outcome, reason = hit.outcome, hit.code
    return Verdict(outcome, reason, hits)
