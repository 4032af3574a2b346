"""The decision by itself: what hits, which outcome is the strongest, what a dry run does."""

from __future__ import annotations

import pytest

from merchants.models import RiskRule
from merchants.risk.deciding import Measured, decide
from merchants.risk.measuring import Position, metres_between

ALLOW, STEP_UP, REFUSE = RiskRule.Outcome.ALLOW, RiskRule.Outcome.STEP_UP, RiskRule.Outcome.REFUSE


def rule(
    code: str, outcome: RiskRule.Outcome, value: int | None = 11, *, dry: bool = False
) -> Measured:
    """What a rule with a threshold of 10 measured."""
    return Measured(1, code, outcome, dry, 10, value)


@pytest.mark.parametrize(
    ("measured", "outcome", "reason", "hits"),
    [
        ([], ALLOW, "", 0),
        ([rule("a", REFUSE, 10)], ALLOW, "", 0),
        ([rule("a", REFUSE, None)], ALLOW, "", 0),
        ([rule("a", REFUSE)], REFUSE, "a", 1),
        ([rule("a", STEP_UP)], STEP_UP, "a", 1),
        ([rule("a", ALLOW)], ALLOW, "", 1),
        ([rule("a", STEP_UP), rule("b", REFUSE), rule("c", REFUSE)], REFUSE, "b", 3),
        ([rule("a", REFUSE), rule("b", STEP_UP)], REFUSE, "a", 2),
        ([rule("a", REFUSE, dry=True)], ALLOW, "", 1),
        ([rule("a", REFUSE, dry=True), rule("b", STEP_UP)], STEP_UP, "b", 2),
    ],
)
def test_the_strongest_rule_in_effect_decides(
    measured: list[Measured], outcome: RiskRule.Outcome, reason: str, hits: int
) -> None:
    verdict = decide(measured, is_stepped_up=False)
    assert (verdict.outcome, verdict.reason, len(verdict.hits)) == (outcome, reason, hits)


def test_a_second_proof_is_what_a_step_up_asks_for_and_no_more() -> None:
    asked = [rule("a", STEP_UP)]
    assert decide(asked, is_stepped_up=True).outcome == ALLOW
    assert decide([*asked, rule("b", REFUSE)], is_stepped_up=True).reason == "b"


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((37_566_500, 126_978_000), (37_566_500, 126_978_000), 0),
        ((37_566_500, 126_978_000), (35_179_600, 129_075_600), 325_100),  # Seoul, Busan
        ((0, 179_900_000), (0, -179_900_000), 22_239),  # over the date line
        ((90_000_000, 0), (-90_000_000, 0), 20_015_087),
    ],
)
def test_distances_are_those_on_the_globe(
    one: tuple[int, int], other: tuple[int, int], metres: int
) -> None:
    found = metres_between(Position(*one), Position(*other))
    assert found is not None
    assert abs(found - metres) <= metres // 200
    assert metres_between(None, Position(*other)) is None
