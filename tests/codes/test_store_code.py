"""Our own printed code: composed, read back, and not to be confused with others."""

from dataclasses import replace
from typing import Any

import pytest

from merchants.codes.mpm import code as mpm
from merchants.codes.mpm.amounts import Amount, Tip, TipRule
from merchants.codes.ours.store_code import (
    PROMPTS,
    StoreCode,
    is_store_code,
    read_store_code,
    write_store_code,
)
from merchants.errors import (
    CodeObjectInvalid,
    LatinNameRequired,
    StoreCodeInvalid,
    StoreCodeVersionUnknown,
)
from tests.codes.payloads import OURS, PIX, payload, run

CORNER_SHOP = StoreCode(
    merchant_id="M7K2Q9ZT4XBA",
    store_id="S1A2B3C4D5E6",
    name="Corner Shop",
    city="Seoul",
    country="KR",
    currency="KRW",
    merchant_category_code="5411",
)
PINE_COFFEE = replace(
    CORNER_SHOP,
    name="소나무 커피",
    latin_name="Sonamu Coffee",
    city="서울",
    latin_city="Seoul",
    postal_code="04524",
    store_label="GANGNAM-2",
    terminal_label="T01",
)


@pytest.mark.parametrize(
    "store",
    [
        CORNER_SHOP,
        PINE_COFFEE,
        replace(PINE_COFFEE, city="Seoul", latin_city=""),
        replace(PINE_COFFEE, name="Corner Shop", latin_name=""),
        replace(CORNER_SHOP, terminal_label="T01"),
        replace(CORNER_SHOP, currency="KWD", country="KW"),
        replace(CORNER_SHOP, tip=Tip(TipRule.PROMPT)),
        replace(CORNER_SHOP, tip=Tip(TipRule.FIXED, fee=Amount("500", 500))),
        replace(PINE_COFFEE, tip=Tip(TipRule.PERCENT, percent="12.50")),
        replace(CORNER_SHOP, prompts=("bill_number", "mobile_number", "purpose")),
        replace(CORNER_SHOP, prompts=PROMPTS),
    ],
)
def test_a_printed_code_says_which_store_it_is_of(store: StoreCode) -> None:
    code = mpm.read(write_store_code(store))

    assert is_store_code(code)
    assert read_store_code(code) == store


def test_the_printed_payload_is_laid_out_as_documented() -> None:
    account = {"00": "app.jigap", "01": "M7K2Q9ZT4XBA", "02": "S1A2B3C4D5E6", "03": "01"}
    expected = payload(
        {
            "00": "01",
            "01": "11",
            "26": run(account),
            "52": "5411",
            "61": "04524",
            "62": run({"03": "GANGNAM-2", "07": "T01"}),
            "64": run({"00": "ko", "01": "소나무 커피", "02": "서울"}),
        }
    )

    assert mpm.read(write_store_code(PINE_COFFEE)) == mpm.read(expected)


def test_a_name_that_is_ascii_needs_no_second_script() -> None:
    assert mpm.read(write_store_code(CORNER_SHOP)).alternative is None


@pytest.mark.parametrize("latin_name", ["", "소나무", "x" * 26])
def test_a_korean_name_needs_a_latin_one_for_foreign_wallets(latin_name: str) -> None:
    with pytest.raises(LatinNameRequired) as refusal:
        write_store_code(replace(PINE_COFFEE, latin_name=latin_name))

    assert refusal.value.name == "소나무 커피"


def test_a_korean_city_needs_a_latin_one_too() -> None:
    with pytest.raises(LatinNameRequired) as refusal:
        write_store_code(replace(PINE_COFFEE, latin_city=""))

    assert refusal.value.name == "서울"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"merchant_id": "m7"}, "26.01"),
        ({"merchant_id": ""}, "26.01"),
        ({"store_id": "S-1"}, "26.02"),
        ({"store_id": "S" * 26}, "26.02"),
        ({"currency": "XXX"}, "53"),
        ({"currency": "POINT"}, "53"),
        ({"country": "Korea"}, "58"),
        ({"merchant_category_code": "shop"}, "52"),
        ({"store_label": "강남"}, "62.03"),
        ({"terminal_label": "x" * 26}, "62.07"),
        ({"postal_code": ""}, "61"),
        ({"name": "x" * 26}, "59"),
    ],
)
def test_a_store_that_does_not_fit_is_refused(change: dict[str, Any], path: str) -> None:
    with pytest.raises(CodeObjectInvalid) as refusal:
        write_store_code(replace(CORNER_SHOP, **change))

    assert refusal.value.path == path


GENUINE: dict[str, str | None] = {"01": "11", "26": OURS}


@pytest.mark.parametrize(
    "change",
    [
        {"27": OURS},
        {"27": PIX},
        {"04": "5000123412341234"},
        {"26": None, "27": OURS},
        {"01": "12"},
        {"01": None},
        {"54": "1000"},
        {"53": "000"},
        {"26": run({"00": "app.jigap", "02": "S1", "03": "01"})},
        {"26": run({"00": "app.jigap", "01": "M1", "03": "01"})},
        {"26": run({"00": "app.jigap", "01": "M1", "02": "S1"})},
        {"26": run({"00": "app.jigap", "01": "m1", "02": "S1", "03": "01"})},
        {"26": run({"00": "app.jigap", "01": "M1", "02": "가게", "03": "01"})},
    ],
)
def test_a_code_we_could_not_have_issued_is_not_genuine(change: dict[str, str | None]) -> None:
    code = mpm.read(payload({**GENUINE, **change}))

    assert is_store_code(code)
    with pytest.raises(StoreCodeInvalid):
        read_store_code(code)


def test_a_newer_layout_is_told_apart_from_a_forgery() -> None:
    newer = run({"00": "app.jigap", "01": "M1", "02": "S1", "03": "02"})

    with pytest.raises(StoreCodeVersionUnknown) as refusal:
        read_store_code(mpm.read(payload({**GENUINE, "26": newer})))

    assert refusal.value.version == "02"


def test_fields_added_later_do_not_disturb() -> None:
    later = run({"00": "app.jigap", "01": "M1", "02": "S1", "03": "01", "04": "7"})
    signature = run({"00": "app.jigap", "01": "x" * 60})
    code = mpm.read(payload({**GENUINE, "26": later, "80": signature}))

    assert (read_store_code(code).merchant_id, read_store_code(code).store_id) == ("M1", "S1")


def test_somebody_elses_code_is_not_ours() -> None:
    code = mpm.read(payload({"26": PIX}))

    assert not is_store_code(code)
    with pytest.raises(StoreCodeInvalid):
        read_store_code(code)


def test_there_is_room_for_a_signature() -> None:
    longest = StoreCode(
        merchant_id="M" * 25,
        store_id="S" * 25,
        name="가" * 25,
        latin_name="x" * 25,
        city="나" * 15,
        latin_city="y" * 15,
        country="KR",
        currency="KRW",
        merchant_category_code="5814",
        postal_code="1" * 10,
        store_label="2" * 25,
        terminal_label="3" * 25,
    )
    # An Ed25519 signature is 86 characters of base64url; two templates carry half each.
    signature_length = 2 * (4 + len(run({"00": "app.jigap", "01": "x" * 43})))

    assert len(write_store_code(longest).encode()) + signature_length <= 512
