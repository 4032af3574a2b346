"""The layer under them: BER-TLV as EMV writes it, one level at a time.

Lengths are definite and in their shortest form, so that one content has one encoding and what is
read is written back exactly.
"""

from collections.abc import Iterable
from typing import NamedTuple

from merchants.errors import CodeObjectInvalid, CodeStructureBroken

_MORE_TAG, _LOW_TAG = 0x80, 0x1F
_LONG_LENGTH = 0x80
_MOST_TAG_BYTES, _MOST_LENGTH_BYTES = 3, 2
_SHORT, _MOST = 0x7F, 0xFFFF


class Tlv(NamedTuple):
    """One object: its tag in capital hexadecimal digits, and its value."""

    tag: str
    value: bytes


def parse(data: bytes, *, within: str = "") -> tuple[Tlv, ...]:
    """Return the objects of one level, in their order; a tag may occur more than once.

    Raises:
        CodeStructureBroken: a tag or a length cannot be read, or a value ends too soon.

    """
    objects = []
    place = 0
    while place < len(data):
        tag, after = _read_tag(data, place, within)
        length, start = _read_length(data, after, within)
        if start + length > len(data):
            raise CodeStructureBroken(within, place, f"object {tag} ends too soon")
        objects.append(Tlv(tag, data[start : start + length]))
        place = start + length
    return tuple(objects)


def encode(objects: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the bytes of one level.

    Raises:
        CodeObjectInvalid: a tag is none, or a value is over 65,535 bytes.

    """
    return b"".join(_encoded(tag, value) for tag, value in objects)


def _encoded(tag: str, value: bytes) -> bytes:
    if not _is_tag(tag):
        raise CodeObjectInvalid(tag, "a tag of one to three bytes")
    if len(value) > _MOST:
        raise CodeObjectInvalid(tag, f"at most {_MOST} bytes")
    size = len(value)
    if size <= _SHORT:
        length = bytes([size])
    else:
        digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
        length = bytes([_LONG_LENGTH | len(digits)]) + digits
    return bytes.fromhex(tag) + length + value


def _is_tag(tag: str) -> bool:
    try:
        raw = bytes.fromhex(tag)
        return _read_tag(raw, 0, "") == (tag, len(raw))
    except (ValueError, CodeStructureBroken):
        return False


def _read_tag(data: bytes, place: int, within: str) -> tuple[str, int]:
    end = place + 1
    if data[place : place + 1] in {b"", b"\x00", b"\xff"}:
        raise CodeStructureBroken(within, place, "a tag is expected")
    if data[place] & _LOW_TAG == _LOW_TAG:
        while True:
            if end >= len(data) or end - place >= _MOST_TAG_BYTES:
                raise CodeStructureBroken(within, place, "a tag of one to three bytes is expected")
            end += 1
            if not data[end - 1] & _MORE_TAG:
                break
    return data[place:end].hex().upper(), end


def _read_length(data: bytes, place: int, within: str) -> tuple[int, int]:
    if place >= len(data):
        raise CodeStructureBroken(within, place, "a length is expected")
    first, start = data[place], place + 1
    if first <= _SHORT:
        return first, start
    end = start + (first & _SHORT)
    length = int.from_bytes(data[start:end], "big")
    # 80 is the indefinite length; a longer form than is needed is another spelling of the same.
    is_shortest = length > _SHORT and data[start : start + 1] != b"\x00"
    if not start < end <= min(len(data), start + _MOST_LENGTH_BYTES) or not is_shortest:
        raise CodeStructureBroken(within, place, "a length in its shortest form is expected")
    return length, end
