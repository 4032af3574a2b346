"""What is emitted is read back exactly, and whatever is read is refused in one way only."""

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.codes.mpm import code as mpm
from merchants.codes.mpm import currencies
from merchants.codes.mpm.amounts import Amount, Tip, TipRule
from merchants.codes.mpm.code import MerchantPresentedCode, PointOfInitiation
from merchants.codes.mpm.templates import AdditionalData, Alternative, Template
from merchants.codes.mpm.tlv import DataObject
from merchants.errors import (
    CodeAmountInvalid,
    CodeNotWritable,
    CodeObjectDuplicated,
    CodeObjectInvalid,
    CodeObjectMissing,
    CodeRefused,
)
from tests.codes.payloads import payload, run, sealed

KRW = currencies.by_numeric("410")
CNY = currencies.by_numeric("156")

STORE = MerchantPresentedCode(
    accounts=(Template("26", "app.other", (DataObject("01", "ACCT"),)),),
    currency=KRW,
    country="KR",
    merchant_category_code="5814",
    merchant_name="Sonamu Coffee",
    merchant_city="Seoul",
)


def ascii_text(max_size: int) -> st.SearchStrategy[str]:
    return st.text(
        st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=max_size
    )


def any_text(max_size: int) -> st.SearchStrategy[str]:
    hangul = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
    return st.text(hangul | st.sampled_from("aZ 0·é🏪"), min_size=1, max_size=max_size)


def ids(first: int, last: int) -> st.SearchStrategy[str]:
    return st.integers(first, last).map("{:02d}".format)


def objects(first: int, last: int) -> st.SearchStrategy[tuple[DataObject, ...]]:
    """Up to two objects with different ids of a range."""
    return st.dictionaries(ids(first, last), any_text(6), max_size=2).map(
        lambda found: tuple(DataObject(*each) for each in found.items())
    )


def templates(first: int, last: int) -> st.SearchStrategy[tuple[Template, ...]]:
    """One or two templates with different ids of a range."""
    one = st.builds(Template, ids(first, last), ascii_text(12), objects(1, 99))
    return st.lists(one, min_size=1, max_size=2, unique_by=lambda each: each.id).map(tuple)


amounts = st.integers(1, 10**13 - 1).map(lambda minor: Amount(str(minor), minor))
tips = st.one_of(
    st.just(Tip(TipRule.PROMPT)),
    amounts.map(lambda fee: Tip(TipRule.FIXED, fee=fee)),
    st.integers(1, 9999).map(
        lambda bps: Tip(TipRule.PERCENT, percent=f"{bps // 100:02d}.{bps % 100:02d}")
    ),
)
labels = st.none() | st.just("***") | ascii_text(6)
additional = st.builds(
    AdditionalData,
    bill_number=ascii_text(6),
    mobile_number=labels,
    store_label=labels,
    purpose=labels,
    consumer_data_request=st.none() | st.sampled_from(["A", "ME", "EMA"]),
    reserved=objects(12, 49),
    templates=st.just(()) | templates(50, 99).map(lambda found: found[:1]),
)
alternatives = st.builds(
    Alternative,
    language=st.sampled_from(["ko", "ZH"]),
    merchant_name=any_text(25),
    merchant_city=st.none() | any_text(15),
    reserved=objects(3, 99),
)
codes = st.builds(
    MerchantPresentedCode,
    accounts=templates(26, 51),
    card_accounts=st.just(())
    | st.builds(DataObject, ids(2, 25), ascii_text(20)).map(lambda a: (a,)),
    currency=st.just(KRW),
    country=st.text(string.ascii_uppercase, min_size=2, max_size=2),
    merchant_category_code=st.integers(0, 9999).map("{:04d}".format),
    merchant_name=ascii_text(25),
    merchant_city=ascii_text(15),
    postal_code=st.none() | ascii_text(10),
    point_of_initiation=st.none() | st.sampled_from(PointOfInitiation),
    amount=st.none() | amounts,
    tip=st.none() | tips,
    additional_data=st.none() | additional,
    alternative=st.none() | alternatives,
    ignored=objects(65, 79),
)


@given(codes)
def test_a_written_code_reads_back_exactly(code: MerchantPresentedCode) -> None:
    assert mpm.read(mpm.write(code)) == code


@given(codes)
def test_writing_what_was_read_gives_the_same_payload(code: MerchantPresentedCode) -> None:
    text = mpm.write(code)

    assert mpm.write(mpm.read(text)) == text


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(CodeRefused):
        mpm.read(text)


def refusal_of(text: str) -> CodeRefused | None:
    """Return why ``text`` is refused; anything but a refusal ends the test."""
    try:
        mpm.read(text)
    except CodeRefused as refusal:
        return refusal
    return None


@given(st.text(st.sampled_from("0123456926*.A가\0")).map("000201".__add__))
def test_any_text_that_looks_like_a_code_is_read_or_refused(text: str) -> None:
    for refusal in (refusal_of(text), refusal_of(sealed(text))):
        assert refusal is None or (refusal.code and str(refusal))


fields = st.dictionaries(ids(0, 99), any_text(99) | ascii_text(99), max_size=4)


@given(fields, st.sampled_from(["26", "51", "62", "64", "80"]), fields)
def test_any_run_of_objects_is_read_or_refused(
    outer: dict[str, str], template: str, inner: dict[str, str]
) -> None:
    refusal = refusal_of(payload({**outer, template: run(inner)[:99] or None}))

    assert refusal is None or (refusal.code and str(refusal))


def test_objects_are_emitted_in_the_order_of_their_ids() -> None:
    assert mpm.write(STORE) == payload()


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (replace(STORE, accounts=()), CodeObjectMissing),
        (replace(STORE, merchant_category_code=None), CodeObjectMissing),
        (replace(STORE, merchant_name=None), CodeObjectMissing),
        (replace(STORE, merchant_city=None), CodeObjectMissing),
        (replace(STORE, merchant_name="소나무"), CodeObjectInvalid),
        (replace(STORE, merchant_name="x" * 26), CodeObjectInvalid),
        (replace(STORE, merchant_name=""), CodeObjectInvalid),
        (replace(STORE, country="kr"), CodeObjectInvalid),
        (replace(STORE, payload_format="02"), CodeObjectInvalid),
        (replace(STORE, additional_data=AdditionalData()), CodeObjectInvalid),
        (replace(STORE, accounts=STORE.accounts * 2), CodeObjectDuplicated),
        (replace(STORE, ignored=(DataObject("59", "Other"),)), CodeObjectDuplicated),
        (replace(STORE, ignored=(DataObject("54", "1"),)), CodeNotWritable),
        (replace(STORE, amount=Amount("1000", 1001)), CodeNotWritable),
        (replace(STORE, amount=Amount("0", 0)), CodeAmountInvalid),
        (replace(STORE, amount=Amount("10.5", 1050)), CodeAmountInvalid),
        (replace(STORE, currency=replace(CNY, numeric="410")), CodeNotWritable),
        (replace(STORE, accounts=(replace(STORE.accounts[0], id="62"),)), CodeRefused),
    ],
)
def test_a_code_that_would_not_read_back_is_not_emitted(
    code: MerchantPresentedCode, outcome: type[CodeRefused]
) -> None:
    with pytest.raises(outcome):
        mpm.write(code)
