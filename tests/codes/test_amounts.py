"""Amounts, tips and fees: nothing is guessed, nothing rounded."""

import pytest

from merchants.codes.mpm import code as mpm
from merchants.codes.mpm.amounts import TipRule
from merchants.errors import (
    CodeAmountInvalid,
    CodeObjectInvalid,
    CodeObjectMissing,
    CodeObjectUnexpected,
)
from tests.codes.payloads import payload

KRW, CNY, KWD = "410", "156", "414"


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [
        (KRW, "12000", 12_000),
        (KRW, "12000.", 12_000),
        (KRW, "0012000", 12_000),
        (KRW, "9999999999999", 9_999_999_999_999),
        (CNY, "98.73", 9_873),
        (CNY, "98.7", 9_870),
        (CNY, "98", 9_800),
        (CNY, "98.", 9_800),
        (CNY, "0.01", 1),
        (KWD, "1.234", 1_234),
        (KWD, "1.2", 1_200),
    ],
)
def test_an_amount_is_an_exact_number_of_minor_units(currency: str, text: str, minor: int) -> None:
    amount = mpm.read(payload({"53": currency, "54": text})).amount

    assert amount is not None
    assert (amount.text, amount.minor) == (text, minor)


@pytest.mark.parametrize(
    ("currency", "text"),
    [
        (KRW, "10.5"),
        (KRW, "10.00"),
        (CNY, "98.731"),
        (KWD, "1.2345"),
        (CNY, "98,73"),
        (CNY, "3 705"),
        (CNY, "9.8.7"),
        (CNY, ".5"),
        (CNY, "."),
        (CNY, "0"),
        (CNY, "0.00"),
        (CNY, "000"),
        (CNY, "0."),
        (CNY, "-5"),
        (CNY, "+5"),
        (CNY, " 5"),
        (CNY, "5 "),
        (CNY, "1e9"),
        (CNY, "1_000"),
        (CNY, "NaN"),
        (CNY, "Infinity"),
        (CNY, "0x10"),
        (CNY, "\u0661\u0662"),
        (CNY, "\uff11\uff12"),
        (CNY, "***"),
        (KRW, "1" * 14),
    ],
)
def test_an_amount_that_is_not_plain_is_refused(currency: str, text: str) -> None:
    with pytest.raises(CodeAmountInvalid) as refusal:
        mpm.read(payload({"53": currency, "54": text}))

    assert refusal.value.path == "54"


def test_without_an_amount_the_payer_types_it() -> None:
    assert mpm.read(payload()).amount is None


def test_a_prompted_tip_needs_nothing_else() -> None:
    tip = mpm.read(payload({"55": "01"})).tip

    assert tip is not None
    assert (tip.rule, tip.fee, tip.percent) == (TipRule.PROMPT, None, None)


def test_a_fixed_fee_is_an_amount_of_the_currency() -> None:
    tip = mpm.read(payload({"53": CNY, "54": "10", "55": "02", "56": "1.5"})).tip

    assert tip is not None
    assert tip.fee is not None
    assert (tip.rule, tip.fee.minor) == (TipRule.FIXED, 150)


@pytest.mark.parametrize(
    ("text", "bps"), [("00.01", 1), ("99.99", 9_999), ("3", 300), ("3.", 300), ("2.5", 250)]
)
def test_a_percentage_is_kept_in_basis_points(text: str, bps: int) -> None:
    tip = mpm.read(payload({"55": "03", "57": text})).tip

    assert tip is not None
    assert (tip.rule, tip.percent, tip.rate_bps) == (TipRule.PERCENT, text, bps)


@pytest.mark.parametrize(
    "text", ["0", "00.00", "100", "99.999", "5%", "1,5", "-1", "1e1", "\u0665", "00100", "3.125"]
)
def test_a_percentage_outside_its_range_is_refused(text: str) -> None:
    with pytest.raises(CodeAmountInvalid) as refusal:
        mpm.read(payload({"55": "03", "57": text}))

    assert refusal.value.path == "57"


@pytest.mark.parametrize("text", ["0", "10.5", "free"])
def test_a_fixed_fee_is_judged_like_an_amount(text: str) -> None:
    with pytest.raises(CodeAmountInvalid) as refusal:
        mpm.read(payload({"55": "02", "56": text}))

    assert refusal.value.path == "56"


@pytest.mark.parametrize(
    ("rule", "fee", "percent", "outcome", "path"),
    [
        ("02", None, None, CodeObjectMissing, "56"),
        ("02", None, "5", CodeObjectMissing, "56"),
        ("02", "100", "5", CodeObjectUnexpected, "57"),
        ("03", None, None, CodeObjectMissing, "57"),
        ("03", "100", "5", CodeObjectUnexpected, "56"),
        ("01", "100", None, CodeObjectUnexpected, "56"),
        ("01", None, "5", CodeObjectUnexpected, "57"),
        (None, "100", None, CodeObjectUnexpected, "56"),
        (None, None, "5", CodeObjectUnexpected, "57"),
        ("04", None, None, CodeObjectInvalid, "55"),
    ],
)
def test_fee_and_percentage_come_only_with_their_rule(
    rule: str | None,
    fee: str | None,
    percent: str | None,
    outcome: type[CodeObjectInvalid],
    path: str,
) -> None:
    with pytest.raises(outcome) as refusal:
        mpm.read(payload({"55": rule, "56": fee, "57": percent}))

    assert refusal.value.path == path
