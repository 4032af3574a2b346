"""Money counts minor units; text comes in and goes out without a unit gained or lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.currencies import BY_NUMERIC, CURRENCIES
from ledger.errors import CurrencyMismatch, InvalidAmount, UnknownCurrency
from ledger.money import MAX_MINOR, Money

EXPONENTS = {"KRW": 0, "POINT": 0, "CNY": 2, "USD": 2, "KWD": 3}


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("10500", "KRW", 10_500),
        ("0", "KRW", 0),
        ("7", "POINT", 7),
        ("10.5", "CNY", 1_050),
        ("10.50", "CNY", 1_050),
        ("0.01", "USD", 1),
        ("10", "USD", 1_000),
        ("1.234", "KWD", 1_234),
        ("0.001", "KWD", 1),
        ("9223372036854775807", "KRW", MAX_MINOR),
        ("92233720368547758.07", "USD", MAX_MINOR),
    ],
)
def test_decimal_text_becomes_minor_units(text: str, currency: str, minor: int) -> None:
    assert Money.from_major(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("10.5", "KRW"),
        ("10.0", "KRW"),
        ("1.5", "POINT"),
        ("10.505", "CNY"),
        ("1.2345", "KWD"),
    ],
)
def test_more_decimals_than_the_currency_has_are_refused(text: str, currency: str) -> None:
    with pytest.raises(InvalidAmount):
        Money.from_major(text, currency)


@pytest.mark.parametrize(
    "text",
    [
        "1e3",
        "1E3",
        "NaN",
        "Infinity",
        "-1",
        "+1",
        "1_000",
        "1,000",
        " 1",
        "1 ",
        "1\n",
        "",
        ".",
        "1.",
        ".5",
        "01",
        "00",
        "0x10",
        "١٢٣",
        "１２３",  # noqa: RUF001 - so are full-width ones.
        "१",
        "1.٥",  # noqa: RUF001
        "₩100",
        "9" * 400,
    ],
)
def test_what_is_not_plain_ascii_digits_is_refused(text: str) -> None:
    with pytest.raises(InvalidAmount):
        Money.from_major(text, "USD")


@pytest.mark.parametrize("given_value", [1, 1.0, 1.5, None, True, b"1", ["1"]])
def test_only_text_is_read_as_a_decimal(given_value: object) -> None:
    with pytest.raises(InvalidAmount):
        Money.from_major(given_value, "KRW")


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        (str(2**63), "KRW"),
        ("92233720368547758.08", "USD"),
        ("9223372036854775.808", "KWD"),
        ("99999999999999999999", "KRW"),
    ],
)
def test_an_amount_beyond_bigint_is_refused(text: str, currency: str) -> None:
    with pytest.raises(InvalidAmount):
        Money.from_major(text, currency)


@pytest.mark.parametrize("minor", [1.0, True, "1", None])
def test_only_a_whole_number_counts_minor_units(minor: object) -> None:
    with pytest.raises(InvalidAmount):
        Money(minor, "KRW")  # type: ignore[arg-type]


def test_a_sum_beyond_bigint_is_refused() -> None:
    with pytest.raises(InvalidAmount):
        Money(MAX_MINOR, "KRW") + Money(1, "KRW")


@pytest.mark.parametrize("code", ["krw", "XXX", "", "KR"])
def test_a_currency_the_ledger_does_not_keep_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        Money.from_major("1", code)


@pytest.mark.parametrize(("code", "exponent"), EXPONENTS.items())
def test_exponents_are_those_of_iso_4217(code: str, exponent: int) -> None:
    assert CURRENCIES[code].exponent == exponent


def test_numeric_codes_are_three_digits_and_own_units_have_none() -> None:
    assert BY_NUMERIC["410"].code == "KRW"
    assert all(len(numeric) == 3 and numeric.isdigit() for numeric in BY_NUMERIC)
    assert len(BY_NUMERIC) == len(CURRENCIES) - 1
    assert CURRENCIES["POINT"].numeric == ""


@given(
    minor=st.integers(min_value=0, max_value=MAX_MINOR),
    currency=st.sampled_from(sorted(CURRENCIES)),
)
def test_out_as_text_and_in_again_is_the_same_money(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.from_major(money.to_major(), currency) == money
    assert str(-money) == (f"-{money}" if minor else str(money))


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(-5, "USD", "-0.05"), (-1_234, "KWD", "-1.234"), (-1, "KRW", "-1"), (100, "CNY", "1.00")],
)
def test_money_is_written_with_all_its_decimals(minor: int, currency: str, text: str) -> None:
    assert Money(minor, currency).to_major() == text


def test_currencies_do_not_mix() -> None:
    won, dollars = Money(1, "KRW"), Money(1, "USD")
    for mix in (
        lambda: won + dollars,
        lambda: won - dollars,
        lambda: won < dollars,
        lambda: won <= dollars,
        lambda: won > dollars,
        lambda: won >= dollars,
    ):
        with pytest.raises(CurrencyMismatch):
            mix()
    assert won != dollars


@given(
    minor=st.integers(min_value=-MAX_MINOR, max_value=MAX_MINOR),
    weights=st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=20).filter(
        any
    ),
)
def test_allocation_loses_nothing_and_is_fair_to_a_unit(minor: int, weights: list[int]) -> None:
    parts = [part.minor for part in Money(minor, "KRW").allocate(weights)]

    assert sum(parts) == minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - minor * weight) < sum(weights)


def test_units_left_over_go_to_the_largest_remainders_and_ties_to_the_earlier() -> None:
    assert [p.minor for p in Money(100, "KRW").allocate([1, 1, 1])] == [34, 33, 33]
    assert [p.minor for p in Money(-100, "KRW").allocate([1, 1, 1])] == [-34, -33, -33]
    assert [p.minor for p in Money(10, "KRW").allocate([15, 85])] == [2, 8]
    assert [p.minor for p in Money(5, "KRW").allocate([0, 1])] == [0, 5]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [-1, 2]])
def test_nothing_is_allocated_by_weights_without_weight(weights: list[int]) -> None:
    with pytest.raises(InvalidAmount):
        Money(1, "KRW").allocate(weights)
