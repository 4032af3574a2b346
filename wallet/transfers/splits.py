"""Splitting a bill: one request to each of the others, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ledger.money import Money
from wallet.errors import InvalidSplit
from wallet.idempotency import use_case
from wallet.models import BillSplit, Wallet
from wallet.transfers.money_requests import lock_asker, written
from wallet.transfers.payees import find_payees
from wallet.transfers.sending import require_currency

MAX_PEOPLE = 30


def shares(*, total: Money, others: int, with_asker: bool) -> tuple[Money, list[Money]]:
    """Return the asker's share and those of the others; together they are the total.

    What does not divide evenly is borne by the asker first: who shares a bill in three and asks
    two asks neither for the odd won.

    Raises:
        InvalidSplit: there are no others or too many, or too little money for all.

    """
    if not 1 <= others <= MAX_PEOPLE or total.minor < others + with_asker:
        raise InvalidSplit
    own, *rest = total.allocate([int(with_asker)] + [1] * others)
    return own, rest


@use_case
def split(
    *,
    asker: Wallet,
    payees: Sequence[str],
    total: Money,
    with_asker: bool,
    memo: str,
    at: datetime,
) -> BillSplit:
    """Ask each of these people for an equal share of a bill.

    Raises:
        InvalidSplit: nobody or too many are named, or one of them twice, or the asker.
        UnknownRecipient: one of them has no wallet in this currency.
        CurrencyMismatch, WalletNotOpen, TooManyRequests, TooManyLookups: as for one request.

    """
    require_currency(asker, total)
    own, rest = shares(total=total, others=len(payees), with_asker=with_asker)
    people = find_payees(payees=payees, asker=asker, at=at)
    if len({person.pk for person in people} | {asker.pk}) <= len(people):
        raise InvalidSplit
    asker = lock_asker(asker)
    made = BillSplit.objects.create(
        asker=asker,
        amount_minor=total.minor,
        own_minor=own.minor,
        currency=total.currency,
        memo=memo,
        asked_at=at,
    )
    for person, share in zip(people, rest, strict=True):
        written(asker=asker, payer=person, amount=share, memo=memo, at=at, split=made)
    return made
