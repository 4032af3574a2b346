"""The outside of a payload: checksum, first and last object, size, characters."""

import pytest

from merchants.codes.mpm.crc import checksum
from merchants.codes.mpm.payload import open_payload, seal_payload
from merchants.errors import (
    CodeCharacterRefused,
    CodeChecksumWrong,
    CodeObjectDuplicated,
    CodeObjectInvalid,
    CodeObjectMisplaced,
    CodeObjectMissing,
    CodeRefused,
    CodeStructureBroken,
    CodeTooLong,
    NotMerchantPresented,
)
from tests.codes.payloads import MINIMAL, payload, run, sealed

# The example payload printed in the specification, with Chinese text.
SPECIFICATION_EXAMPLE = (
    "00020101021229300012D156000000000510A93F"
    "O3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING6420"
    "0002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME9"
    "1320016A0112233449988770708123456786304A13A"
)


def test_the_checksum_has_the_published_check_value() -> None:
    assert checksum("123456789") == "29B1"


def test_the_checksum_is_padded_to_four_digits() -> None:
    assert checksum("315") == "003B"


def test_the_checksum_is_over_utf_8_bytes_as_in_the_specification() -> None:
    assert open_payload(SPECIFICATION_EXAMPLE)["63"] == "A13A"


def test_6304_inside_a_value_is_not_taken_for_the_checksum() -> None:
    text = payload({"59": "Cafe 6304 and 63041234"})

    assert open_payload(text)["59"] == "Cafe 6304 and 63041234"


def test_any_changed_character_is_noticed() -> None:
    text = payload()

    for at in range(2, len(text) - 8):
        changed = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
        with pytest.raises(CodeRefused):
            open_payload(changed)


def test_an_edited_value_is_told_as_a_wrong_checksum() -> None:
    text = payload()

    with pytest.raises(CodeChecksumWrong) as refusal:
        open_payload(text.replace("Seoul", "Busan"))

    assert refusal.value.printed == text[-4:]


@pytest.mark.parametrize("digits", ["00G0", "    ", "\u0660\u0660\u0660\u0660", "0x1F"])
def test_a_checksum_is_four_hexadecimal_digits(digits: str) -> None:
    with pytest.raises(CodeObjectInvalid):
        open_payload(payload()[:-4] + digits)


@pytest.mark.parametrize("length", ["03", "05"])
def test_a_checksum_of_another_length_is_refused(length: str) -> None:
    digits = "ABCDE"[: int(length)]

    with pytest.raises(CodeObjectInvalid):
        open_payload(run(MINIMAL) + "63" + length + digits)


def test_a_payload_without_checksum_is_refused() -> None:
    with pytest.raises(CodeObjectMissing) as refusal:
        open_payload(run(MINIMAL))

    assert refusal.value.path == "63"


def test_the_checksum_is_last() -> None:
    early = sealed(run(MINIMAL)) + "6105 4524"

    with pytest.raises(CodeObjectMisplaced) as refusal:
        open_payload(early)

    assert refusal.value.path == "63"


def test_the_format_indicator_is_first() -> None:
    with pytest.raises(CodeObjectMisplaced) as refusal:
        open_payload(sealed("010211" + run(MINIMAL)))

    assert refusal.value.path == "00"


def test_the_format_indicator_is_there() -> None:
    with pytest.raises(CodeObjectMissing) as refusal:
        open_payload(payload({"00": None}))

    assert refusal.value.path == "00"


@pytest.mark.parametrize("again", ["26", "53", "54", "59", "62"])
def test_no_object_comes_twice_whoever_would_win(again: str) -> None:
    text = run({**MINIMAL, "54": "1000", "62": "0303S01"})
    second = {"26": "0009app.other0104EVIL"}.get(again, "x")

    with pytest.raises(CodeObjectDuplicated) as refusal:
        open_payload(sealed(text + run({again: second})))

    assert refusal.value.path == again


def test_a_length_that_lies_is_refused_whatever_the_checksum_says() -> None:
    lying = run(MINIMAL).replace("5913Sonamu", "5999Sonamu")

    with pytest.raises(CodeStructureBroken):
        open_payload(sealed(lying))


@pytest.mark.parametrize(
    "text",
    ["https://pay.example.test/x", "281234567890123456", "upi://pay?pa=a@b", "소나무"],
)
def test_other_codes_are_told_apart(text: str) -> None:
    with pytest.raises(NotMerchantPresented):
        open_payload(text)


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(CodeObjectMissing):
        open_payload("")


def test_512_characters_are_read_and_513_are_not() -> None:
    fill = {f"{found}": "x" * 99 for found in (65, 66, 67, 68)}
    short = len(payload({**fill, "69": "x"})) - 1
    longest = payload({**fill, "69": "x" * (512 - short)})

    assert len(longest) == 512
    assert open_payload(longest)
    with pytest.raises(CodeTooLong):
        open_payload(payload({**fill, "69": "x" * (513 - short)}))


@pytest.mark.parametrize(
    "character",
    ["\0", "\n", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\ufeff", "\ud800"],
)
def test_characters_that_could_hide_a_payee_are_refused(character: str) -> None:
    text = payload({"64": run({"00": "ko", "01": "솔?집"})})

    with pytest.raises(CodeCharacterRefused) as refusal:
        open_payload(text.replace("?", character))

    assert refusal.value.position == text.index("?")


def test_sealing_adds_the_checksum_last() -> None:
    assert seal_payload(MINIMAL.items()) == payload()


def test_sealing_counts_the_limit_in_bytes() -> None:
    wide = {**MINIMAL, "64": run({"00": "ko", "01": "가" * 25}), "80": "나" * 99, "81": "다" * 30}

    assert len(run(wide)) < 512
    with pytest.raises(CodeTooLong):
        seal_payload(wide.items())


def test_sealing_refuses_what_reading_would() -> None:
    with pytest.raises(CodeCharacterRefused):
        seal_payload({**MINIMAL, "80": "\ud800"}.items())
