"""The equation of an account and day: from the ledger's balance to the bank's, nothing left over.

The ledger's balance comes from the book, the bank's from its statement. What lies between is
counted from lines and movements one by one; if it did not explain the difference, the residual
would show it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from merchants.calendars.bank_days import is_bank_day
from merchants.models import HouseAccount, ReconciliationDay, ReconciliationRun
from merchants.reconciliation.rules import COUNTRY, HOME_ZONE

_BALANCES = """
    SELECT
        a.balance_minor + coalesce((
            SELECT sum(s.balance_minor) FROM ledger_stripe AS s WHERE s.account_id = a.id
        ), 0) - coalesce(sum(e.amount_minor), 0) AS closing,
        coalesce((
            SELECT sum(d.amount_minor) FROM ledger_entry AS d
            WHERE d.account_id = a.id AND d.effective_at >= %(start)s AND d.effective_at < %(end)s
        ), 0) AS movements
    FROM ledger_account AS a
    LEFT JOIN ledger_entry AS e ON e.account_id = a.id AND e.effective_at >= %(end)s
    WHERE a.id = %(ledger_account)s GROUP BY a.id
"""
_STATEMENT = """
    SELECT s.closing_minor, s.closing_on FROM merchants_statement AS s
    WHERE s.account_id = %(account)s AND s.is_booked AND s.closing_on <= %(day)s
    ORDER BY s.closing_on DESC, s.sequence DESC LIMIT 1
"""
# Groups whose members all came by the day leave their difference; of those that straddle it, the
# side that came by then counts.
_UNEXPLAINED = """
    WITH straddling AS (
        SELECT g.id FROM merchants_matchgroup AS g
        WHERE g.account_id = %(account)s AND g.state IN ('PROPOSED', 'CONFIRMED')
            AND g.first_on <= %(day)s AND g.last_on > %(day)s
    )
    SELECT coalesce(k.category, 'UNIDENTIFIED_RECEIPT'), sum(b.amount_minor)
    FROM merchants_bankline AS b
    INNER JOIN merchants_statement AS s ON s.id = b.statement_id
    LEFT JOIN merchants_break AS k ON k.subject = 'line:' || b.id
    WHERE b.account_id = %(account)s AND s.closing_on <= %(day)s AND NOT EXISTS (
        SELECT FROM merchants_matchclaim AS c WHERE c.line_id = b.id AND c.is_live
    )
    GROUP BY 1
    UNION ALL
    SELECT CASE WHEN m.amount_minor < 0 THEN 'OUT' ELSE 'IN' END, sum(m.amount_minor)
    FROM merchants_movement AS m
    WHERE m.account_id = %(account)s AND m.expected_on <= %(day)s AND m.entry_id IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM merchants_matchclaim AS c WHERE c.movement_id = m.id AND c.is_live
        )
    GROUP BY 1
    UNION ALL
    SELECT CASE WHEN m.amount_minor < 0 THEN 'OUT' ELSE 'IN' END, sum(m.amount_minor)
    FROM straddling AS g
    INNER JOIN merchants_matchclaim AS c ON c.group_id = g.id AND c.is_live
    INNER JOIN merchants_movement AS m ON m.id = c.movement_id
    WHERE m.expected_on <= %(day)s AND m.entry_id IS NOT NULL
    GROUP BY 1
    UNION ALL
    SELECT 'LATE_ITEM', sum(b.amount_minor)
    FROM straddling AS g
    INNER JOIN merchants_matchclaim AS c ON c.group_id = g.id AND c.is_live
    INNER JOIN merchants_bankline AS b ON b.id = c.line_id
    INNER JOIN merchants_statement AS s ON s.id = b.statement_id
    WHERE s.closing_on <= %(day)s
    UNION ALL
    SELECT 'LATE_ITEM', sum(m.amount_minor)
    FROM merchants_matchclaim AS c
    INNER JOIN merchants_movement AS m ON m.id = c.movement_id
    INNER JOIN merchants_matchgroup AS g ON g.id = c.group_id
    WHERE m.account_id = %(account)s AND m.entry_id IS NULL AND c.is_live
        AND g.last_on <= %(day)s
    UNION ALL
    SELECT 'AMOUNT_MISMATCH', sum(g.difference_minor) FROM merchants_matchgroup AS g
    WHERE g.account_id = %(account)s AND g.difference_minor <> 0 AND g.last_on <= %(day)s
        AND g.state IN ('PROPOSED', 'CONFIRMED')
    UNION ALL
    SELECT k.category, sum(k.amount_minor) FROM merchants_break AS k
    WHERE k.account_id = %(account)s AND k.expected_on <= %(day)s
        AND k.category IN ('STATEMENT_GAP', 'STATEMENT_BALANCE_MISMATCH')
        AND k.state <> 'RESOLVED'
    GROUP BY 1
