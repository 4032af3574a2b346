"""A payload as plain data for JSON: what it means, and the objects it is made of."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from ledger.money import Money
from merchants.codes.mpm import code as mpm
from merchants.codes.mpm import tlv
from merchants.codes.mpm.amounts import Amount, Tip
from merchants.codes.mpm.code import MerchantPresentedCode
from merchants.codes.mpm.currencies import Currency
from merchants.codes.mpm.payload import open_payload
from merchants.codes.mpm.schemes import card_network, scheme_of
from merchants.codes.mpm.templates import (
    ADDITIONAL_DATA,
    ALTERNATIVE,
    PROMPT,
    AdditionalData,
    Template,
)
from merchants.codes.mpm.tlv import DataObject
from merchants.codes.ours.order_code import is_order_code, read_order_code
from merchants.codes.ours.signing import judge_objects
from merchants.codes.ours.store_code import StoreCode, is_store_code, read_store_code

Fields = dict[str, object]

_LABEL_NAMES = tuple(
    field.name for field in fields(AdditionalData) if field.name not in {"reserved", "templates"}
)

# What it asks of the payer stands beside the store, for codes of every payment system.
_STORE_NAMES = tuple(
    field.name for field in fields(StoreCode) if field.name not in {"tip", "prompts"}
)


def describe(payload: str) -> Fields:
    """Return what ``payload`` says; every value is text, a boolean, null, list or object.

    The keys are always the same. ``objects`` holds the raw values by id in their order, a
    template as an object of its own, so that nothing of the payload is lost. ``ours`` tells
    whether this wallet is to be paid through; then ``store`` names the store, and ``signature``
    tells whether we signed it: genuine, missing, unknown_key or wrong. Codes for one payment are
    not signed; our record of the payment says whether they are right.

    Raises:
        CodeRefused: the payload cannot be relied on; the subclass says why.

    """
    objects = open_payload(payload)
    code = mpm.read_objects(objects)
    initiation = code.point_of_initiation
    return {
        "scheme": "emvco_mpm",
        "scheme_name": scheme_name(code),
        "ours": is_store_code(code),
        "store": _store(code),
        "signature": judge_objects(objects).value if is_store_code(code) else None,
        "payload_format": code.payload_format,
        "point_of_initiation": initiation and initiation.name.lower(),
        "merchant_name": code.merchant_name,
        "merchant_city": code.merchant_city,
        "country": code.country,
        "postal_code": code.postal_code,
        "merchant_category_code": code.merchant_category_code,
        "currency": code.currency.alpha,
        "currency_numeric": code.currency.numeric,
        "amount": _amount(code.amount, code.currency),
        "tip": _tip(code.tip, code.currency),
        "accounts": [*map(_card_account, code.card_accounts), *map(_template, code.accounts)],
        "additional_data": _additional_data(code.additional_data),
        "prompts": list(_prompts(code.additional_data)),
        "alternative": _alternative(code),
        "unreserved": list(map(_template, code.unreserved)),
        "tolerated": list(code.tolerated),
        "objects": _raw(objects, code),
    }


def scheme_name(code: MerchantPresentedCode) -> str | None:
    known = (scheme.name for each in code.accounts if (scheme := scheme_of(each.guid)))
    networks = (name for each in code.card_accounts if (name := card_network(each.id)))
    return next(known, None) or next(networks, None)


def _store(code: MerchantPresentedCode) -> Fields | None:
    if not is_store_code(code):
        return None
    store = read_order_code(code).store if is_order_code(code) else read_store_code(code)
    return {name: getattr(store, name) for name in _STORE_NAMES}


def _amount(amount: Amount | None, currency: Currency) -> Fields | None:
    if amount is None:
        return None
    if amount.minor is None or currency.alpha is None:
        return {"amount": amount.text, "currency": None}
    return {"amount": Money(amount.minor, currency.alpha).to_major(), "currency": currency.alpha}


def _tip(tip: Tip | None, currency: Currency) -> Fields | None:
    if tip is None:
        return None
    fee = _amount(tip.fee, currency)
    return {"rule": tip.rule.name.lower(), "fee": fee, "percent": tip.percent}


def _card_account(account: DataObject) -> Fields:
    return {
        "id": account.id,
        "scheme_name": card_network(account.id),
        "guid": None,
        "value": account.value,
    }


def _template(template: Template) -> Fields:
    scheme = scheme_of(template.guid)
    return {
        "id": template.id,
        "scheme_name": scheme and scheme.name,
        "guid": template.guid,
        "fields": dict(template.fields),
    }


def _additional_data(data: AdditionalData | None) -> Fields | None:
    if data is None:
        return None
    return {name: value for name in _LABEL_NAMES if (value := getattr(data, name)) is not None}


def _prompts(data: AdditionalData | None) -> Iterator[str]:
    """Yield the names of the labels the payer is to be asked for."""
    return (name for name in _LABEL_NAMES if getattr(data, name, None) == PROMPT)


def _alternative(code: MerchantPresentedCode) -> Fields | None:
    if code.alternative is None:
        return None
    return {
        "language": code.alternative.language,
        "merchant_name": code.alternative.merchant_name,
        "merchant_city": code.alternative.merchant_city,
    }


def _raw(objects: Mapping[str, str], code: MerchantPresentedCode) -> Fields:
    """Return the objects with their templates opened, as deep as they are known to go."""
    templates = {ADDITIONAL_DATA, ALTERNATIVE}
    templates |= {each.id for each in (*code.accounts, *code.unreserved)}
    raw: Fields = _opened(objects, templates)
    if code.additional_data and code.additional_data.templates:
        inner = {each.id for each in code.additional_data.templates}
        raw[ADDITIONAL_DATA] = _opened(tlv.parse(objects[ADDITIONAL_DATA]), inner)
    return raw


def _opened(objects: Mapping[str, str], templates: set[str]) -> Fields:
    return {
        found: tlv.parse(value) if found in templates else value
        for found, value in objects.items()
    }
