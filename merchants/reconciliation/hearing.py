"""What a statement says of payouts before the bank does by any other way: paid, or returned.

A debit with a payout's number proves that it was paid; a returned credit with it, that it came
back. Hearing the same again changes nothing.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, time

from django.db import connection

from merchants.errors import MerchantError
from merchants.payouts import outcomes
from merchants.reconciliation.rules import HOME_ZONE

log = logging.getLogger(__name__)

_DAY_ENDS = time(23, 59, 59)
_NEWS = """
    SELECT p.number, b.amount_minor > 0, b.booked_on, b.return_reason
    FROM merchants_bankline AS b
    INNER JOIN merchants_statement AS s ON s.id = b.statement_id
    INNER JOIN merchants_payout AS p
        ON p.number = b.end_to_end_id AND p.currency = b.currency
        AND abs(b.amount_minor) = p.amount_minor
    WHERE b.end_to_end_id ~ '^PO[0-9]{10}$' AND s.closing_on <= %(day)s AND (
        (b.amount_minor < 0 AND p.state IN ('SUBMITTED', 'UNKNOWN', 'ACCEPTED'))
        OR (
            b.amount_minor > 0 AND p.state IN ('PAID', 'RECONCILED')
            AND (b.is_reversal OR b.return_reason <> '')
        )
    ) AND NOT EXISTS (
        SELECT FROM merchants_matchclaim AS c WHERE c.line_id = b.id AND c.is_live
    )
    ORDER BY b.id
"""
_FOUND = """
    SELECT DISTINCT p.number
    FROM merchants_payout AS p
    INNER JOIN merchants_movement AS m ON m.end_to_end_id = p.number AND m.kind = 'PAYOUT_PAID'
    INNER JOIN merchants_matchclaim AS c ON c.movement_id = m.id AND c.is_live
    INNER JOIN merchants_matchgroup AS g ON g.id = c.group_id AND g.state = 'CONFIRMED'
    WHERE p.state = 'PAID' ORDER BY 1
"""


def hear(*, day: date, at: datetime) -> int:
    """Do what the statements up to a day say of payouts; return how many were paid or returned.

    They count from the day that the bank booked them.
    """
    heard = 0
    # One that was paid and came back on the same statement is heard of twice.
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(_NEWS, {"day": day})
            news = cursor.fetchall()
        heard += sum(_done(*row, at=at) for row in news)
    return heard


def _done(number: str, is_return: bool, booked_on: date, reason: str, *, at: datetime) -> bool:  # noqa: FBT001
    counts = min(at, datetime.combine(booked_on, _DAY_ENDS, HOME_ZONE))
    try:
        if is_return:
            outcomes.send_back(number=number, code=reason, reason="on the statement", at=counts)
        else:
            outcomes.confirm_paid(number=number, at=counts)
    except MerchantError:
        log.exception("what a statement says of payout %s is refused", number)
        return False
    return True


def mark_reconciled() -> int:
    """Note which payouts were found on a statement; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(_FOUND)
        numbers = [row[0] for row in cursor.fetchall()]
    for number in numbers:
        outcomes.reconcile(number=number)
    return len(numbers)
