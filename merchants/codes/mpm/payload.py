"""The outside of an EMVCo payload: its size, characters, first and last object, checksum."""

import re
from collections.abc import Iterable, Mapping

from merchants.codes.mpm import tlv
from merchants.codes.mpm.crc import checksum
from merchants.errors import (
    CodeCharacterRefused,
    CodeChecksumWrong,
    CodeObjectInvalid,
    CodeObjectMisplaced,
    CodeObjectMissing,
    CodeRefused,
    CodeTooLong,
    NotMerchantPresented,
)

MAX_LENGTH = 512
FORMAT, CRC = "00", "63"

_CRC_HEADER = "6304"
_CRC_PATTERN = re.compile("[0-9A-Fa-f]{4}")
_CRC_DIGITS = 4

# Controls break logs and files; direction overrides and line separators let a name be shown
# as another one; lone surrogates have no UTF-8 form to compute a checksum over.
_REFUSED = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def open_payload(payload: str) -> dict[str, str]:
    """Return the outer objects of ``payload`` in order, once its checksum is right.

    Raises:
        CodeTooLong: over 512 characters.
        CodeCharacterRefused: a control or text-direction character, or a lone surrogate.
        NotMerchantPresented: some other kind of code.
        CodeStructureBroken: lengths and ids do not add up.
        CodeObjectDuplicated: an id occurs twice.
        CodeObjectMissing: there is no format indicator or no checksum.
        CodeObjectMisplaced: the format indicator is not first or the checksum not last.
        CodeObjectInvalid: the checksum is not four hexadecimal digits.
        CodeChecksumWrong: the checksum does not fit.

    """
    if len(payload) > MAX_LENGTH:
        raise CodeTooLong(len(payload), MAX_LENGTH)
    _check_characters(payload)
    objects = _parse_outer(payload)
    _check_place(objects, FORMAT, next(iter(objects), None))
    _check_place(objects, CRC, next(reversed(objects), None))
    _check_sum(payload, objects[CRC])
    return objects


def seal_payload(objects: Iterable[tuple[str, str]]) -> str:
    """Return the payload of ``objects`` (without a checksum), with its checksum.

    Raises:
        CodeObjectInvalid: an id is not two digits, or a value is empty or over 99 characters.
        CodeObjectDuplicated: an id occurs twice.
        CodeCharacterRefused: a control or text-direction character, or a lone surrogate.
        CodeTooLong: over 512 bytes; EMVCo asks for fewer characters than 512 where some
            need more than one byte.

    """
    unsealed = tlv.encode(objects) + _CRC_HEADER
    _check_characters(unsealed)
    length = len(unsealed.encode()) + _CRC_DIGITS
    if length > MAX_LENGTH:
        raise CodeTooLong(length, MAX_LENGTH)
    return unsealed + checksum(unsealed)


def _check_characters(payload: str) -> None:
    if refused := _REFUSED.search(payload):
        raise CodeCharacterRefused(refused.start(), refused[0])


def _parse_outer(payload: str) -> dict[str, str]:
    try:
        return tlv.parse(payload)
    except CodeRefused:
        if payload.startswith(FORMAT):
            raise
        # A link or another wallet's digits: what is wrong with its "structure" misleads.
        raise NotMerchantPresented from None


def _check_place(objects: Mapping[str, str], object_id: str, in_place: str | None) -> None:
    if object_id not in objects:
        raise CodeObjectMissing(object_id)
    if object_id != in_place:
        raise CodeObjectMisplaced(object_id)


def _check_sum(payload: str, printed: str) -> None:
    """Compare without case: lower case is a fault of form, judged with the others."""
    if _CRC_PATTERN.fullmatch(printed) is None:
        raise CodeObjectInvalid(CRC, "4 hexadecimal digits")
    # The checksum is the last object, so its place is known; a search for "6304" would
    # find it inside a value.
    computed = checksum(payload[:-_CRC_DIGITS])
    if printed.upper() != computed:
        raise CodeChecksumWrong(printed, computed)
