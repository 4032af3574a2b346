"""A consumer-presented code as plain data for JSON; card numbers are masked."""

from collections.abc import Iterable

from merchants.codes.cpm import ber
from merchants.codes.cpm.ber import Tlv
from merchants.codes.cpm.reading import (
    APPLICATION,
    COMMON,
    LABEL,
    NAME,
    PAN,
    TEMPLATES,
    TRACK_2,
    ConsumerPresentedCode,
    read,
)
from merchants.errors import CodeRefused

Fields = dict[str, object]

# Registered application providers, the first five bytes of an application's name (ISO 7816-5).
_PROVIDERS = {
    "A000000003": "Visa",
    "A000000004": "Mastercard",
    "A000000025": "American Express",
    "A000000065": "JCB",
    "A000000152": "Discover",
    "A000000333": "UnionPay",
    "A000000524": "RuPay",
}
_NAMES = {
    "5F20": "cardholder",
    "5F2D": "languages",
    "5F50": "issuer_url",
    "9F08": "application_version",
    "9F19": "token_requestor",
    "9F24": "payment_account_reference",
    "9F25": "last_four",
}
_TEXTS = {"5F20", "5F2D", "5F50", "9F24"}
_SHOWN_FIRST, _SHOWN_LAST = 6, 4


def describe(text: str) -> Fields:
    """Return what a consumer-presented code says.

    ``objects`` are the raw values in hexadecimal, templates opened, in their order; the digits in
    the middle of a card number are stars everywhere.

    Raises:
        CodeRefused: it cannot be relied on; the subclass says why.

    """
    code = read(text)
    applications = [_application(found, code.common) for found in code.applications]
    return {
        "scheme": "emvco_cpm",
        "scheme_name": next((a["scheme_name"] for a in applications if a["scheme_name"]), None),
        "ours": False,
        "applications": applications,
        "skipped_applications": code.skipped,
        "objects": _opened(code),
    }


def _application(application: tuple[Tlv, ...], common: tuple[Tlv, ...]) -> Fields:
    found = dict((*application, *common))
    name = found[NAME].hex().upper()
    account = found.get(PAN) or found.get(TRACK_2)
    return {
        "name": name,
        "scheme_name": _PROVIDERS.get(name[:10]),
        "label": _text(found.get(LABEL)),
        "account": None if account is None else _masked(account),
        **{key: _shown(tag, found.get(tag)) for tag, key in _NAMES.items()},
    }


def _shown(tag: str, value: bytes | None) -> str | None:
    if tag in _TEXTS or value is None:
        return _text(value)
    return value.hex().upper()


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("ascii")


def _masked(account: bytes) -> str:
    """Return a card number as it may be shown: first six, last four digits."""
    digits = account.hex().upper().partition("D")[0].rstrip("F")
    hidden = len(digits) - _SHOWN_FIRST - _SHOWN_LAST
    if hidden <= 0:
        return "*" * len(digits)
    return digits[:_SHOWN_FIRST] + "*" * hidden + digits[-_SHOWN_LAST:]


def _opened(code: ConsumerPresentedCode) -> list[list[object]]:
    return [
        [found.tag, _raw(ber.parse(found.value), TEMPLATES[found.tag])]
        if found.tag in {APPLICATION, COMMON}
        else [found.tag, found.value.hex().upper()]
        for found in code.objects
    ]


def _raw(objects: Iterable[Tlv], template: str) -> list[list[object]]:
    return [[found.tag, _raw_value(found, template)] for found in objects]


def _raw_value(found: Tlv, template: str) -> object:
    if found.tag in {PAN, TRACK_2}:
        return _masked(found.value)
    if found.tag == template:
        # Only its owner knows what is inside; most write objects there.
        try:
            return [[one.tag, one.value.hex().upper()] for one in ber.parse(found.value)]
        except CodeRefused:
            return found.value.hex().upper()
    return found.value.hex().upper()
