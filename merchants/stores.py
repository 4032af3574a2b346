"""Taking merchants and their stores on, and the code a store prints."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime

from ledger.accounts import open_account
from ledger.models import Category
from merchants.calendars.terms import begin_terms
from merchants.codes.description import scheme_name
from merchants.codes.mpm.code import MerchantPresentedCode, read, read_objects
from merchants.codes.mpm.formats import LABEL
from merchants.codes.mpm.payload import open_payload
from merchants.codes.ours.signing import Verdict, judge_objects, signing_keys
from merchants.codes.ours.store_code import (
    OrderCode,
    StoreCode,
    is_order_code,
    is_store_code,
    read_order_code,
    read_store_code,
    write_order_code,
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
from merchants.fees.agreements import agree
from merchants.models import FeePlan, Merchant, Payment, Store, Terminal
from wallet.idempotency import use_case

# Capitals and digits without those that are taken for one another when read aloud.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_ID_LENGTH = 10
# A store's id, which stands on its poster for who cannot scan it.
_PAYEE_CODE = re.compile(f"S[{_ALPHABET}]{{{_ID_LENGTH}}}")
_STRIPES = 16  # see Note [Striped accounts]
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


def public_id(prefix: str) -> str:
    """Return a random id that fits a printed code."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))


def make_merchant(*, currency: str, **fields: str) -> Merchant:
    """Make a merchant and open its ledger accounts, inside the caller's database transaction.

    It is settled each day until it agrees to other terms. What is owed is striped: each payment
    credits it, and it has no floor, since refunds may come to more than the day's payments.

    Raises:
        UnknownCurrency: the ledger keeps no such currency.

    """
    merchant_id = public_id("M")
    accounts = {
        f"{part}_account": open_account(
            code=f"merchant:{merchant_id}:{part}",
            currency=currency,
            category=Category.LIABILITY,
            stripes=stripes,
        )
        for part, stripes in (("payable", _STRIPES), ("in_transit", 1), ("reserve", 1))
    }
    merchant = Merchant.objects.create(
        public_id=merchant_id, currency=currency, **accounts, **fields
    )
    begin_terms(merchant=merchant)
    return merchant


@use_case
def take_on(  # noqa: PLR0913 - what is asked of a new merchant.
    *,
    legal_name: str,
    currency: str,
    fee_plan: FeePlan,
    name: str,
    latin_name: str,
    city: str,
    merchant_category_code: str,
) -> Store:
    """Take a merchant on with its first store, without an application.

    It pays by the plan as if it always had.

    Raises:
        UnknownCurrency: the ledger keeps no such currency.
        CurrencyMismatch: the plan is in another one.

    """
    merchant = make_merchant(legal_name=legal_name, currency=currency)
    agree(merchant=merchant, plan=fee_plan, effective_from=_EVER, actor="command", at=_EVER)
    return Store.objects.create(
        public_id=public_id("S"),
        merchant=merchant,
        name=name,
        latin_name=latin_name,
        city=city,
        merchant_category_code=merchant_category_code,
    )


def printed_code(store: Store, terminal: Terminal | None = None) -> str:
    """Return the payload of the code a store prints, signed: the payer types the amount."""
    said = replace(
        _said_of(store),
        store_label=store.latin_name if LABEL.allows(store.latin_name) else None,
        terminal_label=None if terminal is None else terminal.public_id,
        poster_version=store.poster_version,
    )
    return write_store_code(said, signing_keys()[0])


def order_code(payment: Payment, store: Store) -> str:
    """Return the payload of the code a till shows for one payment."""
    order = OrderCode(
        store=_said_of(store),
        number=payment.number,
        amount_minor=payment.amount_minor,
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


def store_of(payload: str) -> Store:
    """Return the store whose printed code this is, or whose name a payer typed from it.

    Raises:
        CodeRefused: the payload is broken, not a code of ours, not signed by us, or was recalled.
        UnknownStore: no store of that merchant accepts payments under it.

    """
    if (typed := _typed(payload)) is not None:
        return _accepting(public_id=typed)
    objects = open_payload(payload)
    scanned = read_objects(objects)
    refuse_foreign(scanned)
    code = read_store_code(scanned)
    _require_genuine(judge_objects(objects))
    store = _accepting(public_id=code.store_id, merchant__public_id=code.merchant_id)
    if (code.poster_version or 0) < store.oldest_poster_version:
        raise CodeRevoked
    return store


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
    said = (order.store.merchant_id, order.store.store_id, order.amount_minor)
    if said != (found.merchant.public_id, found.store.public_id, found.amount_minor):
        raise CodeOutdated
    return found
