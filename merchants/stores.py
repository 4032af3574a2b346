"""Taking merchants and their stores on."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from ledger.accounts import open_account
from ledger.models import Category
from merchants.calendars.terms import begin_terms
from merchants.fees.agreements import agree
from merchants.models import FeePlan, Merchant, Store
from wallet.idempotency import use_case

# Capitals and digits without those that are taken for one another when read aloud.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_ID_LENGTH = 10
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
