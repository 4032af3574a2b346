"""What a consumer-presented code says: applications to be charged, and data common to them.

Rules: EMV QR Code Specification for Payment Systems, Consumer-Presented Mode. An application whose
name is missing or of a wrong length is passed over; what is unknown is kept and ignored; a tag
that occurs twice in an application with the common data is refused, because two tills could charge
two different accounts by it.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from merchants.codes.cpm import ber
from merchants.codes.cpm.ber import Tlv
from merchants.errors import (
    CodeEncodingBroken,
    CodeObjectDuplicated,
    CodeObjectInvalid,
    CodeObjectMisplaced,
    CodeObjectMissing,
    CodeObjectUnexpected,
    CodeTooLong,
    NotConsumerPresented,
)

# 85 05 "CPV" in base64, as far as it does not depend on what follows.
BEGINNING = "hQVDUFY"
MAX_LENGTH = 2_953  # characters: what the largest QR code holds
VERSION = b"CPV01"

FORMAT, APPLICATION, COMMON = "85", "61", "62"
NAME, LABEL, TRACK_2, PAN = "4F", "50", "57", "5A"
TEMPLATES = {APPLICATION: "63", COMMON: "64"}

_NAME_BYTES = range(5, 17)


@dataclass(frozen=True, slots=True)
class _Rule:
    sizes: range
    pattern: re.Pattern[bytes]
    words: str


def _rule(least: int, most: int, pattern: bytes, words: str) -> _Rule:
    return _Rule(range(least, most + 1), re.compile(pattern, re.DOTALL), words)


_ANY = b".*"
_RULES: Mapping[str, _Rule] = {
    LABEL: _rule(1, 16, b"[ -~]*", "1 to 16 ASCII characters"),
    TRACK_2: _rule(1, 19, _ANY, "at most 19 bytes"),
    PAN: _rule(1, 10, _ANY, "at most 10 bytes"),
    "5F20": _rule(2, 26, b"[ -~]*", "2 to 26 ASCII characters"),
    "5F2D": _rule(2, 8, b"([a-zA-Z]{2})*", "1 to 4 languages of two letters"),
    "5F50": _rule(1, 255, b"(tel|mailto|https?):[!-~]+", "an address to reach the issuer by"),
    "9F08": _rule(2, 2, _ANY, "2 bytes"),
    "9F19": _rule(6, 6, _ANY, "6 bytes"),
    "9F24": _rule(29, 29, b"[0-9A-Za-z]*", "29 letters and digits"),
    "9F25": _rule(2, 2, _ANY, "2 bytes"),
}


@dataclass(frozen=True, slots=True)
class ConsumerPresentedCode:
    """The objects after the format indicator, in their order; nothing is left out.

    ``applications`` are the objects of each template 61 that can be charged, ``common`` those of
    template 62, and ``skipped`` counts the templates 61 that cannot.
    """

    objects: tuple[Tlv, ...]
    applications: tuple[tuple[Tlv, ...], ...]
    common: tuple[Tlv, ...]
    skipped: int


def looks_like_one(text: str) -> bool:
    """Tell whether a text begins as these codes do."""
    return text.startswith(BEGINNING)


def read(text: str) -> ConsumerPresentedCode:
    """Return the content of a code.

    Raises:
        NotConsumerPresented: it does not begin as these codes do.
        CodeRefused: it breaks the specification; the subclass says how.

    """
    if not looks_like_one(text):
        raise NotConsumerPresented
    objects = ber.parse(_decoded(text))
    if objects[0].tag != FORMAT:
        raise CodeObjectMisplaced(FORMAT)
    if objects[0].value != VERSION:
        raise CodeObjectInvalid(FORMAT, VERSION.decode())
    return _content(objects[1:])


def write(objects: Iterable[tuple[str, bytes]]) -> str:
    """Return the text of a code with these objects after the format indicator.

    Raises:
        CodeRefused: reading it would be refused.

    """
    data = ber.encode([(FORMAT, VERSION), *objects])
    text = base64.b64encode(data).decode()
    read(text)
    return text


def choose(code: ConsumerPresentedCode, preferred: Iterable[str] = ()) -> tuple[Tlv, ...]:
    """Return the application to charge, with the common data: the preferred, or else the first.

    Args:
        code: what was read.
        preferred: beginnings of application names in capital hexadecimal digits, the best first.

    """
    for beginning in preferred:
        for application in code.applications:
            if _value(application, NAME).hex().upper().startswith(beginning):
                return (*application, *code.common)
    return (*code.applications[0], *code.common)


def _decoded(text: str) -> bytes:
    if len(text) > MAX_LENGTH:
        raise CodeTooLong(len(text), MAX_LENGTH)
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise CodeEncodingBroken from None
    if base64.b64encode(data).decode() != text:
        raise CodeEncodingBroken
    return data


def _content(objects: tuple[Tlv, ...]) -> ConsumerPresentedCode:
    if any(found.tag == FORMAT for found in objects):
        raise CodeObjectDuplicated(FORMAT)
    commons = [found.value for found in objects if found.tag == COMMON]
    if len(commons) > 1:
        raise CodeObjectDuplicated(COMMON)
    common = ber.parse(commons[0], within=COMMON) if commons else ()
    templates = [ber.parse(o.value, within=APPLICATION) for o in objects if o.tag == APPLICATION]
    usable = tuple(each for each in templates if _has_name(each))
    if not usable:
        raise CodeObjectMissing(f"{APPLICATION}.{NAME}", "an application to charge")
    for application in usable:
        _check(application, common)
    return ConsumerPresentedCode(objects, usable, common, len(templates) - len(usable))


def _has_name(application: tuple[Tlv, ...]) -> bool:
    return any(found.tag == NAME and len(found.value) in _NAME_BYTES for found in application)


def _check(application: tuple[Tlv, ...], common: tuple[Tlv, ...]) -> None:
    seen: set[str] = set()
    for within, objects in ((APPLICATION, application), (COMMON, common)):
        for found in objects:
            path = f"{within}.{found.tag}"
            if found.tag in seen:
                raise CodeObjectDuplicated(path)
            seen.add(found.tag)
            rule = _RULES.get(found.tag)
            if rule is not None and not (
                len(found.value) in rule.sizes and rule.pattern.fullmatch(found.value)
            ):
                raise CodeObjectInvalid(path, rule.words)
            if found.tag == NAME and within == COMMON:
                raise CodeObjectUnexpected(path, "an application has a name, not the common data")
    if {TRACK_2, PAN} <= seen:
        raise CodeObjectUnexpected(PAN, "there is one account, beside track 2")


def _value(objects: Iterable[Tlv], tag: str) -> bytes:
    return next(found.value for found in objects if found.tag == tag)
