"""The decision by the limits: tables of rules, and what can never happen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.limits.rules import Kind, Movement, Rule, Standing, Used, decide, fits_at, standing
from wallet.models import Period

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANY = Kind("ANY", "ANY", "ANY")
TRANSFER = Kind("TRANSFER", "PIN", "NONE")
PRINTED = Kind("PAYMENT", "PIN", "STATIC")
SIGNED = Kind("PAYMENT", "DEVICE", "DYNAMIC")
EACH, DAY, MONTH, BALANCE = Period.EACH, Period.DAY, Period.MONTH, Period.BALANCE


def used(period: Period, minor: int, count: int = 1, kind: Kind = TRANSFER) -> Used:
    return Used(period, kind, minor, count, NOW)


@pytest.mark.parametrize(
    ("rule", "usage", "movement", "allowed"),
    [
        # rule                              used before            now                 allowed
        (Rule(EACH, ANY, 300), [], Movement(TRANSFER, 300), True),
        (Rule(EACH, ANY, 300), [], Movement(TRANSFER, 301), False),
        (Rule(EACH, ANY, 300), [used(DAY, 900)], Movement(TRANSFER, 300), True),
        (Rule(DAY, ANY, 300), [used(DAY, 299)], Movement(TRANSFER, 1), True),
        (Rule(DAY, ANY, 300), [used(DAY, 299)], Movement(TRANSFER, 2), False),
        (Rule(DAY, ANY, 300), [used(DAY, 400)], Movement(TRANSFER, 1), False),
        (Rule(DAY, ANY, 300), [used(MONTH, 300)], Movement(TRANSFER, 300), True),
        (Rule(MONTH, ANY, 300), [used(MONTH, 300)], Movement(TRANSFER, 1), False),
        (Rule(DAY, ANY, None, 2), [used(DAY, 9, 1)], Movement(TRANSFER, 10**9), True),
        (Rule(DAY, ANY, None, 2), [used(DAY, 9, 2)], Movement(TRANSFER, 1), False),
        (Rule(DAY, ANY, 0), [], Movement(TRANSFER, 1), False),
        # a rule about some movements counts those, and binds those
        (Rule(DAY, Kind("ANY", "ANY", "STATIC"), 5), [], Movement(PRINTED, 6), False),
        (Rule(DAY, Kind("ANY", "ANY", "STATIC"), 5), [], Movement(SIGNED, 6), True),
        (
            Rule(DAY, Kind("ANY", "ANY", "STATIC"), 5),
            [used(DAY, 5, kind=SIGNED)],
            Movement(PRINTED, 5),
            True,
        ),
        (Rule(DAY, Kind("ANY", "DEVICE", "ANY"), 5), [], Movement(SIGNED, 6), False),
        (Rule(DAY, Kind("ANY", "DEVICE", "ANY"), 5), [], Movement(PRINTED, 6), True),
        (Rule(DAY, Kind("TRANSFER", "ANY", "ANY"), 5), [], Movement(TRANSFER, 6), False),
        (Rule(DAY, Kind("TRANSFER", "ANY", "ANY"), 5), [], Movement(PRINTED, 6), True),
        # kinds add up under a rule about all
        (
            Rule(DAY, ANY, 10),
            [used(DAY, 4, kind=PRINTED), used(DAY, 4, kind=SIGNED)],
            Movement(TRANSFER, 3),
            False,
        ),
        # what may be held says nothing of what leaves
        (Rule(BALANCE, ANY, 1), [], Movement(TRANSFER, 2), True),
    ],
)
def test_a_rule_allows_up_to_its_bound_and_nothing_more(
    rule: Rule, usage: list[Used], movement: Movement, *, allowed: bool
) -> None:
    assert decide([rule], usage, movement).is_allowed is allowed


def test_without_rules_everything_is_allowed() -> None:
    assert decide([], [used(DAY, 10**12)], Movement(TRANSFER, 10**12)).is_allowed


def test_of_several_broken_rules_the_tightest_is_named() -> None:
    wide, tight = Rule(MONTH, ANY, 500), Rule(DAY, ANY, 300)
    verdict = decide([wide, tight], [used(DAY, 100), used(MONTH, 100)], Movement(TRANSFER, 450))
    assert verdict.broken is not None
    assert (verdict.broken.rule, verdict.broken.left_minor) == (tight, 200)
    out = Rule(DAY, ANY, None, 1)
    verdict = decide([wide, out], [used(DAY, 100), used(MONTH, 100)], Movement(TRANSFER, 450))
    assert verdict.broken is not None
    assert verdict.broken.rule == out


def test_a_refused_movement_fits_when_enough_of_the_past_has_left_the_window() -> None:
    rule = Rule(DAY, ANY, 100)
    past = [(NOW - timedelta(hours=h), minor, 1) for h, minor in ((5, 30), (20, 20), (1, 50))]
    found = Standing(rule, 100, 3, NOW)
    day = timedelta(hours=24)
    assert fits_at(found, past, 20) == NOW - timedelta(hours=20) + day
    assert fits_at(found, past, 50) == NOW - timedelta(hours=5) + day
    assert fits_at(found, past, 100) == NOW - timedelta(hours=1) + day
    assert fits_at(found, past, 101) is None
    assert fits_at(Standing(Rule(EACH, ANY, 1), 0, 0, None), [], 2) is None


def test_a_limit_resets_a_window_after_its_first_use() -> None:
    assert standing(Rule(DAY, ANY, 9), [used(DAY, 5)]).resets_at == NOW + timedelta(hours=24)
    assert standing(Rule(MONTH, ANY, 9), [used(MONTH, 5)]).resets_at == NOW + timedelta(days=30)
    assert standing(Rule(DAY, ANY, 9), []).resets_at is None


kinds = st.builds(
    Kind,
    st.sampled_from(["TRANSFER", "PAYMENT"]),
    st.sampled_from(["SESSION", "PIN"]),
    st.sampled_from(["NONE", "STATIC"]),
)
masks = st.builds(
    Kind,
    st.sampled_from(["ANY", "TRANSFER", "PAYMENT"]),
    st.sampled_from(["ANY", "SESSION", "PIN"]),
    st.sampled_from(["ANY", "NONE", "STATIC"]),
)
amounts = st.integers(1, 1_000)
rules = st.lists(
    st.builds(
        Rule,
        st.sampled_from([EACH, DAY, MONTH]),
        masks,
        st.none() | st.integers(0, 2_000),
        st.none() | st.integers(0, 5),
    ),
    max_size=6,
)
movements = st.lists(st.builds(Movement, kinds, amounts), max_size=12)


def play(rules: list[Rule], movements: list[Movement]) -> list[Movement]:
    """Decide one movement after the other; return those that were allowed."""
    allowed: list[Movement] = []
    for movement in movements:
        usage = [
            Used(period, one.kind, one.amount_minor, 1, NOW)
            for one in allowed
            for period in (DAY, MONTH)
        ]
        if decide(rules, usage, movement).is_allowed:
            allowed.append(movement)
    return allowed


@given(rules, movements)
def test_what_is_allowed_never_sums_to_more_than_any_rule(
    rules: list[Rule], movements: list[Movement]
) -> None:
    allowed = play(rules, movements)
    for rule in rules:
        named = [one for one in allowed if rule.names(one.kind)]
        amounts = [one.amount_minor for one in named]
        total = max(amounts, default=0) if rule.period == EACH else sum(amounts)
        assert rule.amount_minor is None or total <= rule.amount_minor
        over_time = rule.period != EACH
        assert rule.count is None or not over_time or len(named) <= rule.count


@given(rules, movements, kinds, amounts, amounts)
def test_less_is_allowed_where_more_is_and_more_rules_or_usage_never_allow_more(
    rules: list[Rule], movements: list[Movement], kind: Kind, one: int, other: int
) -> None:
    usage = [Used(p, m.kind, m.amount_minor, 1, NOW) for m in movements for p in (DAY, MONTH)]
    small, large = sorted((one, other))
    if decide(rules, usage, Movement(kind, large)).is_allowed:
        assert decide(rules, usage, Movement(kind, small)).is_allowed
        assert decide(rules[1:], usage, Movement(kind, large)).is_allowed
        assert decide(rules, usage[2:], Movement(kind, large)).is_allowed


@given(
    st.integers(0, 500), st.lists(st.tuples(st.integers(0, 1_000), amounts), max_size=9), amounts
)
def test_at_the_instant_told_the_movement_fits_and_before_it_does_not(
    bound: int, minutes: list[tuple[int, int]], amount: int
) -> None:
    past = [(NOW - timedelta(minutes=ago), minor, 1) for ago, minor in minutes]
    rule = Rule(DAY, ANY, bound)

    def at(instant: datetime) -> Standing:
        live = [p for p in past if p[0] > instant - timedelta(hours=24)]
        return Standing(rule, sum(p[1] for p in live), len(live), None)

    if at(NOW).admits(amount):
        return
    told = fits_at(at(NOW), past, amount)
    if told is None:
        assert amount > bound
    else:
        assert at(told).admits(amount)
        assert not at(told - timedelta(seconds=1)).admits(amount)