"""
_UNIDENTIFIED = ("UNIDENTIFIED_RECEIPT", "UNIDENTIFIED_DEBIT")


@dataclass(frozen=True, slots=True)
class Equation:
    """The terms of an account's day, in minor units; debit-positive, as the bank sees it."""

    ledger_opening: int
    ledger_movements: int
    ledger_closing: int
    outstanding_out: int
    outstanding_in: int
    unidentified: int
    statement_closing: int
    has_statement: bool
    breaks: Mapping[str, int] = field(default_factory=dict)

    @property
    def residual(self) -> int:
        """What nothing explains; it has to be zero."""
        explained = self.outstanding_out - self.outstanding_in + self.unidentified
        explained += sum(self.breaks.values())
        return self.statement_closing - self.ledger_closing - explained


def equation_of(*, account: HouseAccount, day: date) -> Equation:
    """Return the equation of an account as of the end of a day."""
    facts: dict[str, Any] = {
        "account": account.pk,
        "ledger_account": account.ledger_account_id,
        "day": day,
        "start": datetime.combine(day, time(), HOME_ZONE),
        "end": datetime.combine(day + timedelta(days=1), time(), HOME_ZONE),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, facts)
        closing, movements = (int(value) for value in cursor.fetchone())
        cursor.execute(_STATEMENT, facts)
        statement = cursor.fetchone() or (0, None)
        cursor.execute(_UNEXPLAINED, facts)
        terms: dict[str, int] = {}
        for name, amount in cursor.fetchall():
            terms[name] = terms.get(name, 0) + int(amount or 0)
    return Equation(
        ledger_opening=closing - movements,
        ledger_movements=movements,
        ledger_closing=closing,
        outstanding_out=-terms.pop("OUT", 0),
        outstanding_in=terms.pop("IN", 0),
        unidentified=sum(terms.pop(name, 0) for name in _UNIDENTIFIED),
        statement_closing=int(statement[0]),
        has_statement=statement[1] == day or not is_bank_day(day, COUNTRY),
        breaks={name: amount for name, amount in sorted(terms.items()) if amount},
    )


_WRITE = """
    INSERT INTO merchants_reconciliationday (
        account_id, day, run_id, ledger_opening_minor, ledger_movements_minor,
        ledger_closing_minor, outstanding_out_minor, outstanding_in_minor, unidentified_minor,
        breaks, breaks_minor, statement_closing_minor, residual_minor, has_statement, computed_at
    ) VALUES (
        %(account)s, %(day)s, %(run)s, %(opening)s, %(movements)s, %(closing)s, %(out)s, %(in)s,
        %(unidentified)s, %(breaks)s, %(breaks_minor)s, %(statement)s, %(residual)s,
        %(has_statement)s, %(at)s
    ) ON CONFLICT (account_id, day) DO UPDATE SET
        run_id = excluded.run_id, ledger_opening_minor = excluded.ledger_opening_minor,
        ledger_movements_minor = excluded.ledger_movements_minor,
        ledger_closing_minor = excluded.ledger_closing_minor,
        outstanding_out_minor = excluded.outstanding_out_minor,
        outstanding_in_minor = excluded.outstanding_in_minor,
        unidentified_minor = excluded.unidentified_minor, breaks = excluded.breaks,
        breaks_minor = excluded.breaks_minor,
        statement_closing_minor = excluded.statement_closing_minor,
        residual_minor = excluded.residual_minor, has_statement = excluded.has_statement,
        computed_at = excluded.computed_at
"""


def write(
    *, account: HouseAccount, day: date, run: ReconciliationRun, at: datetime
) -> ReconciliationDay:
    """Write the equation of a day down, inside the caller's database transaction."""
    found = equation_of(account=account, day=day)
    facts: dict[str, Any] = {
        "account": account.pk,
        "day": day,
        "run": run.pk,
        "opening": found.ledger_opening,
        "movements": found.ledger_movements,
        "closing": found.ledger_closing,
        "out": found.outstanding_out,
        "in": found.outstanding_in,
        "unidentified": found.unidentified,
        "breaks": json.dumps(dict(found.breaks)),
        "breaks_minor": sum(found.breaks.values()),
        "statement": found.statement_closing,
        "residual": found.residual,
        "has_statement": found.has_statement,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, facts)
    return ReconciliationDay.objects.select_related("account").get(account=account, day=day)
