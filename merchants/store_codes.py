"""The codes of a store and of its payments: what they say, and whom a scanned one pays."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from ledger.money import Money
from merchants.codes.description import scheme_name
from merchants.codes.mpm.amounts import Amount, Tip, TipRule
from merchants.codes.mpm.code import MerchantPresentedCode, read, read_objects
from merchants.codes.mpm.formats import LABEL
from merchants.codes.mpm.payload import open_payload
from merchants.codes.ours.order_code import (
    OrderCode,
    is_order_code,
    read_order_code,
    write_order_code,
)
from merchants.codes.ours.signing import Verdict, judge_objects, signing_keys
from merchants.codes.ours.store_code import (
    StoreCode,
    is_store_code,
    read_store_code,
    write_store_code,
)
from merchants.errors import (
    CodeForeign,
    CodeKeyUnknown,
    CodeOutdated,
    CodeRefused,
    CodeRevoked,
    CodeSignatureWrong,
    CodeUnsigned,
    UnknownPayment,
    UnknownStore,
)
from merchants.models import Merchant, Payment, Store, Terminal

# A store's id, which stands on its poster for who cannot scan it.
_PAYEE_CODE = re.compile("S[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{10}")
_PERCENT_BPS = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a printed code pays, and what it asks of the payer besides the amount."""

    store: Store
    tip: Tip | None
    prompts: tuple[str, ...]


def printed_code(store: Store, terminal: Terminal | None = None) -> str:
    """Return the payload of the code a store prints, signed: the payer types the amount."""
    said = replace(
        _said_of(store),
        store_label=store.latin_name if LABEL.allows(store.latin_name) else None,
        terminal_label=None if terminal is None else terminal.public_id,
        poster_version=store.poster_version,
        tip=tip_of(store),
        prompts=tuple(store.prompts),
    )
    return write_store_code(said, signing_keys()[0])


def order_code(payment: Payment, store: Store) -> str:
    """Return the payload of the code a till shows for one payment."""
    order = OrderCode(
        store=_said_of(store),
        number=payment.number,
        amount_minor=payment.amount_minor - payment.tip_minor,
        tip_minor=payment.tip_minor,
        asks_tip=payment.asks_tip,
        bill_number=payment.bill_number or None,
    )
    return write_order_code(order)


def _said_of(store: Store) -> StoreCode:
    return StoreCode(
        merchant_id=store.merchant.public_id,
        store_id=store.public_id,
        name=store.name,
        latin_name=store.latin_name,
        city=store.city,
        country=store.country,
        currency=store.merchant.currency,
        merchant_category_code=store.merchant_category_code,
    )


def tip_of(store: Store) -> Tip | None:
    """Return the tip that a store's next poster asks for."""
    if store.tip_rule == Store.TipRule.NONE:
        return None
    fee = percent = None
    if store.tip_minor is not None:
        text = Money(store.tip_minor, store.merchant.currency).to_major()
        fee = Amount(text, store.tip_minor)
    if store.tip_bps is not None:
        whole, part = divmod(store.tip_bps, _PERCENT_BPS)
        percent = f"{whole:02d}.{part:02d}"
    return Tip(TipRule[store.tip_rule], fee=fee, percent=percent)


def tip_document(tip: Tip | None, currency: str) -> dict[str, Any]:
    """Return what is asked for as it is told: the rule, and the fee or the percentage."""
    if tip is None:
        return {"rule": "NONE", "fee": None, "percent": None}
    fee = None if tip.fee is None else Money(tip.fee.minor or 0, currency)
    return {"rule": tip.rule.name, "fee": fee, "percent": tip.percent}


def asked_by(payment: Payment) -> Asked:
    """Return what a till's code asks for; ``payment`` is of a store.

    Raises:
        UnknownPayment: it is of none.

    """
    if payment.store is None:
        raise UnknownPayment
    tip = Tip(TipRule.PROMPT) if payment.asks_tip and not payment.tip_minor else None
    return Asked(payment.store, tip, ())


def store_of(payload: str) -> Asked:
    """Return what a printed code asks for, or the store whose name a payer typed from it.

    What a poster says was signed by us, so it counts although the store asks otherwise now.

    Raises:
        CodeRefused: the payload is broken, not a code of ours, not signed by us, or was recalled.
        UnknownStore: no store of that merchant accepts payments under it.

    """
    if (typed := _typed(payload)) is not None:
        store = _accepting(public_id=typed)
        return Asked(store, tip_of(store), tuple(store.prompts))
    objects = open_payload(payload)
    scanned = read_objects(objects)
    refuse_foreign(scanned)
    code = read_store_code(scanned)
    _require_genuine(judge_objects(objects))
    store = _accepting(public_id=code.store_id, merchant__public_id=code.merchant_id)
    if (code.poster_version or 0) < store.oldest_poster_version:
        raise CodeRevoked
    return Asked(store, code.tip, code.prompts)


def refuse_foreign(code: MerchantPresentedCode) -> None:
    """Refuse a code of another payment system, and say of which.

    Raises:
        CodeForeign: nobody can be paid by it from here.

    """
    if not is_store_code(code):
        raise CodeForeign(scheme_name(code), code.merchant_name)


def _require_genuine(verdict: Verdict) -> None:
    refusals: dict[Verdict, type[CodeRefused]] = {
        Verdict.MISSING: CodeUnsigned,
        Verdict.UNKNOWN_KEY: CodeKeyUnknown,
        Verdict.WRONG: CodeSignatureWrong,
    }
    if verdict in refusals:
        raise refusals[verdict]


def _typed(text: str) -> str | None:
    """Return the store's id where a payer typed it, in whatever case and with dashes."""
    plain = re.sub("[- ]", "", text).upper()
    return plain if _PAYEE_CODE.fullmatch(plain) else None


def _accepting(**named: str) -> Store:
    stores = Store.objects.select_related("merchant").filter(
        accepts=True, merchant__status=Merchant.Status.ACTIVE
    )
    found = stores.filter(**named).first()
    if found is None:
        raise UnknownStore
    return found


def payment_of(payload: str) -> Payment | None:
    """Return the payment that a till's code is for; None for a code of any other kind.

    Raises:
        CodeRefused: the payload is broken.
        UnknownPayment: there is no such payment.
        CodeOutdated: the code says something else than the payment it names.

    """
    if _typed(payload) is not None:
        return None
    code = read(payload)
    if not is_order_code(code):
        return None
    order = read_order_code(code)
    payments = Payment.objects.select_related("store", "merchant")
    found = payments.filter(number=order.number).first()
    if found is None or found.store is None:
        raise UnknownPayment
    said = (order.store.merchant_id, order.store.store_id, order.amount_minor, order.asks_tip)
    without_tip = found.amount_minor - found.tip_minor
    known = (found.merchant.public_id, found.store.public_id, without_tip, found.asks_tip)
    if said != known or (not order.asks_tip and order.tip_minor != found.tip_minor):
        raise CodeOutdated
    return found
