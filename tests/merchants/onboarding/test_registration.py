"""Business registration numbers: what their check digit catches."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.errors import InvalidRegistrationNumber
from merchants.onboarding.registration import check_digit, normal_registration

NINES = st.text("0123456789", min_size=9, max_size=9)


@pytest.mark.parametrize(
    "text", ["124-81-00998", "1248100998", " 220-81-62517 ", "120-81-47521", "116-81-19948"]
)
def test_numbers_of_known_companies_are_read(text: str) -> None:
    assert normal_registration(text) == "".join(c for c in text if c.isdigit())


@pytest.mark.parametrize(
    "text", ["", "124-81-0099", "124-810-0998", "12481009980", "124\u201381-00998", "124 81 00998"]
)
def test_what_is_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(InvalidRegistrationNumber):
        normal_registration(text)


@given(NINES)
def test_exactly_one_last_digit_fits(first: str) -> None:
    fitting = 0
    for last in "0123456789":
        try:
            fitting += normal_registration(first + last) == first + last
        except InvalidRegistrationNumber:
            continue
    assert fitting == 1


@given(NINES)
def test_every_single_wrong_digit_is_caught(first: str) -> None:
    number = first + check_digit(first)
    for place, digit in product(range(10), "0123456789"):
        if number[place] == digit:
            continue
        with pytest.raises(InvalidRegistrationNumber):
            normal_registration(number[:place] + digit + number[place + 1 :])
