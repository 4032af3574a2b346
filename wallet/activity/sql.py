"""The statements behind a filtered list.

Both look at a window of rows (``seen``) in the order of the list, keep of it what fits, and tell
with each row how many they looked at and where the last of them stood: the first three columns.
They come as one row even where nothing fits.

``OFFSET 0`` keeps each look-up behind the window. Without it a planner that believes a kind to be
rare reads the whole journal for it first.
"""

from __future__ import annotations

_KEPT = """
    kept AS (
        SELECT e.id, e.transaction_id, t.kind, t.reference, t.description, e.effective_at,
            t.recorded_at, e.amount_minor * a.normal_sign AS minor, a.currency,
            seen.at AS seen_at, seen.id AS seen_id,
            coalesce(e.balance_after_minor, 0) * a.normal_sign AS balance,
            coalesce(n.counterparty, '') AS counterparty, coalesce(n.memo, '') AS memo
        FROM seen {joins}
        INNER JOIN ledger_account AS a ON a.id = e.account_id
        LEFT JOIN LATERAL (
            SELECT x.counterparty, x.memo FROM wallet_activitynote AS x
            WHERE x.wallet_id = %s AND x.reference = t.reference OFFSET 0
        ) AS n ON TRUE
        WHERE (%s::text[] IS NULL OR t.kind = ANY(%s)) AND abs(e.amount_minor) BETWEEN %s AND %s
        ORDER BY seen.at DESC, seen.id DESC LIMIT %s
    )
    SELECT w.looked_at, w.last_at, w.last_id, kept.* FROM (
        SELECT count(*) AS looked_at, min(at) AS last_at,
            (array_agg(id ORDER BY at, id))[1] AS last_id FROM seen
    ) AS w LEFT JOIN kept ON TRUE ORDER BY kept.seen_at DESC, kept.seen_id DESC
"""

_WINDOW = """
    WITH seen AS MATERIALIZED (
        SELECT id, effective_at AS at FROM ledger_entry
        WHERE account_id = %s AND effective_at >= %s AND effective_at < %s
            AND (effective_at, id) < (%s, %s)
        ORDER BY account_id DESC, effective_at DESC, id DESC LIMIT %s
    ),
"""
_OF_ENTRIES = """
    CROSS JOIN LATERAL (
        SELECT * FROM ledger_entry AS x
        WHERE x.id = seen.id AND x.account_id = %s OFFSET 0
    ) AS e
    CROSS JOIN LATERAL (
        SELECT * FROM ledger_transaction AS x WHERE x.id = e.transaction_id OFFSET 0
    ) AS t
"""
_HITS = """
    WITH seen AS MATERIALIZED (
        SELECT id, at, reference FROM wallet_activitynote
        WHERE wallet_id = %s AND words @@ %s::tsquery AND at >= %s AND at < %s
            AND (at, id) < (%s, %s)
        ORDER BY at DESC, id DESC LIMIT %s
    ),
"""
_OF_NOTES = """
    CROSS JOIN LATERAL (
        SELECT * FROM ledger_transaction AS x WHERE x.reference = seen.reference OFFSET 0
    ) AS t
    CROSS JOIN LATERAL (
        SELECT * FROM ledger_entry AS x
        WHERE x.transaction_id = t.id AND x.account_id = %s OFFSET 0
    ) AS e
"""

IN_WINDOW = _WINDOW + _KEPT.format(joins=_OF_ENTRIES)
BY_WORDS = _HITS + _KEPT.format(joins=_OF_NOTES)
