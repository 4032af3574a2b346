"""Proving closed settlements: each is computed again from the book and compared, to the byte."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum

from merchants.models import Reserve, Settlement, SettlementItem
from merchants.settlement.recomputing import Recomputed, Source, recompute

_BATCH = 200
_SOURCES = """
    SELECT i.settlement_id, e.id, -e.amount_minor, e.effective_at, t.kind, coalesce(o.kind, ''),
        coalesce(r.number, p.number, ''),
        CASE t.kind WHEN 'PAYMENT' THEN coalesce(p.fee_minor, 0)
            WHEN 'REFUND' THEN -coalesce(r.fee_minor, 0) ELSE 0 END
    FROM merchants_settlementitem AS i
    INNER JOIN ledger_entry AS e ON e.id = i.entry_id
    INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
    LEFT JOIN ledger_transaction AS o ON o.id = t.reverses_id
    LEFT JOIN merchants_payment AS p
        ON p.number = coalesce(
            t.metadata ->> 'payment', split_part(t.reference, 'payment:', 2)
        ) COLLATE "default"
    LEFT JOIN merchants_refund AS r
        ON r.number = split_part(t.reference, 'refund:', 2) COLLATE "default"
    WHERE i.settlement_id = ANY(%s)
"""
# Entries that the newest settlement of their merchant, or an earlier one, should have had.
_LEFT_OUT = """
    SELECT e.id, m.public_id
    FROM merchants_merchant AS m
    CROSS JOIN LATERAL (
        SELECT r.window_to, r.through_id FROM merchants_settlement AS s
        INNER JOIN merchants_settlementrun AS r ON r.id = s.run_id
        WHERE s.merchant_id = m.id ORDER BY s.id DESC LIMIT 1
    ) AS r
    INNER JOIN ledger_entry AS e ON e.account_id = m.payable_account_id
        AND e.effective_at < r.window_to AND e.transaction_id <= r.through_id
    INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
    LEFT JOIN ledger_transaction AS o ON o.id = t.reverses_id
    WHERE NOT EXISTS (SELECT FROM merchants_settlementitem AS i WHERE i.entry_id = e.id)
        AND coalesce(o.kind, t.kind)
            NOT IN ('SETTLEMENT_VAT', 'RESERVE_HOLD', 'RESERVE_RELEASE', 'PAYOUT')
    ORDER BY e.id LIMIT 1
"""
_BOOKED = """
    SELECT s.id, -coalesce(sum(e.amount_minor), 0)
    FROM merchants_settlement AS s
    INNER JOIN merchants_merchant AS m ON m.id = s.merchant_id
    LEFT JOIN ledger_transaction AS t ON t.reference = ANY(ARRAY[
        'settlement:' || s.run_id || ':' || m.id %% 256 || ':' || s.currency || ':vat',
        'settlement:' || s.run_id || ':' || m.id %% 256 || ':' || s.currency || ':hold',
        'settlement:' || s.run_id || ':' || m.id %% 256 || ':' || s.currency || ':release'
    ])
    LEFT JOIN ledger_entry AS e
        ON e.transaction_id = t.id AND e.account_id = m.payable_account_id
    WHERE s.id = ANY(%s) GROUP BY s.id
"""


def verify(settlements: QuerySet[Settlement] | None = None) -> Iterator[str]:
    """Yield what is wrong with settlements (all, unless told which), the first of each.

    Nothing is kept in memory but a batch of them.
    """
    chosen = Settlement.objects.all() if settlements is None else settlements
    rows = chosen.select_related("run__calendar", "merchant", "previous").order_by("pk")
    for batch in _batches(rows.iterator(chunk_size=_BATCH)):
        yield from _verify(batch)
    if settlements is None:
        with connection.cursor() as cursor:
            cursor.execute(_LEFT_OUT)
            for entry_id, merchant in cursor.fetchall():
                yield f"entry {entry_id} of merchant {merchant} is in no settlement"


def file_of(settlement: Settlement) -> str:
    """Return the file of a settlement, computed from the book: its SHA-256 is the stored one."""
    return _recomputed([settlement])[settlement.pk].text


def _batches(rows: Iterator[Settlement]) -> Iterator[list[Settlement]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _recomputed(batch: list[Settlement]) -> dict[int, Recomputed]:
    ids = [settlement.pk for settlement in batch]
    sources: dict[int, list[Source]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES, [ids])
        for settlement_id, *fields in cursor.fetchall():
            sources[settlement_id].append(Source(*fields))
    sums = Reserve.objects.filter(released_in__in=ids).values_list("released_in")
    released = dict(sums.annotate(sum=Sum("amount_minor")))
    return {s.pk: recompute(s, sources[s.pk], released.get(s.pk, 0)) for s in batch}


def _verify(batch: list[Settlement]) -> Iterator[str]:
    found = _recomputed(batch)
    items: dict[int, list[SettlementItem]] = defaultdict(list)
    stored = SettlementItem.objects.filter(settlement__in=found).select_related("payment")
    for item in stored.order_by("settlement_id", "line_no"):
        items[item.settlement_id].append(item)
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, [list(found)])
        booked: dict[int, int] = dict(cursor.fetchall())
    for settlement in batch:
        wrong = next(
            _differences(
                settlement, found[settlement.pk], items[settlement.pk], booked[settlement.pk]
            ),
            None,
        )
        if wrong is not None:
            yield f"settlement {settlement.pk}: {wrong}"


def _differences(
    settlement: Settlement, expected: Recomputed, items: Iterable[SettlementItem], booked: int
) -> Iterator[str]:
    for line, item in zip(expected.lines, items, strict=False):
        for name, value in _fields(line).items():
            if getattr(item, name) != value:
                yield f"line {line.line_no}: {name} is {getattr(item, name)}, not {value}"
    for name, amount in expected.sums.items():
        if getattr(settlement, name) != amount:
            yield f"{name} is {getattr(settlement, name)}, not {amount}"
    if settlement.content_sha256 != expected.digest:
        yield f"its file has the digest {expected.digest}, not {settlement.content_sha256}"
    sums = expected.sums
    owed = sums["reserve_release_minor"] - sums["reserve_hold_minor"] - sums["vat_minor"]
    if booked != owed:
        yield f"VAT and reserve are booked as {booked}, not {owed}"


def _fields(line: Any) -> dict[str, object]:
    return {
        "line_no": line.line_no,
        "line_type": line.line_type,
        "entry_id": line.entry_id,
        "original_business_date": line.original,
        "is_late": line.is_late,
        "gross_minor": line.gross,
        "fee_minor": line.fee,
        "vat_minor": line.vat,
        "net_minor": line.net,
    }
