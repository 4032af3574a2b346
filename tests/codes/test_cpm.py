"""EMVCo consumer-presented codes: read as the specification says, and nothing guessed."""

from __future__ import annotations

import base64
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.codes.cpm import ber
from merchants.codes.cpm.reading import choose, read, write
from merchants.errors import (
    CodeEncodingBroken,
    CodeObjectDuplicated,
    CodeObjectInvalid,
    CodeObjectMisplaced,
    CodeObjectMissing,
    CodeObjectUnexpected,
    CodeRefused,
    CodeStructureBroken,
    CodeTooLong,
    NotConsumerPresented,
)
from merchants.scanned import describe
from tests.codes.cpm_samples import EXAMPLE, NAME, application, text_of, tlv

PAN = tlv("5A", bytes.fromhex("1234567890123458"))


def test_the_example_of_the_specification_is_read() -> None:
    said: Any = describe(EXAMPLE)
    first, second = said["applications"]
    assert (said["scheme"], said["ours"]) == ("emvco_cpm", False)
    assert [first["name"], second["name"]] == ["A0000000555555", "A0000000666666"]
    assert [first["label"], second["label"]] == ["Product1", "Product2"]
    assert first["cardholder"] == "CARDHOLDER/EMV"
    assert first["languages"] == "ruesdeen"
    assert said["objects"][2][1][3][1][0] == ["9F10", "06010A03000000"]


def test_a_card_number_is_shown_nowhere() -> None:
    track = tlv("57", bytes.fromhex("1234567890123458D2512201123400001F"))
    for text in (EXAMPLE, text_of(application(track)), text_of(application(PAN))):
        said = describe(text)
        assert "123456******3458" in str(said)
        assert "7890" not in str(said)
        assert "D2512" not in str(said)


def test_reading_and_writing_are_each_others_inverse() -> None:
    assert write(read(EXAMPLE).objects) == EXAMPLE


def test_a_wallet_without_cards_is_read() -> None:
    cryptogram = tlv("64", tlv("DF01", b"\x01" * 40))
    said: Any = describe(text_of(application(tlv("50", b"Wallet")), tlv("62", cryptogram)))
    assert said["applications"][0]["account"] is None
    assert said["applications"][0]["label"] == "Wallet"


def test_an_application_without_a_proper_name_is_passed_over() -> None:
    nameless = tlv("61", tlv("50", b"x"))
    short = application(name=b"\xa0\x00\x00\x00")
    long = application(name=b"\xa0" * 17)
    code = read(text_of(nameless, short, application(), long))
    assert (len(code.applications), code.skipped) == (1, 3)
    for only in (nameless, short, long):
        with pytest.raises(CodeObjectMissing) as refused:
            read(text_of(only))
        assert refused.value.path == "61.4F"


def test_what_is_unknown_is_kept_and_ignored() -> None:
    text = text_of(application(tlv("DF7F", b"?")), tlv("9F7F", b"more"), tlv("63", b""))
    assert write(read(text).objects) == text


def test_the_merchant_may_prefer_an_application() -> None:
    code = read(EXAMPLE)
    assert choose(code)[0].value == NAME
    assert choose(code, ["A0000000666666"])[0].value.hex().upper() == "A0000000666666"
    assert choose(code, ["A0000000777777", "A00000006"])[0].value.hex() == "a0000000666666"
    assert choose(code, ["A0000000777777"])[0].value == NAME
    assert choose(code)[-1].tag == "64"


