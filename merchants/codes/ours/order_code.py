"""Our codes for one payment: dynamic, with the amount, and the payment's number as 62.05.

The server's record of the payment is the truth, and a code that differs from it is refused. A tip
that is in the amount stands apart (objects 55 and 56), so that any reader tells the sum of both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ledger.money import Money
from merchants.codes.mpm import code as mpm
from merchants.codes.mpm.amounts import AMOUNT, Amount, Tip, TipRule, read_amount
from merchants.codes.mpm.code import MerchantPresentedCode, PointOfInitiation
from merchants.codes.mpm.templates import AdditionalData
from merchants.codes.ours.store_code import (
    StoreCode,
    currency_of,
    is_store_code,
    labels_of,
    payload_of,
    read_store,
)
from merchants.errors import StoreCodeInvalid

_NOT_WHOLE = "a code for one payment is dynamic, with amount and number"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCode:
    """What a code for one payment says.

    ``amount_minor`` is without the tip. The payer types a tip where ``asks_tip``; else it is
    ``tip_minor``, maybe nothing.
    """

    store: StoreCode
    number: str
    amount_minor: int
    tip_minor: int = 0
    asks_tip: bool = False
    bill_number: str | None = None


def write_order_code(order: OrderCode) -> str:
    """Return the payload a till shows for one payment.

    Raises:
        CodeObjectInvalid, LatinNameRequired, CodeTooLong: as for a printed code.

    """
    labels = replace(
        labels_of(order.store) or AdditionalData(),
        reference_label=order.number,
        bill_number=order.bill_number,
    )
    payload = replace(
        payload_of(order.store, labels),
        point_of_initiation=PointOfInitiation.DYNAMIC,
        amount=_amount(order.store, order.amount_minor),
        tip=_tip(order),
    )
    return mpm.write(payload)


def _tip(order: OrderCode) -> Tip | None:
    if order.asks_tip:
        return Tip(TipRule.PROMPT)
    return fixed_tip(order.store, order.tip_minor) if order.tip_minor else None


def fixed_tip(store: StoreCode, minor: int) -> Tip:
    """Return the tip of a fixed amount, in the store's currency."""
    return Tip(TipRule.FIXED, fee=_amount(store, minor))


def _amount(store: StoreCode, minor: int) -> Amount | None:
    text = Money(minor, store.currency).to_major()
    return read_amount({AMOUNT: text}, currency_of(store))


def is_order_code(code: MerchantPresentedCode) -> bool:
    """Tell whether a code of ours is for one payment."""
    return is_store_code(code) and code.point_of_initiation is PointOfInitiation.DYNAMIC


def read_order_code(code: MerchantPresentedCode) -> OrderCode:
    """Return which payment ``code`` is for; whether there is one is not known here.

    Raises:
        StoreCodeInvalid, StoreCodeVersionUnknown: as for a printed code, but dynamic.

    """
    labels = code.additional_data or AdditionalData()
    if not is_order_code(code) or code.amount is None or labels.reference_label is None:
        raise StoreCodeInvalid(_NOT_WHOLE)
    tip = code.tip or Tip(TipRule.FIXED)
    if code.amount.minor is None or tip.rule is TipRule.PERCENT:
        raise StoreCodeInvalid(_NOT_WHOLE)
    return OrderCode(
        store=read_store(code),
        number=labels.reference_label,
        amount_minor=code.amount.minor,
        tip_minor=0 if tip.fee is None else tip.fee.minor or 0,
        asks_tip=tip.rule is TipRule.PROMPT,
        bill_number=labels.bill_number,
    )
