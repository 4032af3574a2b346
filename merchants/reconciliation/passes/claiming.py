"""How a pass claims lines and movements: a set of them at once, with the evidence of each match.

Only lines whose statement has come are matched: its balances prove them. A pass fills the
temporary table ``found`` with one row for each line and each movement of a match. What is open
stands in ``open_line`` and ``open_movement``, from which every claim takes away.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db import connection

from merchants.reconciliation.rules import GUESSES, LOOK_BACK, SCORES, VERSION, Rules

_TABLES = """
    DROP TABLE IF EXISTS open_line, open_movement, found;
    CREATE TEMPORARY TABLE open_line ON COMMIT DROP AS
    SELECT b.id, b.account_id, b.amount_minor, b.currency, b.booked_on, b.batch_id,
        -- What follows a slash is the entry's place on the statement, the same payment's or not.
        split_part(b.bank_reference, '/', 1) AS bank_reference, b.is_reversal, b.text,
        replace(b.end_to_end_id, '-', '') AS end_to_end_id,
        s.closing_on AS day
    FROM merchants_bankline AS b
    INNER JOIN merchants_statement AS s ON s.id = b.statement_id
    WHERE s.closing_on BETWEEN %(since)s AND %(until)s AND NOT EXISTS (
        SELECT FROM merchants_matchclaim AS c WHERE c.line_id = b.id AND c.is_live
    );
    CREATE TEMPORARY TABLE open_movement ON COMMIT DROP AS
    SELECT m.id, m.account_id, m.amount_minor, m.currency, m.expected_on, m.batch_id,
        split_part(m.bank_reference, '/', 1) AS bank_reference, m.end_to_end_id
    FROM merchants_movement AS m
    WHERE m.expected_on >= %(since)s AND NOT EXISTS (
        SELECT FROM merchants_matchclaim AS c WHERE c.movement_id = m.id AND c.is_live
    );
    CREATE TEMPORARY TABLE found (key text, line_id bigint, movement_id bigint) ON COMMIT DROP;
    ANALYZE open_line;
    ANALYZE open_movement;
"""
_GROUPS = """
    CREATE TEMPORARY TABLE made ON COMMIT DROP AS
    SELECT nextval(pg_get_serial_sequence('merchants_matchgroup', 'id')) AS id, x.*
    FROM (
        SELECT f.key, max(coalesce(l.account_id, m.account_id)) AS account_id,
            max(coalesce(l.currency, m.currency)) AS currency,
            coalesce(sum(l.amount_minor), 0) AS line_minor,
            coalesce(sum(m.amount_minor), 0) AS movement_minor,
            min(coalesce(l.day, m.expected_on)) AS first_on,
            max(coalesce(l.day, m.expected_on)) AS last_on,
            count(f.line_id) AS line_count, count(f.movement_id) AS movement_count,
            min(l.end_to_end_id) AS end_to_end_id, min(l.bank_reference) AS bank_reference,
            min(l.batch_id) AS batch_id, min(l.booked_on) AS booked_on,
            min(m.expected_on) AS expected_on
        FROM found AS f
        LEFT JOIN open_line AS l ON l.id = f.line_id
        LEFT JOIN open_movement AS m ON m.id = f.movement_id
        GROUP BY f.key
    ) AS x;
    INSERT INTO merchants_matchgroup (
        id, account_id, run_id, rule, rule_version, score, state, difference_minor, first_on,
        last_on, evidence, actor, made_at
    )
    SELECT g.id, g.account_id, %(run)s, %(rule)s, %(version)s, %(score)s,
        CASE
            WHEN g.line_minor <> g.movement_minor THEN 'PROPOSED'
            WHEN NOT %(guess)s THEN 'CONFIRMED'
            WHEN abs(g.line_minor) <= coalesce((%(limits)s::jsonb ->> g.currency)::bigint, 0)
                THEN 'CONFIRMED'
            ELSE 'PROPOSED'
        END,
        g.line_minor - g.movement_minor, g.first_on, g.last_on,
        jsonb_build_object(
            'lines', g.line_count, 'movements', g.movement_count, 'line_minor', g.line_minor,
            'movement_minor', g.movement_minor, 'currency', g.currency,
            'end_to_end_id', g.end_to_end_id, 'bank_reference', g.bank_reference,
            'batch_id', g.batch_id, 'booked_on', g.booked_on, 'expected_on', g.expected_on
        ), 'system', %(at)s
    FROM made AS g;
    INSERT INTO merchants_matchclaim (group_id, line_id, movement_id, is_live)
    SELECT g.id, f.line_id, f.movement_id, TRUE FROM found AS f INNER JOIN made AS g USING (key);
    INSERT INTO merchants_matchstep (group_id, state, actor, reason, happened_at)
    SELECT g.id, g.state, 'system', %(rule)s, %(at)s
    FROM merchants_matchgroup AS g WHERE g.id IN (SELECT m.id FROM made AS m);
    DELETE FROM open_line AS l USING found AS f WHERE f.line_id = l.id;
    DELETE FROM open_movement AS m USING found AS f WHERE f.movement_id = m.id;
    DROP TABLE made;
    TRUNCATE found;
"""
# What somebody rejected or took back is not matched by a rule again.
_NOT_REJECTED = """
    DELETE FROM found AS f WHERE f.key IN (
        SELECT l.key
        FROM found AS l
        INNER JOIN found AS m ON m.key = l.key
        INNER JOIN merchants_matchclaim AS a ON a.line_id = l.line_id AND NOT a.is_live
        INNER JOIN merchants_matchclaim AS b
            ON b.movement_id = m.movement_id AND b.group_id = a.group_id AND NOT b.is_live
    )
"""


def begin(*, day: date) -> None:
    """Collect what is open up to a day, for the passes of this database transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(_TABLES, {"since": day - LOOK_BACK, "until": day})


def claim(*, rule: str, run_id: int, rules: Rules, at: datetime) -> int:
    """Make groups of what a pass found; return how many."""
    facts: dict[str, Any] = {
        "rule": rule,
        "run": run_id,
        "version": VERSION,
        "score": SCORES[rule],
        "guess": rule in GUESSES,
        "limits": json.dumps(dict(rules.confirm_guesses_up_to)),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOT_REJECTED)
        cursor.execute("SELECT count(DISTINCT key) FROM found")
        (count,) = cursor.fetchone()
        if count:
            cursor.execute(_GROUPS, facts)
    return int(count)