@pytest.mark.parametrize(
    ("objects", "error"),
    [
        ([application(PAN, PAN)], CodeObjectDuplicated),
        ([application(PAN), tlv("62", PAN)], CodeObjectDuplicated),
        ([application(tlv("50", b"a"), tlv("50", b"b"))], CodeObjectDuplicated),
        ([application(), tlv("62", b""), tlv("62", b"")], CodeObjectDuplicated),
        ([application(), tlv("85", b"CPV01")], CodeObjectDuplicated),
        ([application(tlv("4F", NAME))], CodeObjectDuplicated),
        ([application(PAN, tlv("57", b"\x12"))], CodeObjectUnexpected),
        ([application(), tlv("62", tlv("4F", NAME))], CodeObjectDuplicated),
        ([application(tlv("50", b""))], CodeObjectInvalid),
        ([application(tlv("50", b"x" * 17))], CodeObjectInvalid),
        ([application(tlv("50", "커피".encode()))], CodeObjectInvalid),
        ([application(tlv("5A", b"\x12" * 11))], CodeObjectInvalid),
        ([application(tlv("57", b"\x12" * 20))], CodeObjectInvalid),
        ([application(tlv("5F20", b"x"))], CodeObjectInvalid),
        ([application(tlv("5F2D", b"eng"))], CodeObjectInvalid),
        ([application(tlv("5F50", b"javascript:x"))], CodeObjectInvalid),
        ([application(tlv("9F08", b"\x01"))], CodeObjectInvalid),
        ([application(tlv("9F19", b"\x01"))], CodeObjectInvalid),
        ([application(tlv("9F24", b"x" * 28))], CodeObjectInvalid),
        ([application(tlv("9F25", b"\x12"))], CodeObjectInvalid),
        ([], CodeObjectMissing),
        ([tlv("62", b"")], CodeObjectMissing),
        ([b"\x61"], CodeStructureBroken),
        ([b"\x61\x05\x4f"], CodeStructureBroken),
        ([b"\x61\x80\x00\x00"], CodeStructureBroken),
        ([b"\x61\x81\x09" + tlv("4F", NAME)], CodeStructureBroken),
        ([b"\x61\x82\x00\x09" + tlv("4F", NAME)], CodeStructureBroken),
        ([b"\x61\x83\x00\x00\x09" + tlv("4F", NAME)], CodeStructureBroken),
        ([b"\x00", application()], CodeStructureBroken),
        ([b"\x9f\xff\xff\x01\x00", application()], CodeStructureBroken),
        ([tlv("61", b"\x4f\x09\x01")], CodeStructureBroken),
    ],
)
def test_what_breaks_the_rules_is_refused(objects: list[bytes], error: type[CodeRefused]) -> None:
    with pytest.raises(error) as refused:
        read(text_of(*objects))
    assert type(refused.value) is error


def test_another_version_or_another_beginning_is_refused() -> None:
    with pytest.raises(CodeObjectInvalid):
        read(text_of(application(), version=b"CPV02"))
    for text in ("", "hQVDUF", "https://example.com", EXAMPLE[1:], "0002010102"):
        with pytest.raises(NotConsumerPresented):
            read(text)
    with pytest.raises(CodeStructureBroken):
        read(base64.b64encode(b"\x85\x05CPV0").decode())
    assert CodeObjectMisplaced.code != CodeObjectMissing.code


@pytest.mark.parametrize(
    "text",
    [
        EXAMPLE[:-1],
        EXAMPLE + "=",
        EXAMPLE[:-2],
        EXAMPLE.replace("+", "-"),
        EXAMPLE + "\n",
        EXAMPLE[:50] + " " + EXAMPLE[50:],
        EXAMPLE[:-3] + "x==",
        "hQVDUFY가",
        "hQVDUFY",
    ],
)
def test_only_whole_base64_in_its_one_spelling_is_read(text: str) -> None:
    with pytest.raises(CodeEncodingBroken):
        read(text)


def test_long_codes_are_read_up_to_what_a_symbol_holds() -> None:
    text = text_of(application(), tlv("62", tlv("64", b"\x01" * 1_000)))
    assert write(read(text).objects) == text
    with pytest.raises(CodeTooLong):
        read(text + "A" * 2_000)


tags = st.sampled_from(["4F", "50", "57", "5A", "5F20", "61", "62", "63", "64", "9F08", "DF8101"])
trees = st.lists(st.tuples(tags, st.binary(max_size=200)), max_size=6)


@given(trees)
def test_what_is_encoded_is_parsed(objects: list[tuple[str, bytes]]) -> None:
    assert [tuple(found) for found in ber.parse(ber.encode(objects))] == objects


@given(st.binary(max_size=80))
def test_what_is_parsed_is_encoded_again_exactly(data: bytes) -> None:
    with suppress(CodeStructureBroken):
        assert ber.encode(ber.parse(data)) == data


@given(st.binary(max_size=60), st.lists(st.binary(max_size=40), max_size=3))
def test_any_content_is_read_or_refused(tail: bytes, inner: list[bytes]) -> None:
    text = text_of(*(application(one) for one in inner), tail)
    with suppress(CodeRefused):
        assert write(read(text).objects) == text
        describe(text)


@given(st.integers(0, len(EXAMPLE) - 1), st.characters())
def test_one_changed_character_is_read_or_refused(place: int, character: str) -> None:
    text = EXAMPLE[:place] + character + EXAMPLE[place + 1 :]
    with suppress(CodeRefused):
        describe(text)


@pytest.mark.parametrize("tag", ["", "9F", "00", "FF", "5F20A", "9F818181", "xx", "4f"])
def test_what_is_no_tag_is_not_written(tag: str) -> None:
    with pytest.raises(CodeObjectInvalid):
        ber.encode([(tag, b"")])
