"""What the single objects of a payload may hold, and what is made of them."""

import pytest

from merchants.codes.mpm import code as mpm
from merchants.codes.mpm.code import PointOfInitiation
from merchants.codes.mpm.tlv import DataObject
from merchants.errors import (
    CodeObjectDuplicated,
    CodeObjectInvalid,
    CodeObjectMissing,
    CodeStructureBroken,
)
from tests.codes.payloads import MINIMAL, payload, run, sealed
from tests.codes.test_payload import SPECIFICATION_EXAMPLE


def test_the_example_of_the_specification_is_read_in_full() -> None:
    code = mpm.read(SPECIFICATION_EXAMPLE)

    assert code.point_of_initiation is PointOfInitiation.DYNAMIC
    assert [account.guid for account in code.accounts] == ["D15600000000", "D15600000001"]
    assert (code.merchant_name, code.merchant_city) == ("BEST TRANSPORT", "BEIJING")
    assert (code.currency.alpha, code.currency.numeric) == ("CNY", "156")
    assert code.amount is not None
    assert (code.amount.text, code.amount.minor) == ("23.72", 2372)
    assert code.alternative is not None
    assert (code.alternative.merchant_name, code.alternative.merchant_city) == ("最佳运输", "北京")
    assert code.additional_data is not None
    assert code.additional_data.customer_label == "***"
    assert code.additional_data.consumer_data_request == "ME"
    assert code.unreserved[0].get("07") == "12345678"
    assert code.tolerated == ()


def test_objects_may_come_in_any_order_between_first_and_last() -> None:
    forwards = run(MINIMAL)
    backwards = "000201" + run(
        dict(reversed([item for item in MINIMAL.items() if item[0] != "00"]))
    )

    assert mpm.read(sealed(backwards)) == mpm.read(sealed(forwards))


@pytest.mark.parametrize("absent", ["52", "53", "58", "59", "60"])
def test_mandatory_objects_are_missed(absent: str) -> None:
    with pytest.raises(CodeObjectMissing) as refusal:
        mpm.read(payload({absent: None}))

    assert refusal.value.path == absent


def test_a_payload_without_an_account_pays_nobody() -> None:
    with pytest.raises(CodeObjectMissing) as refusal:
        mpm.read(payload({"26": None}))

    assert refusal.value.path == "02-51"


@pytest.mark.parametrize(
    ("found", "value"),
    [
        ("00", "02"),
        ("00", "1"),
        ("01", "10"),
        ("01", "13"),
        ("01", "1"),
        ("52", "581"),
        ("52", "58140"),
        ("52", "58A4"),
        ("52", "\u0665\u0668\u0661\u0664"),
        ("53", "41"),
        ("53", "KRW"),
        ("53", "\uff14\uff11\uff10"),
        ("58", "K"),
        ("58", "KOR"),
        ("58", "kr"),
        ("58", "대한"),
        ("59", "x" * 26),
        ("59", "소나무"),
        ("60", "x" * 16),
        ("60", "서울"),
        ("61", "1" * 11),
        ("61", "서울"),
        ("55", "00"),
        ("55", "04"),
        ("04", "계좌"),
        ("26", "0033" + "x" * 33),
        ("26", "0002한국"),
    ],
)
def test_a_value_out_of_format_is_refused(found: str, value: str) -> None:
    with pytest.raises(CodeObjectInvalid) as refusal:
        mpm.read(payload({found: value}))

    assert refusal.value.path.split(".")[0] == found


@pytest.mark.parametrize(
    ("found", "value"), [("59", "x" * 25), ("60", "y" * 15), ("61", "z" * 10), ("04", "5" * 99)]
)
def test_the_longest_value_is_read(found: str, value: str) -> None:
    code = mpm.read(payload({found: value}))

    assert value in {
        code.merchant_name,
        code.merchant_city,
        code.postal_code,
        *(account.value for account in code.card_accounts),
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [("11", PointOfInitiation.STATIC), ("12", PointOfInitiation.DYNAMIC), (None, None)],
)
def test_the_point_of_initiation_is_optional(
    value: str | None, expected: PointOfInitiation | None
) -> None:
    assert mpm.read(payload({"01": value})).point_of_initiation is expected


@pytest.mark.parametrize("found", ["02", "17", "25"])
def test_a_card_account_is_one_value(found: str) -> None:
    code = mpm.read(payload({"26": None, found: "4000123412341234"}))

    assert code.card_accounts == (DataObject(found, "4000123412341234"),)
    assert code.accounts == ()


@pytest.mark.parametrize("found", ["26", "40", "51", "80", "99"])
def test_a_template_names_its_owner(found: str) -> None:
    with pytest.raises(CodeObjectMissing) as refusal:
        mpm.read(payload({found: "0104ACCT"}))

    assert refusal.value.path == f"{found}.00"


@pytest.mark.parametrize("found", ["26", "62", "64", "80"])
def test_a_template_is_a_run_of_objects(found: str) -> None:
    with pytest.raises(CodeStructureBroken) as refusal:
        mpm.read(payload({found: "0003app0199x"}))

    assert (refusal.value.within, refusal.value.position) == (found, 7)


@pytest.mark.parametrize(
    ("found", "value", "path"),
    [
        ("26", "0003app0101a0101b", "26.01"),
        ("26", "0003app0003cab", "26.00"),
        ("62", "0301a0301b", "62.03"),
        ("62", "50170003app0101a0101b", "62.50.01"),
        ("64", "0002ko0101a0101b", "64.01"),
        ("80", "0003app0101a0101b", "80.01"),
    ],
)
def test_no_object_comes_twice_inside_a_template(found: str, value: str, path: str) -> None:
    with pytest.raises(CodeObjectDuplicated) as refusal:
        mpm.read(payload({found: value}))

    assert refusal.value.path == path


def test_reserved_objects_are_kept_and_not_judged() -> None:
    code = mpm.read(payload({"65": "소나무", "79": "0102"}))

    assert code.ignored == (DataObject("65", "소나무"), DataObject("79", "0102"))


def test_a_currency_nobody_listed_is_kept_by_number() -> None:
    code = mpm.read(payload({"53": "000", "54": "12.3456"}))

    assert (code.currency.numeric, code.currency.alpha) == ("000", None)
    assert code.amount is not None
    assert (code.amount.text, code.amount.minor) == ("12.3456", None)
