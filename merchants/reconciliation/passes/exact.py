"""P1 to P4 and P7: what one of the two sides names by a reference of the other."""

from __future__ import annotations

import json

from django.db import connection

from merchants.reconciliation.rules import Rules

# The first line of a reference goes with its first movement, the second with the second: where
# the bank booked one twice, one line stays over.
_PAIR = """
    INSERT INTO found (key, line_id, movement_id)
    SELECT p.key, CASE n WHEN 1 THEN p.line_id END, CASE n WHEN 2 THEN p.movement_id END
    FROM (
        SELECT l.id AS line_id, m.id AS movement_id, 'l' || l.id AS key
        FROM ({lines}) AS l
        INNER JOIN (
            SELECT o.*, row_number() OVER (
                PARTITION BY o.account_id, o.amount_minor, o.{theirs} ORDER BY o.id
            ) AS place
            FROM open_movement AS o WHERE o.{theirs} <> ''
        ) AS m
            ON m.account_id = l.account_id AND m.amount_minor = l.amount_minor
            AND m.{theirs} = l.reference AND m.place = l.place
    ) AS p
    CROSS JOIN generate_series(1, 2) AS n
"""
_BY_COLUMN = """
    SELECT o.*, o.{ours} AS reference, row_number() OVER (
        PARTITION BY o.account_id, o.amount_minor, o.{ours} ORDER BY o.id
    ) AS place
    FROM open_line AS o WHERE o.{ours} <> ''
"""
# PO and ten digits, of which the last is a check digit: that there is such a payout proves it.
_BY_TEXT = """
    SELECT o.*, t.reference, row_number() OVER (
        PARTITION BY o.account_id, o.amount_minor, t.reference ORDER BY o.id
    ) AS place
    FROM open_line AS o
    CROSS JOIN LATERAL (
        SELECT DISTINCT r[1] AS reference
        FROM regexp_matches(o.text, '\\m(PO[0-9]{10}|[0-9a-f]{32})\\M', 'g') AS r
    ) AS t
    WHERE o.text ~ '(PO[0-9]{10}|[0-9a-f]{32})'
"""
# A reference that two lines or movements claim in one pass stays for a person.
_ONCE = """
    DELETE FROM found AS f USING (
        SELECT key FROM (
            SELECT f.key,
                count(f.line_id) OVER (PARTITION BY f.line_id) AS lines,
                count(f.movement_id) OVER (PARTITION BY f.movement_id) AS movements
            FROM found AS f
        ) AS x WHERE x.lines > 1 OR x.movements > 1
    ) AS d WHERE d.key = f.key
"""
_BATCHES = """
    WITH lines AS (
        SELECT o.account_id, o.{ours} AS reference, array_agg(o.id) AS ids,
            sum(o.amount_minor) AS total
        FROM open_line AS o WHERE o.{ours} <> '' GROUP BY o.account_id, o.{ours}
        HAVING count(*) {how_many}
    ), movements AS (
        SELECT o.account_id, o.{theirs} AS reference, array_agg(o.id) AS ids,
            sum(o.amount_minor) AS total
        FROM open_movement AS o WHERE o.{theirs} <> '' GROUP BY o.account_id, o.{theirs}
    ), fitting AS (
        SELECT l.account_id || ':' || l.reference AS key, l.ids AS line_ids,
            m.ids AS movement_ids
        FROM lines AS l INNER JOIN movements AS m USING (account_id, reference, total)
    )
    INSERT INTO found (key, line_id, movement_id)
    SELECT key, unnest(line_ids), NULL FROM fitting
    UNION ALL
    SELECT key, NULL, unnest(movement_ids) FROM fitting
"""
# What the bank booked by mistake and took back by itself: two lines and no movement of ours.
_CONTRA = """
    WITH pair AS (
        SELECT DISTINCT ON (b.id) b.id AS back_id, l.id AS line_id
        FROM open_line AS b
        INNER JOIN open_line AS l
            ON l.account_id = b.account_id AND l.bank_reference = b.bank_reference
            AND l.amount_minor = -b.amount_minor AND NOT l.is_reversal
        WHERE b.is_reversal AND b.bank_reference <> ''
        ORDER BY b.id, l.id
    )
    INSERT INTO found (key, line_id, movement_id)
    SELECT 'l' || p.line_id, CASE n WHEN 1 THEN p.line_id ELSE p.back_id END, NULL
    FROM (SELECT DISTINCT ON (line_id) * FROM pair ORDER BY line_id, back_id) AS p
    CROSS JOIN generate_series(1, 2) AS n
"""
_NEAR = """
    WITH near AS (
        SELECT l.id AS line_id, m.id AS movement_id,
            count(*) OVER (PARTITION BY l.id) AS lines,
            count(*) OVER (PARTITION BY m.id) AS movements
        FROM open_line AS l
        INNER JOIN open_movement AS m
            ON m.account_id = l.account_id AND l.end_to_end_id <> ''
            AND m.end_to_end_id = l.end_to_end_id AND sign(m.amount_minor) = sign(l.amount_minor)
        WHERE l.amount_minor <> m.amount_minor
            AND abs(l.amount_minor - m.amount_minor)
            <= coalesce((%(tolerance)s::jsonb ->> l.currency)::bigint, 0)
    )
    INSERT INTO found (key, line_id, movement_id)
    SELECT 'l' || near.line_id, CASE n WHEN 1 THEN near.line_id END,
        CASE n WHEN 2 THEN near.movement_id END
    FROM near CROSS JOIN generate_series(1, 2) AS n
    WHERE near.lines = 1 AND near.movements = 1
"""
_BY_END_TO_END = _PAIR.format(
    lines=_BY_COLUMN.format(ours="end_to_end_id"), theirs="end_to_end_id"
)
_BY_BANK_REFERENCE = _PAIR.format(
    lines=_BY_COLUMN.format(ours="bank_reference"), theirs="bank_reference"
)
_FROM_TEXT = _PAIR.format(lines=_BY_TEXT, theirs="end_to_end_id")
_ONE_LINE = _BATCHES.format(ours="batch_id", theirs="batch_id", how_many="= 1")
_LINES_OF_ONE = _BATCHES.format(ours="end_to_end_id", theirs="end_to_end_id", how_many="> 1")
_LINES_OF_BATCH = _BATCHES.format(ours="batch_id", theirs="batch_id", how_many="> 1")


def by_end_to_end_id() -> None:
    """P1: the end-to-end id, account and amount."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_END_TO_END)


def by_bank_reference() -> None:
    """P1: where the record has the bank's own reference, that, account and amount."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_BANK_REFERENCE)


def taken_back() -> None:
    """P1: a line that the bank reversed under its own reference, and that nothing else claims."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTRA)


def by_text() -> None:
    """P2: a reference of ours within the remittance text."""
    with connection.cursor() as cursor:
        cursor.execute(_FROM_TEXT)
        cursor.execute(_ONCE)


def one_line_of_a_batch() -> None:
    """P3: one line that is the sum of all movements of a batch."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_LINE)


def lines_of_one() -> None:
    """P4: several lines that sum to one movement."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES_OF_ONE)


def lines_of_a_batch() -> None:
    """P4: several lines that sum to all movements of a batch."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES_OF_BATCH)


def within_tolerance(rules: Rules) -> None:
    """P7: the same end-to-end id and an amount that differs by what may be forgiven."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"tolerance": json.dumps(dict(rules.tolerance))})
