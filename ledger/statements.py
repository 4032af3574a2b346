"""What happened on an account: newest first, page by page, and between two instants.

Lines stand in the order (effective_at, id), so a back-dated entry stands where it counts, and the
balance beside each line is the balance of that order. All balances are on the normal side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ledger.balances import balance_at
from ledger.money import Money
from ledger.stale import reading

MAX_PAGE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One entry on a statement; ``amount`` is negative where it lowers the balance."""

    entry_id: int
    transaction_id: int
    kind: str
    reference: str
    description: str
    effective_at: datetime
    recorded_at: datetime
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: give it back to read on. The next line starts from ``balance``."""

    effective_at: datetime
    entry_id: int
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines effective in [start, end), with the balances before and after them."""

    opening: Money
    lines: list[Line]
    closing: Money


_COLUMNS = """
    e.id, e.transaction_id, t.kind, t.reference, t.description, e.effective_at, t.recorded_at,
    e.amount_minor * a.normal_sign, a.currency
"""
_LATEST = f"""
    SELECT {_COLUMNS}, a.normal_sign * (a.balance_minor + coalesce((
        SELECT sum(s.balance_minor) FROM ledger_stripe AS s WHERE s.account_id = a.id
    ), 0))
    FROM ledger_account AS a
    INNER JOIN LATERAL (
        SELECT * FROM ledger_entry AS x WHERE x.account_id = a.id
        ORDER BY x.account_id DESC, x.effective_at DESC, x.id DESC LIMIT %s
    ) AS e ON TRUE
    INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
    WHERE a.id = %s ORDER BY e.effective_at DESC, e.id DESC
"""  # noqa: S608 - the columns are a constant of this module.
_BEFORE = f"""
    SELECT {_COLUMNS} FROM ledger_entry AS e
    INNER JOIN ledger_account AS a ON a.id = e.account_id
    INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
    WHERE e.account_id = %s AND (e.effective_at, e.id) < (%s, %s)
    ORDER BY e.account_id DESC, e.effective_at DESC, e.id DESC LIMIT %s
"""  # noqa: S608 - the columns are a constant of this module.
_BETWEEN = f"""
    SELECT {_COLUMNS} FROM ledger_entry AS e
    INNER JOIN ledger_account AS a ON a.id = e.account_id
    INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
    WHERE e.account_id = %s AND e.effective_at >= %s AND e.effective_at < %s
        AND (%s::timestamptz IS NULL OR t.recorded_at <= %s)
    ORDER BY e.effective_at, e.id
"""  # noqa: S608 - the columns are a constant of this module.


def latest(
    account_id: int, *, limit: int = 50, after: Place | None = None
) -> tuple[list[Line], Place | None]:
    """Return a page of the account's lines, newest first, and the place to read on from.

    Args:
        account_id: the account.
        limit: lines on the page, at most MAX_PAGE.
        after: the place returned with the page before; the newest lines without it.

    Returns:
        The lines, and None instead of a place when there is nothing further.

    """
    limit = max(1, min(limit, MAX_PAGE))
    with reading().cursor() as cursor:
        if after is None:
            cursor.execute(_LATEST, [limit + 1, account_id])
        else:
            cursor.execute(_BEFORE, [account_id, after.effective_at, after.entry_id, limit + 1])
        rows = cursor.fetchall()
    if not rows:
        return [], None
    running = int(rows[0][9]) if after is None else after.balance.minor
    lines = []
    for row in rows[:limit]:
        lines.append(_line(row, running))
        running -= int(row[7])
    last = lines[-1]
    place = Place(last.effective_at, last.entry_id, Money(running, last.amount.currency))
    return lines, place if len(rows) > limit else None


def statement(
    account_id: int, start: datetime, end: datetime, *, known_at: datetime | None = None
) -> Statement:
    """Return the account's statement for start <= effective_at < end.

    Args:
        account_id: the account.
        start: first instant that belongs to the statement.
        end: first instant that does not.
        known_at: the statement as the book knew it then.

    Raises:
        UnknownAccount: no account has this id.

    """
    # The clock's resolution is a microsecond, in Python and in PostgreSQL.
    opening = balance_at(account_id, start - timedelta(microseconds=1), known_at=known_at)
    with reading().cursor() as cursor:
        cursor.execute(_BETWEEN, [account_id, start, end, known_at, known_at])
        lines = list(_forward(cursor.fetchall(), opening.minor))
    return Statement(opening, lines, lines[-1].balance if lines else opening)


def _forward(rows: list[tuple[Any, ...]], running: int) -> Iterator[Line]:
    for row in rows:
        running += int(row[7])
        yield _line(row, running)


def _line(row: tuple[Any, ...], balance: int) -> Line:
    entry_id, transaction_id, kind, reference, description, effective_at, recorded_at = row[:7]
    amount, currency = row[7:9]
    return Line(
        entry_id=entry_id,
        transaction_id=transaction_id,
        kind=kind,
        reference=reference,
        description=description,
        effective_at=effective_at,
        recorded_at=recorded_at,
        amount=Money(amount, currency),
        balance=Money(balance, currency),
    )
