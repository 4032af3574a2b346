"""R4, R5 and R6: matches, breaks, and the equation of each account and day."""

from __future__ import annotations

from merchants.exports.cells import amount, count, instant, ours, plain, reference, text
from merchants.exports.shapes import Report
from merchants.models import Break
from merchants.reconciliation.ageing import BUCKETS, OLDEST

_MATCHED = "g.last_on BETWEEN %(first)s AND %(last)s"
# The first line of a group stands beside its first movement, the second beside the second.
_PAIRS = f"""
    WITH claimed AS (
        SELECT c.group_id, c.line_id, c.movement_id, row_number() OVER (
            PARTITION BY c.group_id, c.line_id IS NULL ORDER BY c.id
        ) AS place
        FROM merchants_matchclaim AS c
        INNER JOIN merchants_matchgroup AS g ON g.id = c.group_id
        WHERE {_MATCHED}
    ), pair AS (
        SELECT c.group_id, c.place, max(c.line_id) AS line_id, max(c.movement_id) AS movement_id
        FROM claimed AS c GROUP BY c.group_id, c.place
    )
"""  # noqa: S608 - made of constants of this module.
MATCHES = Report(
    code="R4",
    name="recon_matches",
    with_clause=_PAIRS,
    columns=(
        plain("recon_date", "coalesce(r.day, g.last_on)"),
        plain("leg", "'BOOK_BANK'"),
        ours("match_group_id", "G", "g.id"),
        plain("rule_id", "g.rule"),
        count("rule_version", "g.rule_version"),
        count("score", "g.score"),
        plain("status", "g.state"),
        text("left_id", "v.kind || ':' || v.source_id"),
        ours("right_id", "B", "l.id"),
        *amount("amount_left", "v.amount_minor", "h.currency"),
        *amount("amount_right", "l.amount_minor", "h.currency"),
        *amount(
            "difference",
            "CASE WHEN p.place = 1 THEN g.difference_minor ELSE 0 END",
            "h.currency",
        ),
        plain("currency", "h.currency"),
        plain("date_left", "v.expected_on"),
        plain("date_right", "l.booked_on"),
    ),
    rows="""
        pair AS p
        INNER JOIN merchants_matchgroup AS g ON g.id = p.group_id
        INNER JOIN merchants_houseaccount AS h ON h.id = g.account_id
        LEFT JOIN merchants_reconciliationrun AS r ON r.id = g.run_id
        LEFT JOIN merchants_movement AS v ON v.id = p.movement_id
        LEFT JOIN merchants_bankline AS l ON l.id = p.line_id
        ORDER BY g.id, p.place
    """,
    control="""
        (
            SELECT g.id, h.currency, g.difference_minor,
                greatest(count(c.line_id), count(c.movement_id)) AS pairs,
                sum(v.amount_minor) AS movements, sum(l.amount_minor) AS lines
            FROM merchants_matchgroup AS g
            INNER JOIN merchants_houseaccount AS h ON h.id = g.account_id
            INNER JOIN merchants_matchclaim AS c ON c.group_id = g.id
            LEFT JOIN merchants_movement AS v ON v.id = c.movement_id
            LEFT JOIN merchants_bankline AS l ON l.id = c.line_id
            WHERE g.last_on BETWEEN %(first)s AND %(last)s GROUP BY g.id, h.currency
        ) AS g
    """,
    currency="g.currency",
    row_count="sum(g.pairs)::bigint",
    totals={
        "amount_left_minor": "g.movements",
        "amount_right_minor": "g.lines",
        "difference_minor": "g.difference_minor",
    },
)

