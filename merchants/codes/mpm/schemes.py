"""Who a payload's account belongs to, and what is known to be wrong with their codes.

Payloads are read strictly. Printed codes of some payment systems break single rules although
nothing about them is doubtful; each such rule is named here and waived for that system alone,
and the reading says so. Nothing that decides who is paid, or how much, can be waived.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from merchants.errors import CodeRefused

OUR_GUID = "app.jigap"


class Tolerance(StrEnum):
    """A rule that the codes of some payment systems break, in print, by the thousand."""

    FORMAT_02 = "payload_format_02"
    NO_CATEGORY = "category_missing"
    NO_NAME = "name_missing"
    NO_CITY = "city_missing"
    LONG_NAME = "name_of_26_characters"
    ACCENTED_CITY = "city_not_ascii"
    LOWER_CASE_CHECKSUM = "checksum_in_lower_case"
    RAW_UNRESERVED = "unreserved_object_not_a_template"


@dataclass(frozen=True, slots=True)
class Scheme:
    """A payment system: its name for people, and the rules its codes may break."""

    name: str
    tolerances: frozenset[Tolerance] = frozenset()


_UNNAMED_PAYEE = frozenset({Tolerance.NO_CATEGORY, Tolerance.NO_NAME, Tolerance.NO_CITY})

_OURS = Scheme("Jigap")
_PROMPTPAY = Scheme("PromptPay", _UNNAMED_PAYEE)
_VIETQR = Scheme("VietQR", _UNNAMED_PAYEE)
_DUITNOW = Scheme("DuitNow", frozenset({Tolerance.FORMAT_02, Tolerance.RAW_UNRESERVED}))
_BHARAT_QR = Scheme("Bharat QR", frozenset({Tolerance.LOWER_CASE_CHECKSUM}))
_PIX = Scheme("Pix", frozenset({Tolerance.ACCENTED_CITY, Tolerance.LONG_NAME}))
_QRIS = Scheme("QRIS", frozenset({Tolerance.LONG_NAME}))

# Globally unique identifiers compare without case: AIDs are hexadecimal, domains case-blind.
_BY_GUID = {
    OUR_GUID: _OURS,
    "a000000677010111": _PROMPTPAY,
    "a000000677010112": _PROMPTPAY,
    "a000000677010113": _PROMPTPAY,
    "a000000677010114": _PROMPTPAY,
    "a000000727": _VIETQR,
    "a0000006150001": _DUITNOW,
    "a000000524": _BHARAT_QR,
    "br.gov.bcb.pix": _PIX,
    "id.co.qris.www": _QRIS,
    "sg.paynow": Scheme("PayNow"),
    "sg.sgqr": Scheme("SGQR"),
    "hk.com.hkicl": Scheme("FPS"),
    "com.p2pqrpay": Scheme("QR Ph"),
    "ph.ppmi.p2m": Scheme("QR Ph"),
}

# Ids 02 to 25 are given out to card networks by EMVCo instead of naming themselves.
_CARD_NETWORKS = {
    **dict.fromkeys(("02", "03"), "Visa"),
    **dict.fromkeys(("04", "05"), "Mastercard"),
    **dict.fromkeys(("09", "10"), "Discover"),
    **dict.fromkeys(("11", "12"), "American Express"),
    **dict.fromkeys(("13", "14"), "JCB"),
    **dict.fromkeys(("15", "16"), "UnionPay"),
}


def scheme_of(guid: str) -> Scheme | None:
    """Return the payment system that a template's identifier names, if it is known."""
    return _BY_GUID.get(guid.lower())


def is_ours(guid: str) -> bool:
    """Tell whether a template's identifier is this wallet's own."""
    return guid.lower() == OUR_GUID


def card_network(object_id: str) -> str | None:
    """Return the name of the card network that owns an id from 02 to 25, if any does."""
    return _CARD_NETWORKS.get(object_id)


@dataclass(slots=True)
class Leniency:
    """What one reading may forgive, and what it has forgiven so far."""

    allowed: frozenset[Tolerance] = frozenset()
    used: set[Tolerance] = field(default_factory=set)

    def forgive(self, tolerance: Tolerance, refusal: CodeRefused) -> None:
        """Record that a rule was broken.

        Raises:
            CodeRefused: ``refusal``, if the rule may not be broken here.

        """
        if tolerance not in self.allowed:
            raise refusal
        self.used.add(tolerance)


def tolerances_for(guids: Iterable[str]) -> frozenset[Tolerance]:
    """Return the rules that a payload with accounts of these identifiers may break.

    None, if one of them is ours: this wallet would pay by it, and emits no such code.
    """
    allowed: frozenset[Tolerance] = frozenset()
    for guid in guids:
        if is_ours(guid):
            return frozenset()
        if scheme := scheme_of(guid):
            allowed |= scheme.tolerances
    return allowed
