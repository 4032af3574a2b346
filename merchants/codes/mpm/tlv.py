"""The layer under EMVCo payloads: a flat run of ``id length value`` objects.

Id and length are two ASCII digits each. The length counts characters (code points), not
bytes, so that it is the same whatever encoding carried the text. A value may itself be such
a run (a template); each level is parsed by a call of its own.
"""

from collections.abc import Iterable
from typing import NamedTuple

from merchants.errors import CodeObjectDuplicated, CodeObjectInvalid, CodeStructureBroken

_HEADER_LENGTH = 4
_MAX_VALUE_LENGTH = 99

# Tables rather than int(): int() and str.isdigit() accept the digits of every script, and
# a second reader that does not would see other objects in the same code.
_IDS = frozenset(f"{number:02d}" for number in range(100))
_LENGTHS = {f"{number:02d}": number for number in range(1, _MAX_VALUE_LENGTH + 1)}


class DataObject(NamedTuple):
    """One object kept as it was read."""

    id: str
    value: str


def path_to(within: str, object_id: str) -> str:
    """Return the dotted name of an object: ``62.03`` inside a template, ``54`` outside."""
    return f"{within}.{object_id}" if within else object_id


def parse(text: str, *, within: str = "") -> dict[str, str]:
    """Return the values of one level by id, in the order they were written.

    ``within`` is the id of the template that ``text`` is the value of, for messages.

    Raises:
        CodeStructureBroken: an id or length is not two digits, a length is 00, or a value
            is shorter than announced.
        CodeObjectDuplicated: an id occurs twice.

    """
    objects: dict[str, str] = {}
    start, end = 0, len(text)
    while start < end:
        object_id = text[start : start + 2]
        value_start = start + _HEADER_LENGTH
        length = _LENGTHS.get(text[start + 2 : value_start])
        if object_id not in _IDS or length is None or value_start + length > end:
            raise _broken(text, start, within)
        if object_id in objects:
            raise CodeObjectDuplicated(path_to(within, object_id))
        start = value_start + length
        objects[object_id] = text[value_start:start]
    return objects


def _broken(text: str, start: int, within: str) -> CodeStructureBroken:
    """Explain the first thing wrong with the object that starts at ``start``."""
    object_id, length = text[start : start + 2], text[start + 2 : start + _HEADER_LENGTH]
    if object_id not in _IDS:
        return CodeStructureBroken(within, start, "an id of two digits is expected")
    if length not in _LENGTHS:
        return CodeStructureBroken(within, start + 2, "a length of 01 to 99 is expected")
    left = len(text) - start - _HEADER_LENGTH
    return CodeStructureBroken(
        within, start, f"object {object_id} announces {length} characters, {left} are left"
    )


def encode(objects: Iterable[tuple[str, str]], *, within: str = "") -> str:
    """Return the text of one level, the objects in the order given.

    Raises:
        CodeObjectInvalid: an id is not two digits, or a value is empty or over 99 characters.
        CodeObjectDuplicated: an id occurs twice.

    """
    parts: list[str] = []
    seen: set[str] = set()
    for object_id, value in objects:
        if object_id in seen:
            raise CodeObjectDuplicated(path_to(within, object_id))
        if object_id not in _IDS:
            raise CodeObjectInvalid(path_to(within, object_id), "an id is two digits")
        if not 1 <= len(value) <= _MAX_VALUE_LENGTH:
            raise CodeObjectInvalid(path_to(within, object_id), "1 to 99 characters")
        seen.add(object_id)
        parts.append(f"{object_id}{len(value):02d}{value}")
    return "".join(parts)