_AGE = """(
    SELECT count(*) FROM unnest(%(bank_days)s::date[]) AS d (day)
    WHERE d.day > k.first_seen_on AND d.day <= coalesce(k.resolved_on, %(last)s)
)"""
_WITHIN = " ".join(f"WHEN {_AGE} <= {most} THEN '{name} days'" for most, name in BUCKETS)
_BUCKET = f"CASE {_WITHIN} ELSE '{OLDEST} days' END"
# Open on some day of those asked for.
_OPEN = """
    k.first_seen_on <= %(last)s AND (k.resolved_on IS NULL OR k.resolved_on >= %(first)s)
"""
BREAKS = Report(
    code="R5",
    name="recon_breaks",
    columns=(
        ours("break_id", "K", "k.id"),
        plain("category", "k.category"),
        plain(
            "side",
            "CASE split_part(k.subject, ':', 1) WHEN 'movement' THEN 'BOOK'"
            " WHEN 'line' THEN 'BANK' WHEN 'statement' THEN 'BANK' ELSE 'RECORDS' END",
        ),
        reference("account", "coalesce(h.number, '')"),
        *amount("amount", "k.amount_minor", "k.currency"),
        plain("currency", "k.currency"),
        plain("first_seen", "k.first_seen_on"),
        plain("expected_date", "k.expected_on"),
        count("age_business_days", _AGE),
        text("bucket", _BUCKET),
        plain(
            "severity",
            "CASE WHEN abs(k.amount_minor) >= 10000000 THEN 'CRITICAL'"
            " WHEN abs(k.amount_minor) >= 1000000 THEN 'HIGH'"
            " WHEN abs(k.amount_minor) >= 100000 THEN 'MEDIUM' ELSE 'LOW' END",
        ),
        plain("owner", "'user:' || k.owner_id"),
        plain("state", "k.state"),
        plain("resolution", "k.resolution"),
        ours("journal_id", "T", "z.transaction_id"),
        plain("maker", "'user:' || z.maker_id"),
        plain("checker", "'user:' || z.checker_id"),
        text("note", "coalesce(z.reason, k.detail)"),
    ),
    rows=f"""
        merchants_break AS k
        LEFT JOIN merchants_houseaccount AS h ON h.id = k.account_id
        LEFT JOIN LATERAL (
            SELECT z.* FROM merchants_breakresolution AS z
            WHERE z.about_id = k.id ORDER BY z.id DESC LIMIT 1
        ) AS z ON TRUE
        WHERE {_OPEN} ORDER BY k.id
    """,  # noqa: S608
    control=f"merchants_break AS k WHERE {_OPEN}",
    currency="k.currency",
    totals={"amount_minor": "k.amount_minor"},
)

_DAYS = "d.day BETWEEN %(first)s AND %(last)s"
_TERMS = {
    "ledger_opening": "d.ledger_opening_minor",
    "ledger_movements": "d.ledger_movements_minor",
    "ledger_closing": "d.ledger_closing_minor",
    "outstanding_out": "d.outstanding_out_minor",
    "outstanding_in": "d.outstanding_in_minor",
    "unidentified": "d.unidentified_minor",
} | {
    f"break_{name.lower()}": f"coalesce((d.breaks ->> '{name}')::bigint, 0)"
    for name in Break.Category.values
}
_ENDS = {
    "statement_closing": "d.statement_closing_minor",
    "residual": "d.residual_minor",
}
BANK_DAYS = Report(
    code="R6",
    name="bank_recon_statement",
    columns=(
        reference("account", "h.number"),
        plain("date", "d.day"),
        plain("currency", "h.currency"),
        *(
            column
            for name, sql in (_TERMS | _ENDS).items()
            for column in amount(name, sql, "h.currency")
        ),
        plain("has_statement", "d.has_statement::text"),
        instant("computed_at", "d.computed_at"),
    ),
    rows=f"""
        merchants_reconciliationday AS d
        INNER JOIN merchants_houseaccount AS h ON h.id = d.account_id
        WHERE {_DAYS} ORDER BY d.day, h.id
    """,
    control=f"""
        merchants_reconciliationday AS d
        INNER JOIN merchants_houseaccount AS h ON h.id = d.account_id WHERE {_DAYS}
    """,
    currency="h.currency",
    totals={
        "ledger_movements_minor": "d.ledger_movements_minor",
        "residual_minor": "d.residual_minor",
    },
)
