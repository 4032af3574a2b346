"""Finding breaks: a set of problems as of a day, written down once each, and cleared when gone."""

from __future__ import annotations

from datetime import date

from django.db import connection

from merchants.reconciliation.ageing import missed_before
from merchants.reconciliation.rules import LOOK_BACK

_NO_CLAIM = """
    NOT EXISTS (SELECT FROM merchants_matchclaim AS c WHERE c.{column} = {row}.id AND c.is_live)
"""
# A line that nothing claims. What it is, is told by what else has its reference.
_LINES = f"""
    SELECT 'line:' || b.id AS subject, b.account_id,
        CASE
            WHEN b.occurrence > 1 OR EXISTS (
                SELECT FROM merchants_bankline AS o
                INNER JOIN merchants_matchclaim AS c ON c.line_id = o.id AND c.is_live
                WHERE o.account_id = b.account_id AND o.end_to_end_id = b.end_to_end_id
                    AND o.amount_minor = b.amount_minor AND b.end_to_end_id <> '' AND o.id <> b.id
                    AND NOT b.is_reversal
            ) THEN 'DUPLICATE_BANK_LINE'
            WHEN EXISTS (
                SELECT FROM merchants_movement AS m
                WHERE m.account_id = b.account_id AND m.end_to_end_id = b.end_to_end_id
                    AND m.end_to_end_id <> '' AND sign(m.amount_minor) = sign(b.amount_minor)
                    AND {_NO_CLAIM.format(column="movement_id", row="m")}
            ) THEN 'AMOUNT_MISMATCH'
            WHEN b.amount_minor > 0 AND (b.return_reason <> '' OR b.is_reversal)
                THEN 'RETURNED_PAYOUT'
            WHEN b.amount_minor < 0 AND b.code ~ '(CHRG|COMM|FEES|NCHG|^698$)' THEN 'BANK_FEE'
            WHEN b.amount_minor > 0 THEN 'UNIDENTIFIED_RECEIPT'
            ELSE 'UNIDENTIFIED_DEBIT'
        END AS category,
        left(b.text, 200) AS detail, b.amount_minor, b.currency, s.closing_on AS expected_on
    FROM merchants_bankline AS b
    INNER JOIN merchants_statement AS s ON s.id = b.statement_id
    WHERE s.closing_on BETWEEN %(since)s AND %(day)s
        AND {_NO_CLAIM.format(column="line_id", row="b")}
"""  # noqa: S608 - made of constants of this module.
_MOVEMENTS = f"""
    SELECT 'movement:' || m.id, m.account_id,
        CASE WHEN m.expected_on < %(missed_before)s THEN 'MISSING_AT_BANK' ELSE 'TIMING' END,
        left(m.kind || ' ' || m.source_id, 200), m.amount_minor, m.currency, m.expected_on
    FROM merchants_movement AS m
    WHERE m.expected_on BETWEEN %(since)s AND %(day)s
        AND {_NO_CLAIM.format(column="movement_id", row="m")}
"""  # noqa: S608 - made of constants of this module.
_GAPS = """
    SELECT 'gap:' || x.id, x.account_id, 'STATEMENT_GAP', left('before ' || x.name, 200),
        x.opening_minor - x.before_minor, h.currency, x.closing_on
    FROM (
        SELECT s.*, lag(s.closing_minor) OVER joined AS before_minor,
            lag(s.sequence) OVER joined AS before_sequence,
            lag(s.closing_on) OVER joined AS before_on
        FROM merchants_statement AS s WHERE s.is_booked
        WINDOW joined AS (PARTITION BY s.account_id ORDER BY s.closing_on, s.sequence)
    ) AS x
    INNER JOIN merchants_houseaccount AS h ON h.id = x.account_id
    WHERE x.closing_on BETWEEN %(since)s AND %(day)s AND (
        x.opening_minor <> x.before_minor
        OR (x.sequence > x.before_sequence + 1)
    )
"""
_DIFFERENCES = """
    SELECT 'match:' || g.id, g.account_id, 'AMOUNT_MISMATCH', 'difference of a match',
        g.difference_minor, h.currency, g.last_on
    FROM merchants_matchgroup AS g
    INNER JOIN merchants_houseaccount AS h ON h.id = g.account_id
    WHERE g.difference_minor <> 0 AND g.state IN ('PROPOSED', 'CONFIRMED')
        AND g.last_on <= %(day)s
"""
_OPENINGS = """
    SELECT 'opening:' || s.id, s.account_id, 'STATEMENT_BALANCE_MISMATCH',
        'balance before the first statement', s.opening_minor, h.currency, s.opening_on
    FROM merchants_statement AS s
    INNER JOIN merchants_houseaccount AS h ON h.id = s.account_id
    WHERE s.opening_minor <> 0 AND s.opening_on <= %(day)s AND s.id = (
        SELECT f.id FROM merchants_statement AS f
        WHERE f.account_id = s.account_id AND f.is_booked
        ORDER BY f.closing_on, f.sequence LIMIT 1
    )
"""
_COLUMNS = "subject, account_id, category, detail, amount_minor, currency, expected_on"
_COLLECT = f"""
    DROP TABLE IF EXISTS problem;
    CREATE TEMPORARY TABLE problem ON COMMIT DROP AS
    SELECT DISTINCT ON (subject) {_COLUMNS} FROM (
        {_LINES} UNION ALL {_MOVEMENTS} UNION ALL {_GAPS} UNION ALL {_DIFFERENCES}
        UNION ALL {_OPENINGS}
        UNION ALL SELECT {_COLUMNS} FROM record_problem
    ) AS x;
    ANALYZE problem;
"""  # noqa: S608 - made of constants of this module.
_RECORD_PROBLEMS = """
    CREATE TEMPORARY TABLE IF NOT EXISTS record_problem (
        subject text, account_id bigint, category text, detail text, amount_minor bigint,
        currency text, expected_on date
    ) ON COMMIT DROP
"""
_WRITE = f"""
    INSERT INTO merchants_break AS k ({_COLUMNS}, first_seen_on, state, resolution)
    SELECT {_COLUMNS}, greatest(expected_on, %(since)s), 'OPEN', '' FROM problem
    ON CONFLICT (subject) DO UPDATE SET category = excluded.category,
        amount_minor = excluded.amount_minor, detail = excluded.detail,
        state = CASE k.state WHEN 'RESOLVED' THEN 'REOPENED' ELSE k.state END,
        resolution = CASE k.state WHEN 'RESOLVED' THEN '' ELSE k.resolution END,
        resolved_on = CASE k.state WHEN 'RESOLVED' THEN NULL ELSE k.resolved_on END
    WHERE (k.category, k.amount_minor) IS DISTINCT FROM (excluded.category, excluded.amount_minor)
        OR k.state = 'RESOLVED'
"""  # noqa: S608 - made of constants of this module.
# A break about a later day than the one looked at is left alone: that day is not looked at now.
_CLEAR = """
    UPDATE merchants_break AS k
    SET state = 'RESOLVED', resolution = 'MATCHED', resolved_on = %(day)s
    WHERE k.state <> 'RESOLVED' AND k.expected_on <= %(day)s
        AND NOT EXISTS (SELECT FROM problem AS p WHERE p.subject = k.subject)
"""


def find_breaks(*, day: date) -> None:
    """Write down what is not explained as of a day, inside the caller's database transaction.

    What is explained by now is resolved; what was, and is not any more, is open again.
    """
    facts = {"day": day, "since": day - LOOK_BACK, "missed_before": missed_before(day)}
    with connection.cursor() as cursor:
        cursor.execute(_RECORD_PROBLEMS)
        cursor.execute(_COLLECT, facts)
        cursor.execute(_WRITE, facts)
        cursor.execute(_CLEAR, facts)
