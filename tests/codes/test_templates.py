"""Additional data (62) and the language template (64)."""

from dataclasses import fields

import pytest

from merchants.codes.mpm import code as mpm
from merchants.codes.mpm.templates import AdditionalData, Alternative, Template
from merchants.codes.mpm.tlv import DataObject
from merchants.errors import CodeObjectInvalid, CodeObjectMissing, CodeRefused
from tests.codes.payloads import payload, run

LABELS = {
    "01": "bill_number",
    "02": "mobile_number",
    "03": "store_label",
    "04": "loyalty_number",
    "05": "reference_label",
    "06": "customer_label",
    "07": "terminal_label",
    "08": "purpose",
}


def additional_data(objects: dict[str, str]) -> AdditionalData:
    data = mpm.read(payload({"62": run(objects)})).additional_data
    assert data is not None
    return data


@pytest.mark.parametrize(("found", "name"), LABELS.items())
@pytest.mark.parametrize("value", ["***", "x", "x" * 25])
def test_each_label_has_its_name(found: str, name: str, value: str) -> None:
    data = additional_data({found: value})

    assert getattr(data, name) == value
    assert [each.name for each in fields(data) if getattr(data, each.name)] == [name]


@pytest.mark.parametrize("found", LABELS)
@pytest.mark.parametrize("value", ["x" * 26, "가게"])
def test_a_label_is_up_to_25_ascii_characters(found: str, value: str) -> None:
    with pytest.raises(CodeObjectInvalid) as refusal:
        additional_data({found: value})

    assert refusal.value.path == f"62.{found}"


@pytest.mark.parametrize("value", ["A", "M", "E", "ME", "AME", "EMA"])
def test_a_data_request_asks_for_each_thing_once(value: str) -> None:
    assert additional_data({"09": value}).consumer_data_request == value


@pytest.mark.parametrize("value", ["AA", "AMA", "AMEA", "X", "a", "***", "AM "])
def test_another_data_request_is_refused(value: str) -> None:
    with pytest.raises(CodeObjectInvalid):
        additional_data({"09": value})


def test_ids_assigned_later_have_names_and_the_rest_is_kept() -> None:
    data = additional_data({"10": "1234567890", "11": "500", "12": "가", "49": "x"})

    assert (data.merchant_tax_id, data.merchant_channel) == ("1234567890", "500")
    assert data.reserved == (DataObject("12", "가"), DataObject("49", "x"))


def test_payment_systems_have_templates_inside_additional_data() -> None:
    data = additional_data({"50": run({"00": "app.other", "01": "x"})})

    assert data.templates == (Template("50", "app.other", (DataObject("01", "x"),)),)


def test_a_template_inside_additional_data_names_its_owner() -> None:
    with pytest.raises(CodeObjectMissing) as refusal:
        additional_data({"99": run({"01": "x"})})

    assert refusal.value.path == "62.99.00"


def test_the_name_in_another_script() -> None:
    objects = {"00": "ko", "01": "소나무 커피", "02": "서울", "03": "?"}
    code = mpm.read(payload({"64": run(objects)}))

    assert code.alternative == Alternative(
        language="ko",
        merchant_name="소나무 커피",
        merchant_city="서울",
        reserved=(DataObject("03", "?"),),
    )


@pytest.mark.parametrize(
    ("objects", "path"),
    [
        ({"01": "소나무"}, "64.00"),
        ({"00": "ko"}, "64.01"),
        ({"00": "kor", "01": "소나무"}, "64.00"),
        ({"00": "한글", "01": "소나무"}, "64.00"),
        ({"00": "ko", "01": "가" * 26}, "64.01"),
        ({"00": "ko", "01": "가", "02": "나" * 16}, "64.02"),
    ],
)
def test_a_broken_language_template_is_refused(objects: dict[str, str], path: str) -> None:
    with pytest.raises(CodeRefused) as refusal:
        mpm.read(payload({"64": run(objects)}))

    assert isinstance(refusal.value, CodeObjectInvalid | CodeObjectMissing)
    assert refusal.value.path == path
