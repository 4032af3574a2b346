"""Booking settlements: VAT, and what is held back and released, one posting each for a shard.

A posting of a shard has a line for each merchant, so that each merchant's account shows its own,
and is made once by its reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import Item, Leg, credit, debit
from merchants.models import SettlementRun
from wallet.chart import VAT_PAYABLE


@dataclass(frozen=True, slots=True)
class Settled:
    """What of one settlement is booked; amounts in minor units."""

    settlement_id: int
    merchant_id: int
    currency: str
    payable: int
    reserve: int
    vat: int
    held: int
    released: int
    reserve_days: int


def postings(
    settled: Sequence[Settled], *, run: SettlementRun, number: int, at: datetime
) -> list[Item]:
    """Return what is posted for a shard, for each of its currencies."""
    made = []
    by_currency = sorted(settled, key=lambda row: row.currency)
    for currency, group in groupby(by_currency, key=lambda row: row.currency):
        rows = list(group)
        for kind, word, legs in (
            ("SETTLEMENT_VAT", "vat", _vat(rows, account_id(VAT_PAYABLE, currency))),
            ("RESERVE_HOLD", "hold", _pairs((r.payable, r.reserve, r.held, r) for r in rows)),
            (
                "RESERVE_RELEASE",
                "release",
                _pairs((r.reserve, r.payable, r.released, r) for r in rows),
            ),
        ):
            lines = list(legs)
            if lines:
                reference = f"settlement:{run.pk}:{number}:{currency}:{word}"
                facts = {"run": run.pk, "business_date": run.business_date.isoformat()}
                made.append(Item(kind, reference, lines, at, metadata=facts))
    return made


def _vat(rows: Iterable[Settled], vat_account: int) -> Iterator[Leg]:
    """Yield the VAT of each merchant, and what it comes to for the tax office.

    A merchant whose fees given back are more than those taken gets VAT back.
    """
    total, currency = 0, ""
    for row in rows:
        if row.vat:
            total, currency = total + row.vat, row.currency
            yield _signed(row.payable, row.vat, currency)
    if total:
        yield _signed(vat_account, -total, currency)


def _signed(account: int, minor: int, currency: str) -> Leg:
    side = debit if minor > 0 else credit
    return side(account, Money(abs(minor), currency))


def _pairs(moves: Iterable[tuple[int, int, int, Settled]]) -> Iterator[Leg]:
    for source, target, minor, row in moves:
        if minor:
            yield debit(source, Money(minor, row.currency))
            yield credit(target, Money(minor, row.currency))
