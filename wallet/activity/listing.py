"""The list of what happened on a wallet's account, newest first, all of it or what is looked for.

Note [Three ways to a page]: without filters the ledger's own statement is read, by its index from
where the page before ended. With words, the notes are found by their index. With other filters
the account is read on from the last place, a window at a time: a page may then hold fewer lines
than were asked for, or none, and still say where to read on. So each page reads a bounded number
of rows, however long the history and however rare what is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ledger.money import Money
from ledger.stale import reading
from ledger.statements import Line, Place, latest
from wallet.activity import words
from wallet.activity.filters import Filters
from wallet.activity.sql import BY_WORDS, IN_WINDOW
from wallet.models import ActivityNote, Wallet

WINDOW = 2_000  # entries or notes looked at for one page of a filtered list

_ALWAYS = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))
_MOST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page of a filtered list ended: an entry's place, or a note's where words led."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of the ledger with what is known of it in words."""

    line: Line
    counterparty: str
    memo: str


def newest(
    *, wallet: Wallet, account_id: int, limit: int, after: Place | None
) -> tuple[list[Noted], Place | None]:
    """Return a page of everything, and the place to read on from."""
    lines, place = latest(account_id, limit=limit, after=after)
    references = [line.reference for line in lines]
    rows = ActivityNote.objects.filter(wallet=wallet, reference__in=references)
    notes = {row[0]: row[1:] for row in rows.values_list("reference", "counterparty", "memo")}
    return [Noted(line, *notes.get(line.reference, ("", ""))) for line in lines], place


def found(
    *, wallet: Wallet, account_id: int, filters: Filters, limit: int, after: Mark | None
) -> tuple[list[Noted], Mark | None]:
    """Return a page of what is looked for, and the mark to read on from.

    The balance of a line is the one the entry left behind when it was written.
    """
    start, end = filters.start or _ALWAYS[0], filters.end or _ALWAYS[1]
    after = after or Mark(end, _MOST)
    if filters.by_words:
        query = words.query(wallet.pk, counterparty=filters.counterparty, anywhere=filters.text)
        sql, first = BY_WORDS, [wallet.pk, query]
    else:
        sql, first = IN_WINDOW, [account_id]
    arguments = [
        *first,
        *(start, end, after.at, after.id, WINDOW),
        *(account_id, wallet.pk),
        *(list(filters.kinds) or None,) * 2,
        *(filters.least_minor or 0, _MOST if filters.most_minor is None else filters.most_minor),
        limit + 1,
    ]
    with reading().cursor() as cursor:
        cursor.execute(sql, arguments)
        rows = cursor.fetchall()
    return [_noted(row) for row in rows[:limit] if row[3] is not None], _mark(rows, limit)


def _mark(rows: list[tuple[Any, ...]], limit: int) -> Mark | None:
    """Return where to read on: after the last line shown, or after the window it looked at."""
    if len(rows) > limit:
        return Mark(*rows[limit - 1][12:14])
    seen, last_at, last_id = rows[0][:3]
    return Mark(last_at, last_id) if seen == WINDOW else None


def _noted(row: tuple[Any, ...]) -> Noted:
    entry_id, transaction_id, kind, reference, description, effective_at, recorded_at = row[3:10]
    minor, currency, _, _, balance, counterparty, memo = row[10:17]
    line = Line(
        entry_id=entry_id,
        transaction_id=transaction_id,
        kind=kind,
        reference=reference,
        description=description,
        effective_at=effective_at,
        recorded_at=recorded_at,
        amount=Money(minor, currency),
        balance=Money(balance, currency),
    )
    return Noted(line, counterparty, memo)
