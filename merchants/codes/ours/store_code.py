"""Our own printed codes: which store a payer stands in, and what the store asks a payer.

The payer types the amount, and a tip where objects 55 to 57 ask for one; a label of ``***`` (in
object 62) is something that the payer is asked for, such as the number of a table.

It is an EMVCo merchant-presented payload whose account template, object 26, is ours:

==  =========================================================
00  ``app.jigap``
01  merchant's public id
02  store's public id
03  version of this layout; fields added to it are ignored
04  on a printed code: version of the poster, by which it is recalled
==  =========================================================
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from merchants.codes.mpm import code as mpm
from merchants.codes.mpm import currencies, formats
from merchants.codes.mpm.amounts import Tip
from merchants.codes.mpm.code import MerchantPresentedCode, PointOfInitiation
from merchants.codes.mpm.currencies import Currency
from merchants.codes.mpm.formats import Format
from merchants.codes.mpm.schemes import OUR_GUID, is_ours
from merchants.codes.mpm.templates import PROMPT, AdditionalData, Alternative, Template
from merchants.codes.mpm.tlv import DataObject, path_to
from merchants.codes.ours.signing import SigningKey, signature_templates
from merchants.errors import (
    CodeObjectInvalid,
    LatinNameRequired,
    StoreCodeInvalid,
    StoreCodeVersionUnknown,
)

VERSION = "01"
DEFAULT_LANGUAGE = "ko"
# What a payer can be asked for, by the labels of object 62.
PROMPTS = (
    *("bill_number", "mobile_number", "store_label", "loyalty_number"),
    *("reference_label", "customer_label", "terminal_label", "purpose"),
)

_ACCOUNT = "26"
_MERCHANT_ID, _STORE_ID, _VERSION, _POSTER = "01", "02", "03", "04"
# Two ids of 25 leave a third of the template to fields that later versions may add.
_PUBLIC_ID = Format(re.compile("[0-9A-Z]{1,25}"), "1 to 25 capital letters and digits")

_POSTER_VERSION = Format(re.compile("[1-9][0-9]{0,4}"), "a number from 1 to 99999")

_OTHER_ACCOUNT = "it offers another account beside ours"
_NOT_OURS = "our account is not where it belongs"
_NOT_STATIC = "a printed code is static and has no amount"
_NO_VERSION = "the version of the poster is not one"
_NO_ID = "the merchant or store id is not one"
_INCOMPLETE = "a part of it is missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCode:
    """What a store's printed code says.

    ``currency`` is an ISO 4217 alphabetic code. ``name`` and ``city`` may be in any script
    (``language`` says which); payload objects 59 and 60 are ASCII, so then ``latin_name`` and
    ``latin_city`` give the transliterations that foreign wallets show.
    """

    merchant_id: str
    store_id: str
    name: str
    city: str
    country: str
    currency: str
    merchant_category_code: str
    latin_name: str = ""
    latin_city: str = ""
    language: str = DEFAULT_LANGUAGE
    postal_code: str | None = None
    store_label: str | None = None
    terminal_label: str | None = None
    poster_version: int | None = None
    tip: Tip | None = None
    prompts: tuple[str, ...] = ()


def write_store_code(store: StoreCode, key: SigningKey | None = None) -> str:
    """Return the payload to print for ``store``, signed where a key is given.

    Raises:
        LatinNameRequired: the name or the city is not ASCII and has no transliteration.
        CodeObjectInvalid: another field does not fit its object.
        CodeTooLong: the payload would be over 512 bytes.

    """
    code = replace(payload_of(store, labels_of(store)), tip=store.tip)
    payload = mpm.write(code)
    if key is None:
        return payload
    return mpm.write(replace(code, unreserved=signature_templates(payload, key)))


def payload_of(store: StoreCode, labels: AdditionalData | None) -> MerchantPresentedCode:
    """Return a static payload of a store, without an amount.

    Raises:
        LatinNameRequired, CodeObjectInvalid: as for writing it.

    """
    return MerchantPresentedCode(
        point_of_initiation=PointOfInitiation.STATIC,
        accounts=(_account(store),),
        merchant_category_code=store.merchant_category_code,
        currency=currency_of(store),
        country=store.country,
        merchant_name=_latin(store.name, store.latin_name, formats.NAME),
        merchant_city=_latin(store.city, store.latin_city, formats.CITY),
        postal_code=store.postal_code,
        additional_data=labels,
        alternative=_alternative(store),
    )


def _account(store: StoreCode) -> Template:
    fields = [
        DataObject(_MERCHANT_ID, _checked_id(_MERCHANT_ID, store.merchant_id)),
        DataObject(_STORE_ID, _checked_id(_STORE_ID, store.store_id)),
        DataObject(_VERSION, VERSION),
    ]
    if store.poster_version is not None:
        version = _POSTER_VERSION.check(path_to(_ACCOUNT, _POSTER), str(store.poster_version))
        fields.append(DataObject(_POSTER, version))
    return Template(_ACCOUNT, OUR_GUID, tuple(fields))


def _checked_id(field_id: str, value: str) -> str:
    return _PUBLIC_ID.check(path_to(_ACCOUNT, field_id), value)


def currency_of(store: StoreCode) -> Currency:
    """Return the currency that a store takes.

    Raises:
        CodeObjectInvalid: codes cannot name it.

    """
    currency = currencies.by_alpha(store.currency)
    if currency is None:
        raise CodeObjectInvalid(mpm.CURRENCY, "a code of ISO 4217")
    return currency


def _latin(text: str, latin: str, rule: Format) -> str:
    if text.isascii():
        return text
    if not rule.allows(latin):
        raise LatinNameRequired(text, rule.rule)
    return latin


def labels_of(store: StoreCode) -> AdditionalData | None:
    """Return what stands in object 62: the store's labels, and what the payer is asked for."""
    labels = {"store_label": store.store_label, "terminal_label": store.terminal_label}
    said: dict[str, Any] = {name: text for name, text in labels.items() if text is not None}
    said |= dict.fromkeys(store.prompts, PROMPT)
    return AdditionalData(**said) if said else None


