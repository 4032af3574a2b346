"""EMVCo merchant-presented codes: what a store shows and a payer scans.

``read`` takes what is in print, ours or anybody's; ``write`` emits only what follows the
specification to the letter. Rules: EMV QR Code Specification for Payment Systems,
Merchant-Presented Mode.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from merchants.codes.mpm import amounts, currencies, formats, templates
from merchants.codes.mpm.amounts import Amount, Tip
from merchants.codes.mpm.currencies import Currency
from merchants.codes.mpm.formats import Format
from merchants.codes.mpm.payload import CRC, FORMAT, open_payload, seal_payload
from merchants.codes.mpm.schemes import Leniency, Tolerance, tolerances_for
from merchants.codes.mpm.templates import AdditionalData, Alternative, Template
from merchants.codes.mpm.tlv import DataObject
from merchants.errors import (
    CodeNotWritable,
    CodeObjectInvalid,
    CodeObjectMissing,
    CodeRefused,
)

INITIATION, CATEGORY, CURRENCY = "01", "52", "53"
COUNTRY, NAME, CITY, POSTAL_CODE = "58", "59", "60", "61"

_FORMAT_01, _FORMAT_02 = "01", "02"
_CARD_ACCOUNTS = ("02", "25")
_ACCOUNTS = ("26", "51")
_ANY_ACCOUNT = "02-51"
_RESERVED = ("65", "79")
_UNRESERVED = ("80", "99")
_LONG_NAME = formats.ascii_text(26)


class PointOfInitiation(StrEnum):
    """Whether a code is shown to many payers, or made for one payment (object 01)."""

    STATIC = "11"
    DYNAMIC = "12"


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantPresentedCode:
    """The content of a payload; None stands for an absent object.

    ``card_accounts`` are objects 02 to 25, each a bare account number; ``accounts`` are the
    templates 26 to 51, ``unreserved`` 80 to 99. ``ignored`` keeps the objects that no meaning
    is assigned to. ``tolerated`` names the rules that were waived in reading.
    """

    accounts: tuple[Template, ...] = ()
    card_accounts: tuple[DataObject, ...] = ()
    currency: Currency
    country: str
    merchant_category_code: str | None
    merchant_name: str | None
    merchant_city: str | None
    postal_code: str | None = None
    point_of_initiation: PointOfInitiation | None = None
    amount: Amount | None = None
    tip: Tip | None = None
    additional_data: AdditionalData | None = None
    alternative: Alternative | None = None
    unreserved: tuple[Template, ...] = ()
    ignored: tuple[DataObject, ...] = ()
    payload_format: str = _FORMAT_01
    tolerated: tuple[Tolerance, ...] = ()


def read(payload: str) -> MerchantPresentedCode:
    """Return the content of ``payload``, whoever issued it.

    Raises:
        CodeRefused: the payload breaks the specification (the subclass says how) in a way
            that is not tolerated for the payment system it belongs to.

    """
    return read_objects(open_payload(payload))


def read_objects(objects: Mapping[str, str]) -> MerchantPresentedCode:
    """Return the content of the outer ``objects`` of a payload whose checksum was right.

    Raises:
        CodeRefused: as ``read``.

    """
    accounts = _read_accounts(objects)
    tolerances = tolerances_for(account.guid for account in accounts)
    return _read_content(objects, accounts, Leniency(tolerances))


def write(code: MerchantPresentedCode) -> str:
    """Return the payload of ``code``; reading it gives ``code`` again, exactly.

    Raises:
        CodeRefused: the payload would break the specification (the subclass says how).
        CodeNotWritable: ``code`` contradicts itself, or was read with tolerance.

    """
    payload = seal_payload(_objects(code))
    objects = open_payload(payload)
    # Emitting is checked by strict reading, so that the rules exist once.
    if _read_content(objects, _read_accounts(objects), Leniency()) != code:
        raise CodeNotWritable
    return payload


def _read_content(
    objects: Mapping[str, str], accounts: tuple[Template, ...], leniency: Leniency
) -> MerchantPresentedCode:
    currency = currencies.by_numeric(_required(objects, CURRENCY, formats.CURRENCY))
    unreserved, raw = _read_unreserved(objects, leniency)
    _check_checksum_case(objects[CRC], leniency)
    return MerchantPresentedCode(
        payload_format=_read_format(objects[FORMAT], leniency),
        point_of_initiation=_read_initiation(objects.get(INITIATION)),
        card_accounts=_read_card_accounts(objects, accounts),
        accounts=accounts,
        merchant_category_code=_read_category(objects, leniency),
        currency=currency,
        amount=amounts.read_amount(objects, currency),
        tip=amounts.read_tip(objects, currency),
        country=_required(objects, COUNTRY, formats.COUNTRY),
        merchant_name=_read_name(objects.get(NAME), leniency),
        merchant_city=_read_city(objects.get(CITY), leniency),
        postal_code=_optional(objects, POSTAL_CODE, formats.POSTAL_CODE),
        additional_data=templates.read_additional_data(objects),
        alternative=templates.read_alternative(objects),
        unreserved=unreserved,
        ignored=(*_between(objects, _RESERVED), *raw),
        tolerated=tuple(each for each in Tolerance if each in leniency.used),
    )


def _between(objects: Mapping[str, str], ids: tuple[str, str]) -> Iterator[DataObject]:
    """Yield the objects of a range of ids; two digits compare as text like numbers."""
    first, last = ids
    return (DataObject(*found) for found in objects.items() if first <= found[0] <= last)


def _required(objects: Mapping[str, str], object_id: str, rule: Format) -> str:
    if object_id not in objects:
        raise CodeObjectMissing(object_id)
    return rule.check(object_id, objects[object_id])


def _optional(objects: Mapping[str, str], object_id: str, rule: Format) -> str | None:
    value = objects.get(object_id)
    return None if value is None else rule.check(object_id, value)


def _read_accounts(objects: Mapping[str, str]) -> tuple[Template, ...]:
    return tuple(templates.read_template(*found) for found in _between(objects, _ACCOUNTS))


def _read_card_accounts(
    objects: Mapping[str, str], accounts: tuple[Template, ...]
) -> tuple[DataObject, ...]:
    cards = tuple(_between(objects, _CARD_ACCOUNTS))
    if not cards and not accounts:
        raise CodeObjectMissing(_ANY_ACCOUNT, "at least one account to pay to")
    for card in cards:
        formats.ACCOUNT.check(*card)
    return cards


def _read_unreserved(
    objects: Mapping[str, str], leniency: Leniency
) -> tuple[tuple[Template, ...], tuple[DataObject, ...]]:
    """Return the templates 80 to 99, and those tolerated although they are none."""
    read: list[Template] = []
    raw: list[DataObject] = []
    for found in _between(objects, _UNRESERVED):
        try:
            read.append(templates.read_template(*found))
        except CodeRefused as refusal:
            leniency.forgive(Tolerance.RAW_UNRESERVED, refusal)
            raw.append(found)
    return tuple(read), tuple(raw)


def _check_checksum_case(printed: str, leniency: Leniency) -> None:
    if printed != printed.upper():
        refusal = CodeObjectInvalid(CRC, "hexadecimal digits are capitals")
        leniency.forgive(Tolerance.LOWER_CASE_CHECKSUM, refusal)


def _read_format(value: str, leniency: Leniency) -> str:
    if value != _FORMAT_01:
        refusal = CodeObjectInvalid(FORMAT, _FORMAT_01)
        if value != _FORMAT_02:
            raise refusal
        leniency.forgive(Tolerance.FORMAT_02, refusal)
    return value


def _read_initiation(value: str | None) -> PointOfInitiation | None:
    try:
        return None if value is None else PointOfInitiation(value)
    except ValueError:
        raise CodeObjectInvalid(INITIATION, "11 or 12") from None


def _read_category(objects: Mapping[str, str], leniency: Leniency) -> str | None:
    if CATEGORY not in objects:
        leniency.forgive(Tolerance.NO_CATEGORY, CodeObjectMissing(CATEGORY))
    return _optional(objects, CATEGORY, formats.CATEGORY)


def _read_name(value: str | None, leniency: Leniency) -> str | None:
    if value is None:
        leniency.forgive(Tolerance.NO_NAME, CodeObjectMissing(NAME))
    elif not formats.NAME.allows(value):
        refusal = CodeObjectInvalid(NAME, formats.NAME.rule)
        if not _LONG_NAME.allows(value):
            raise refusal
        leniency.forgive(Tolerance.LONG_NAME, refusal)
    return value


def _read_city(value: str | None, leniency: Leniency) -> str | None:
    if value is None:
        leniency.forgive(Tolerance.NO_CITY, CodeObjectMissing(CITY))
    elif not formats.CITY.allows(value):
        refusal = CodeObjectInvalid(CITY, formats.CITY.rule)
        if not formats.CITY_ANY_SCRIPT.allows(value):
            raise refusal
        leniency.forgive(Tolerance.ACCENTED_CITY, refusal)
    return value


def _objects(code: MerchantPresentedCode) -> Iterator[tuple[str, str]]:
    """Yield the outer objects of ``code`` in the order of their ids, the checksum aside."""
    yield FORMAT, code.payload_format
    yield from _present((INITIATION, code.point_of_initiation))
    yield from code.card_accounts
    yield from map(templates.write_template, code.accounts)
    yield from _present((CATEGORY, code.merchant_category_code), (CURRENCY, code.currency.numeric))
    yield from amounts.write_amounts(code.amount, code.tip)
    yield from _present(
        (COUNTRY, code.country),
        (NAME, code.merchant_name),
        (CITY, code.merchant_city),
        (POSTAL_CODE, code.postal_code),
    )
    yield from templates.write_additional_data(code.additional_data)
    yield from templates.write_alternative(code.alternative)
    yield from code.ignored
    yield from map(templates.write_template, code.unreserved)


def _present(*objects: tuple[str, str | None]) -> Iterator[tuple[str, str]]:
    return ((found, value) for found, value in objects if value is not None)
