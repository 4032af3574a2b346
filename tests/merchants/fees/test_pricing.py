"""What a payment costs: which price counts, how it is rounded, what a refund gives back."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.fees import fee_returned, payment_fee, price_of, vat
from merchants.models import FeePlan, FeeRate

amounts = st.integers(1, 10**12)
fees = st.integers(0, 10**6)


@given(amounts, st.integers(0, 10_000), fees, fees, st.none() | fees)
def test_a_fee_is_exact_to_half_a_unit_and_within_its_bounds(
    amount: int, rate: int, fixed: int, least: int, above: int | None
) -> None:
    most = None if above is None else least + above
    plan = FeePlan(rate_bps=rate, fixed_minor=fixed, minimum_minor=least, maximum_minor=most)
    fee = payment_fee(plan=plan, amount_minor=amount)
    exact = Fraction(amount * rate, 10_000) + fixed
    wanted = max(exact, Fraction(least))
    if most is not None:
        wanted = min(wanted, Fraction(most))
    assert 0 <= fee <= amount
    assert fee == amount or abs(fee - wanted) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("amount", "rate", "fee"), [(100, 50, 1), (99, 50, 0), (300, 50, 2), (1, 5000, 1)]
)
def test_half_a_unit_is_rounded_away_from_zero(amount: int, rate: int, fee: int) -> None:
    assert payment_fee(plan=FeePlan(rate_bps=rate), amount_minor=amount) == fee


@given(amounts, amounts, st.integers(0, 10_000), fees)
def test_a_larger_payment_never_costs_less(amount: int, more: int, rate: int, fixed: int) -> None:
    plan = FeePlan(rate_bps=rate, fixed_minor=fixed)
    less = payment_fee(plan=plan, amount_minor=amount)
    assert less <= payment_fee(plan=plan, amount_minor=amount + more)


def rate(kind: str, turnover: int, bps: int) -> FeeRate:
    return FeeRate(kind=kind, from_turnover_minor=turnover, rate_bps=bps)


RATES = [
    rate("ANY", 0, 160),
    rate("ANY", 1_000, 150),
    rate("CONSUMER", 1_000, 120),
    rate("CONSUMER", 5_000, 110),
]


@pytest.mark.parametrize(
    ("kind", "turnover", "bps"),
    [
        ("STATIC", 0, 160),
        ("STATIC", 999, 160),
        ("STATIC", 1_000, 150),
        ("CONSUMER", 999, 160),
        ("CONSUMER", 1_000, 120),
        ("CONSUMER", 4_999, 120),
        ("CONSUMER", 9_999, 110),
        ("OFFLINE", 9_999, 150),
    ],
)
def test_the_nearest_rate_counts(kind: str, turnover: int, bps: int) -> None:
    plan = FeePlan(rate_bps=175)
    for rates in (RATES, RATES[::-1]):
        found = price_of(plan=plan, rates=rates, kind=kind, turnover_minor=turnover)
        assert found.rate_bps == bps


def test_without_a_rate_that_fits_the_plans_own_price_counts() -> None:
    plan = FeePlan(rate_bps=175)
    (only,) = RATES[2:3]
    asked: list[dict[str, Any]] = [
        {"rates": [], "kind": "STATIC", "turnover_minor": 0},
        {"rates": [only], "kind": "STATIC", "turnover_minor": 10**9},
        {"rates": [only], "kind": "CONSUMER", "turnover_minor": 999},
    ]
    assert all(price_of(plan=plan, **each) is plan for each in asked)


@given(amounts, st.integers(0, 10_000), st.lists(st.integers(1, 10**11), max_size=6))
def test_refunds_give_back_a_share_of_the_fee_and_in_the_end_all_of_it(
    amount: int, bps: int, parts: list[int]
) -> None:
    plan = FeePlan(rate_bps=bps, returns_fee=True)
    fee = payment_fee(plan=plan, amount_minor=amount)
    before = given_back = 0
    for part in (*parts, amount):
        refund = min(part, amount - before)
        back = fee_returned(
            plan=plan,
            amount_minor=amount,
            fee_minor=fee,
            before_minor=before,
            refund_minor=refund,
        )
        assert 0 <= back <= refund
        before, given_back = before + refund, given_back + back
        assert abs(given_back - Fraction(fee * before, amount)) <= Fraction(1, 2)
    assert given_back == fee


def test_a_plan_that_keeps_fees_gives_nothing_back() -> None:
    back = fee_returned(
        plan=FeePlan(), amount_minor=100, fee_minor=10, before_minor=0, refund_minor=100
    )
    assert back == 0


@given(fees, st.integers(0, 10_000))
def test_vat_is_rounded_half_up(fee: int, bps: int) -> None:
    assert vat(plan=FeePlan(vat_bps=bps), fee_minor=fee) == int(
        Fraction(fee * bps, 10_000) + Fraction(1, 2)
    )
