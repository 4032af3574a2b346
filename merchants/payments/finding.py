"""Finding payments, and locking one for what is done with it."""

from __future__ import annotations

from django.db.models import QuerySet

from merchants.errors import UnknownPayment
from merchants.models import Merchant, Payment
from wallet.models import Wallet


def payments() -> QuerySet[Payment]:
    """Return payments with what is shown and booked of them, in one query."""
    return Payment.objects.select_related("store", "merchant", "wallet", "hold")


def lock_payment(
    number: str, *, merchant: Merchant | None = None, wallet: Wallet | None = None
) -> Payment:
    """Lock a payment; what is done with one payment is done one after the other.

    Raises:
        UnknownPayment: there is none, or it is another merchant's or payer's than named.

    """
    rows = payments().select_for_update(no_key=True, of=("self",)).filter(number=number)
    rows = rows if merchant is None else rows.filter(merchant=merchant)
    found = (rows if wallet is None else rows.filter(wallet=wallet)).first()
    if found is None:
        raise UnknownPayment
    return found


def lock_by_id(payment_id: int) -> Payment:
    """Lock a payment that is known to be there."""
    return payments().select_for_update(no_key=True, of=("self",)).get(pk=payment_id)


def lock_order(*, merchant: Merchant, order_no: str) -> Payment | None:
    """Lock the payment of a merchant's order; None if nobody heard of it."""
    rows = payments().select_for_update(no_key=True, of=("self",))
    return rows.filter(merchant=merchant, merchant_order_no=order_no).first()
