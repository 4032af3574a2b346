"""The run of objects under a payload."""

import pytest

from merchants.codes.mpm import tlv
from merchants.errors import CodeObjectDuplicated, CodeObjectInvalid, CodeStructureBroken


def test_objects_keep_their_order() -> None:
    assert list(tlv.parse("9902ab0001c").items()) == [("99", "ab"), ("00", "c")]


def test_nothing_is_no_objects() -> None:
    assert tlv.parse("") == {}


def test_lengths_count_characters_not_bytes() -> None:
    assert tlv.parse("0104소나무집02012") == {"01": "소나무집", "02": "2"}


def test_a_character_outside_the_basic_plane_counts_once() -> None:
    assert tlv.parse("0101🏪0201x") == {"01": "🏪", "02": "x"}


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("0", 0),
        ("01", 2),
        ("010", 2),
        ("0102a", 0),
        ("0101a02", 7),
        ("0101a0299x", 5),
        ("0100", 2),
        ("01-1a", 2),
        ("01+1a", 2),
        ("01 1a", 2),
        ("011_a", 2),
        ("a101a", 0),
        ("1 01a", 0),
        ("\u0660\u066101a", 0),
        ("01\u0660\u0661a", 2),
        ("0101a²101b", 5),
    ],
)
def test_what_does_not_add_up_is_refused_with_its_position(text: str, position: int) -> None:
    with pytest.raises(CodeStructureBroken) as refusal:
        tlv.parse(text, within="62")

    assert (refusal.value.within, refusal.value.position) == ("62", position)


def test_an_id_twice_is_refused() -> None:
    with pytest.raises(CodeObjectDuplicated) as refusal:
        tlv.parse("0101a0201b0101a", within="62")

    assert refusal.value.path == "62.01"


def test_encoding_is_the_inverse_of_parsing() -> None:
    text = "0003가나다9901x0599" + "y" * 99

    assert tlv.encode(tlv.parse(text).items()) == text


@pytest.mark.parametrize("objects", [[("1", "a")], [("001", "a")], [("\u0660\u0661", "a")]])
def test_encoding_refuses_an_id_that_is_none(objects: list[tuple[str, str]]) -> None:
    with pytest.raises(CodeObjectInvalid):
        tlv.encode(objects)


@pytest.mark.parametrize("value", ["", "x" * 100])
def test_encoding_refuses_a_value_that_has_no_length(value: str) -> None:
    with pytest.raises(CodeObjectInvalid):
        tlv.encode([("01", value)])


def test_encoding_refuses_an_id_twice() -> None:
    with pytest.raises(CodeObjectDuplicated):
        tlv.encode([("01", "a"), ("01", "a")])
