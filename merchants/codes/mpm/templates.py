"""Objects that contain objects: accounts (26-51), additional data (62), language (64), 80-99."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from merchants.codes.mpm import formats, tlv
from merchants.codes.mpm.tlv import DataObject
from merchants.errors import CodeObjectMissing

ADDITIONAL_DATA, ALTERNATIVE = "62", "64"
PROMPT = "***"

_GUID = "00"
_LANGUAGE, _NAME, _CITY = "00", "01", "02"
_TEMPLATE_IDS = frozenset(f"{number}" for number in range(50, 100))


@dataclass(frozen=True, slots=True)
class Template:
    """A template that names its owner; what the other fields mean is the owner's affair."""

    id: str
    guid: str
    fields: tuple[DataObject, ...] = ()

    def get(self, field_id: str) -> str | None:
        """Return the value of a field, None if it is absent."""
        return next((value for found, value in self.fields if found == field_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionalData:
    """Object 62. A label of ``***`` asks the payer's app to ask the payer for it.

    Tax id and channel were assigned by version 1.1 of the specification; before, readers had
    to ignore those ids, so their content is not judged.
    """

    bill_number: str | None = None
    mobile_number: str | None = None
    store_label: str | None = None
    loyalty_number: str | None = None
    reference_label: str | None = None
    customer_label: str | None = None
    terminal_label: str | None = None
    purpose: str | None = None
    consumer_data_request: str | None = None
    merchant_tax_id: str | None = None
    merchant_channel: str | None = None
    reserved: tuple[DataObject, ...] = ()
    templates: tuple[Template, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Object 64: the merchant's name, and city, in the script of ``language``."""

    language: str
    merchant_name: str
    merchant_city: str | None = None
    reserved: tuple[DataObject, ...] = ()


_LABELS = {
    "01": "bill_number",
    "02": "mobile_number",
    "03": "store_label",
    "04": "loyalty_number",
    "05": "reference_label",
    "06": "customer_label",
    "07": "terminal_label",
    "08": "purpose",
    "09": "consumer_data_request",
    "10": "merchant_tax_id",
    "11": "merchant_channel",
}
_LABEL_FORMATS = {
    **dict.fromkeys(("01", "02", "03", "04", "05", "06", "07", "08"), formats.LABEL),
    "09": formats.DATA_REQUEST,
}


def read_template(object_id: str, value: str, *, within: str = "") -> Template:
    """Return the template held in ``value``.

    Raises:
        CodeStructureBroken: the value is not a run of objects.
        CodeObjectDuplicated: a field occurs twice.
        CodeObjectMissing: the identifier is absent.
        CodeObjectInvalid: the identifier is over 32 characters or not ASCII.

    """
    path = tlv.path_to(within, object_id)
    found = tlv.parse(value, within=path)
    guid = found.pop(_GUID, None)
    if guid is None:
        raise CodeObjectMissing(tlv.path_to(path, _GUID), "the identifier of the owner")
    formats.GUID.check(tlv.path_to(path, _GUID), guid)
    return Template(object_id, guid, tuple(map(DataObject._make, found.items())))


def write_template(template: Template, *, within: str = "") -> tuple[str, str]:
    """Return the template as an object, its identifier first."""
    path = tlv.path_to(within, template.id)
    value = tlv.encode(((_GUID, template.guid), *template.fields), within=path)
    return template.id, value


def read_additional_data(objects: Mapping[str, str]) -> AdditionalData | None:
    """Return the content of object 62, if there is one.

    Raises:
        CodeStructureBroken: the value is not a run of objects.
        CodeObjectDuplicated: an id occurs twice.
        CodeObjectInvalid: a label is over 25 characters or not ASCII, or the data request
            is not made of A, M and E.
        CodeObjectMissing: a template of a payment system lacks its identifier.

    """
    value = objects.get(ADDITIONAL_DATA)
    return None if value is None else _read_additional_data(value)


def _read_additional_data(value: str) -> AdditionalData:
    labels: dict[str, str] = {}
    reserved: list[DataObject] = []
    templates: list[Template] = []
    for found, text in tlv.parse(value, within=ADDITIONAL_DATA).items():
        if name := _LABELS.get(found):
            if rule := _LABEL_FORMATS.get(found):
                rule.check(tlv.path_to(ADDITIONAL_DATA, found), text)
            labels[name] = text
        elif found in _TEMPLATE_IDS:
            templates.append(read_template(found, text, within=ADDITIONAL_DATA))
        else:
            reserved.append(DataObject(found, text))
    return AdditionalData(**labels, reserved=tuple(reserved), templates=tuple(templates))


def write_additional_data(data: AdditionalData | None) -> Iterator[tuple[str, str]]:
    """Yield the additional data as an object, if there is any."""
    if data is None:
        return
    labels = ((found, getattr(data, name)) for found, name in _LABELS.items())
    templates = (write_template(each, within=ADDITIONAL_DATA) for each in data.templates)
    objects = (*_present(labels), *data.reserved, *templates)
    yield ADDITIONAL_DATA, tlv.encode(objects, within=ADDITIONAL_DATA)


def read_alternative(objects: Mapping[str, str]) -> Alternative | None:
    """Return the content of object 64, if there is one.

    Raises:
        CodeStructureBroken: the value is not a run of objects.
        CodeObjectDuplicated: an id occurs twice.
        CodeObjectMissing: the language or the name is absent.
        CodeObjectInvalid: the language is not two letters, or the name or city is too long.

    """
    value = objects.get(ALTERNATIVE)
    return None if value is None else _read_alternative(value)


def _read_alternative(value: str) -> Alternative:
    found = tlv.parse(value, within=ALTERNATIVE)
    for required in (_LANGUAGE, _NAME):
        if required not in found:
            raise CodeObjectMissing(tlv.path_to(ALTERNATIVE, required))
    city = found.get(_CITY)
    if city is not None:
        formats.CITY_ANY_SCRIPT.check(tlv.path_to(ALTERNATIVE, _CITY), city)
    return Alternative(
        language=formats.LANGUAGE.check(tlv.path_to(ALTERNATIVE, _LANGUAGE), found[_LANGUAGE]),
        merchant_name=formats.NAME_ANY_SCRIPT.check(tlv.path_to(ALTERNATIVE, _NAME), found[_NAME]),
        merchant_city=city,
        reserved=tuple(DataObject(*item) for item in found.items() if item[0] > _CITY),
    )


def write_alternative(alternative: Alternative | None) -> Iterator[tuple[str, str]]:
    """Yield the language template as an object, if there is one."""
    if alternative is None:
        return
    named = (
        (_LANGUAGE, alternative.language),
        (_NAME, alternative.merchant_name),
        (_CITY, alternative.merchant_city),
    )
    objects = (*_present(named), *alternative.reserved)
    yield ALTERNATIVE, tlv.encode(objects, within=ALTERNATIVE)


def _present(objects: Iterable[tuple[str, str | None]]) -> Iterator[tuple[str, str]]:
    return ((found, value) for found, value in objects if value is not None)