def _alternative(store: StoreCode) -> Alternative | None:
    if store.name.isascii() and store.city.isascii():
        return None
    city = None if store.city.isascii() else store.city
    return Alternative(language=store.language, merchant_name=store.name, merchant_city=city)


def is_store_code(code: MerchantPresentedCode) -> bool:
    """Tell whether ``code`` names us as the one to pay through, genuine or not."""
    return any(is_ours(account.guid) for account in code.accounts)


def read_store_code(code: MerchantPresentedCode) -> StoreCode:
    """Return which store ``code`` is of; whether that store exists is not known here.

    Raises:
        StoreCodeInvalid: this wallet does not issue such codes: another account beside ours,
            an amount, not static, or ids that are none.
        StoreCodeVersionUnknown: the layout is newer than this software.

    """
    if code.point_of_initiation is not PointOfInitiation.STATIC or code.amount:
        raise StoreCodeInvalid(_NOT_STATIC)
    labels = code.additional_data or AdditionalData()
    prompts = tuple(name for name in PROMPTS if getattr(labels, name) == PROMPT)
    return replace(read_store(code), tip=code.tip, prompts=prompts)


def read_store(code: MerchantPresentedCode) -> StoreCode:
    """Return the store that a code of ours is of, printed or not.

    Raises:
        StoreCodeInvalid, StoreCodeVersionUnknown: this wallet does not issue such codes.

    """
    account = _only_account(code)
    name, city = code.merchant_name, code.merchant_city
    category, currency = code.merchant_category_code, code.currency.alpha
    if name is None or city is None or category is None or currency is None:
        raise StoreCodeInvalid(_INCOMPLETE)
    labels = code.additional_data or AdditionalData()
    local = code.alternative or Alternative(language=DEFAULT_LANGUAGE, merchant_name=name)
    local_city = local.merchant_city or city
    return StoreCode(
        merchant_id=_issued_id(account, _MERCHANT_ID),
        store_id=_issued_id(account, _STORE_ID),
        name=local.merchant_name,
        city=local_city,
        latin_name="" if local.merchant_name == name else name,
        latin_city="" if local_city == city else city,
        language=local.language,
        country=code.country,
        currency=currency,
        merchant_category_code=category,
        postal_code=code.postal_code,
        store_label=_said(labels.store_label),
        terminal_label=_said(labels.terminal_label),
        poster_version=_poster_of(account),
    )


def _only_account(code: MerchantPresentedCode) -> Template:
    """Return our account template, of a version that is known."""
    # A second account would let another wallet pay somebody else from the same code.
    if len(code.accounts) != 1 or code.card_accounts:
        raise StoreCodeInvalid(_OTHER_ACCOUNT)
    account = code.accounts[0]
    if account.id != _ACCOUNT or not is_ours(account.guid):
        raise StoreCodeInvalid(_NOT_OURS)
    version = account.get(_VERSION)
    if version is not None and version != VERSION:
        raise StoreCodeVersionUnknown(version)
    if version is None:
        raise StoreCodeInvalid(_INCOMPLETE)
    return account


def _said(label: str | None) -> str | None:
    return None if label == PROMPT else label


def _poster_of(account: Template) -> int | None:
    value = account.get(_POSTER)
    if value is not None and not _POSTER_VERSION.allows(value):
        raise StoreCodeInvalid(_NO_VERSION)
    return None if value is None else int(value)


def _issued_id(account: Template, field_id: str) -> str:
    value = account.get(field_id)
    if value is None or not _PUBLIC_ID.allows(value):
        raise StoreCodeInvalid(_NO_ID)
    return value
