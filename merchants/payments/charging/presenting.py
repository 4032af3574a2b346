"""Charging the code that a payer shows, once, however often the till says it."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.errors import CurrencyMismatch
from merchants.models import Payment, Store
from merchants.payments.charging.charge import charge
from merchants.payments.paying import Bill
from wallet.codes.presenting import Presented, take
from wallet.errors import ConsumerCodeRefused, TooManyBadCodes
from wallet.idempotency import Once, Reply, stored


def charge_code(
    asked: Once[Payment], *, code: str, store: Store, bill: Bill, time_out: timedelta, at: datetime
) -> Reply:
    """Take a payment by a payer's code; the code is good for this order and no other.

    Whose code it is, is committed before the money moves: a copy at another till loses, and what
    was guessed wrong stays counted whatever follows.

    Raises:
        CurrencyMismatch: the store takes another currency.
        ConsumerCodeMalformed, ConsumerCodeRefused, TooManyBadCodes: see ``wallet.codes``.

    """
    if bill.amount.currency != store.merchant.currency:
        raise CurrencyMismatch(store.merchant.currency, bill.amount.currency)
    merchant = store.merchant.public_id
    presented = Presented(
        by=f"merchant:{merchant}", what_for=f"{merchant}:{bill.merchant_order_no}"
    )
    try:
        wallet = take(code=code, presented=presented, at=at)
    except (ConsumerCodeRefused, TooManyBadCodes):
        # Said again when its code is long forgotten, an answered request has its answer still.
        earlier = stored(asked.request)
        if earlier is None:
            raise
        return earlier
    return charge.once(asked, store=store, bill=bill, wallet=wallet, time_out=time_out, at=at)
