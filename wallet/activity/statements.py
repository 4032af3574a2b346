"""A month of a wallet: what it held before, what happened, what it held after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ledger.balances import balance_at
from ledger.money import Money
from ledger.stale import reading
from ledger.statements import Line
from wallet.activity.listing import Noted
from wallet.activity.months import Month, read_month
from wallet.models import Wallet

_CHUNK = 1_000
_TOTALS = """
    SELECT t.kind, count(*), coalesce(sum(abs(e.amount_minor)) FILTER (
            WHERE e.amount_minor * a.normal_sign > 0
        ), 0), coalesce(sum(abs(e.amount_minor)) FILTER (
            WHERE e.amount_minor * a.normal_sign < 0
        ), 0)
    FROM ledger_entry AS e
    INNER JOIN ledger_account AS a ON a.id = e.account_id
    INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
    WHERE e.account_id = %s AND e.effective_at >= %s AND e.effective_at < %s
    GROUP BY t.kind ORDER BY t.kind
"""
_LINES = """
    SELECT e.id, e.transaction_id, t.kind, t.reference, t.description, e.effective_at,
        t.recorded_at, e.amount_minor * a.normal_sign, coalesce(n.counterparty, ''),
        coalesce(n.memo, '')
    FROM ledger_entry AS e
    INNER JOIN ledger_account AS a ON a.id = e.account_id
    INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
    LEFT JOIN wallet_activitynote AS n ON n.wallet_id = %s AND n.reference = t.reference
    WHERE e.account_id = %s AND (e.effective_at, e.id) > (%s, %s) AND e.effective_at < %s
    ORDER BY e.account_id, e.effective_at, e.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class KindTotal:
    """What one kind of entry brought in and took out."""

    kind: str
    count: int
    money_in: Money
    money_out: Money


@dataclass(frozen=True, slots=True)
class Summary:
    """A month in figures; ``opening`` + ``money_in`` - ``money_out`` = ``closing``."""

    month: Month
    opening: Money
    totals: list[KindTotal]
    is_complete: bool

    @property
    def money_in(self) -> Money:
        """Everything that came in."""
        return sum((total.money_in for total in self.totals), Money(0, self.opening.currency))

    @property
    def money_out(self) -> Money:
        """Everything that went out."""
        return sum((total.money_out for total in self.totals), Money(0, self.opening.currency))

    @property
    def closing(self) -> Money:
        """What was held when the month ended, or is held now."""
        return self.opening + self.money_in - self.money_out

    @property
    def count(self) -> int:
        """How many entries there are."""
        return sum(total.count for total in self.totals)


def summarise(*, wallet: Wallet, month: str, at: datetime) -> Summary:
    """Return a month of the wallet in figures; the month under way counts what it has so far.

    Raises:
        InvalidMonth: the text does not name a month.
        StatementNotYet: the month has not begun.
        NoStatement: it ended before the wallet was opened.

    """
    period = read_month(month, opened_at=wallet.opened_at, at=at)
    account, currency = wallet.available_account_id, wallet.currency
    with reading().cursor() as cursor:
        cursor.execute(_TOTALS, [account, period.start, period.end])
        totals = [
            KindTotal(kind, count, Money(int(came), currency), Money(int(went), currency))
            for kind, count, came, went in cursor.fetchall()
        ]
    # The clock's resolution is a microsecond, in Python and in PostgreSQL.
    opening = balance_at(account, period.start - timedelta(microseconds=1))
    return Summary(period, opening, totals, is_complete=period.end <= at)


def lines(*, wallet: Wallet, month: Month, opening: Money) -> Iterator[Noted]:
    """Yield the month's lines, the oldest first, each with the balance after it.

    They are read piece by piece, with no database transaction held while a client reads slowly.
    """
    at, entry_id, running = month.start, 0, opening.minor
    while True:
        with reading().cursor() as cursor:
            cursor.execute(
                _LINES,
                [wallet.pk, wallet.available_account_id, at, entry_id, month.end, _CHUNK],
            )
            rows = cursor.fetchall()
        for row in rows:
            running += row[7]
            yield _noted(row, running, wallet.currency)
        if len(rows) < _CHUNK:
            return
        at, entry_id = rows[-1][5], rows[-1][0]


def _noted(row: tuple[Any, ...], balance: int, currency: str) -> Noted:
    entry_id, transaction_id, kind, reference, description, effective_at, recorded_at = row[:7]
    line = Line(
        entry_id=entry_id,
        transaction_id=transaction_id,
        kind=kind,
        reference=reference,
        description=description,
        effective_at=effective_at,
        recorded_at=recorded_at,
        amount=Money(row[7], currency),
        balance=Money(balance, currency),
    )
    return Noted(line, row[8], row[9])
