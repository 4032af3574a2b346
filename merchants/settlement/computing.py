"""Computing settlements in PostgreSQL: lines, VAT, reserve, what is carried, the file's digest.

One statement does it for all merchants of a shard and writes what it found. Its parts:

``merchant``
    the merchants in question, the terms they are settled by, and the settlement before
``found``
    entries of what they are owed that are not settled yet: what counts from where the one before
    ended, and what came late for it
``line``, ``share``
    what kind of line each is, its fee, and its part of the VAT by largest remainder
    (references have the collation C, which the indexes of numbers do not serve)
``total``, ``settled``
    the sums, what is held back, paid and carried, and the text of the settlement's file
"""

from __future__ import annotations

# What settlement and payouts post on the account themselves, which is no item of anything.
OWN_KINDS = ("SETTLEMENT_VAT", "RESERVE_HOLD", "RESERVE_RELEASE", "PAYOUT")
_OWN = "('SETTLEMENT_VAT', 'RESERVE_HOLD', 'RESERVE_RELEASE', 'PAYOUT')"

_MERCHANT = """
    merchant AS MATERIALIZED (
        SELECT m.id, m.public_id, m.payable_account_id, m.reserve_account_id, m.currency,
            m.minimum_payout_minor AS minimum, t.reserve_bps, t.reserve_days, t.review_above_minor,
            f.vat_bps, p.id AS previous_id, coalesce(p.content_sha256, '-') AS previous_sha256,
            coalesce(p.carry_out_minor, 0) AS carry_in, p.carried_since,
            coalesce(p.settled_before, '-infinity') AS bound, coalesce(h.amount, 0) AS released
        FROM merchants_merchant AS m
        CROSS JOIN LATERAL (
            SELECT x.* FROM merchants_settlementterms AS x
            WHERE x.merchant_id = m.id AND x.from_date <= %(business_date)s
            ORDER BY x.from_date DESC LIMIT 1
        ) AS t
        CROSS JOIN LATERAL (
            SELECT l.vat_bps FROM merchants_feeagreement AS a
            INNER JOIN merchants_feeplan AS l ON l.id = a.plan_id
            WHERE a.merchant_id = m.id AND a.effective_from < %(window_to)s
            ORDER BY a.effective_from DESC LIMIT 1
        ) AS f
        LEFT JOIN LATERAL (
            SELECT s.id, s.content_sha256, s.carry_out_minor, s.carried_since, r.settled_before
            FROM merchants_settlement AS s
            INNER JOIN merchants_settlementrun AS r ON r.id = s.run_id
            WHERE s.merchant_id = m.id ORDER BY s.id DESC LIMIT 1
        ) AS p ON TRUE
        LEFT JOIN LATERAL (
            SELECT sum(v.amount_minor) AS amount FROM merchants_reserve AS v
            WHERE v.merchant_id = m.id AND v.state = 'HELD' AND v.release_on <= %(business_date)s
        ) AS h ON TRUE
        WHERE t.calendar_id = %(calendar_id)s AND {scope}
    )
"""

_FOUND = """
    found AS (
        SELECT m.id AS merchant_id, m.vat_bps, e.id AS entry_id, e.transaction_id,
            e.effective_at, -e.amount_minor AS booked
        FROM merchant AS m
        INNER JOIN ledger_entry AS e ON e.account_id = m.payable_account_id
        WHERE e.effective_at >= m.bound AND e.effective_at < %(window_to)s
            AND e.transaction_id <= %(through_id)s
        UNION ALL
        SELECT m.id, m.vat_bps, e.id, e.transaction_id, e.effective_at, -e.amount_minor
        FROM merchant AS m
        INNER JOIN merchants_lateentry AS l ON l.merchant_id = m.id
        INNER JOIN ledger_entry AS e ON e.id = l.entry_id
        WHERE e.effective_at < m.bound AND e.transaction_id <= %(through_id)s
    )
"""

# A transaction that is reversed, which few lines have, is asked for row by row (OFFSET 0 keeps it
# so): joined to the whole journal it would cost as much as all the rest.
_LINE = f"""
    line AS (
        SELECT f.merchant_id, f.vat_bps, f.entry_id, f.effective_at, f.booked,
            CASE
                WHEN t.kind IN (
                    'PAYMENT', 'REFUND', 'REFUND_REVERSAL', 'DISPUTE', 'DISPUTE_REVERSAL'
                ) THEN t.kind
                WHEN o.kind = 'REFUND' THEN 'REFUND_REVERSAL'
                WHEN o.kind = 'PAYOUT' THEN 'PAYOUT_RETURN'
                ELSE 'ADJUSTMENT'
            END AS line_type,
            coalesce(r.payment_id, p.id) AS payment_id,
            coalesce(r.number, p.number, '') AS number,
            coalesce(-r.fee_minor, CASE t.kind WHEN 'PAYMENT' THEN p.fee_minor END, 0) AS fee
        FROM found AS f
        INNER JOIN ledger_transaction AS t ON t.id = f.transaction_id
        LEFT JOIN LATERAL (
            SELECT x.id, x.kind FROM ledger_transaction AS x
            WHERE t.kind = 'REVERSAL' AND x.id = t.reverses_id OFFSET 0
        ) AS o ON TRUE
        LEFT JOIN merchants_refund AS r
            ON t.kind = 'REFUND'
                AND r.number = substr(t.reference, length('refund:') + 1) COLLATE "default"
        LEFT JOIN merchants_payment AS p ON p.number = (CASE t.kind
            WHEN 'PAYMENT' THEN substr(t.reference, length('payment:') + 1)
            WHEN 'REFUND' THEN NULL
            ELSE t.metadata ->> 'payment'
        END) COLLATE "default"
        WHERE t.kind NOT IN {_OWN}
            AND (t.kind <> 'REVERSAL' OR o.kind NOT IN {_OWN} OR EXISTS (
                SELECT FROM merchants_payout AS y
                WHERE y.transaction_id = o.id AND y.folded_at IS NOT NULL
            ))
            AND NOT EXISTS (
                SELECT FROM merchants_settlementitem AS i WHERE i.entry_id = f.entry_id
            )
    )
"""  # noqa: S608 - made of constants of this module.

# VAT is rounded once, half up, on all fees of a settlement. Each line gets what its own fee comes
# to, rounded down; the units left over go to the lines with the largest remainders. (Whole numbers
# are rounded down by taking the positive remainder away; what is summed is made whole again, since
# PostgreSQL sums into a type that is slow to reckon with. Lines are numbered by their entries.)
_SHARE = """
    share AS (
        SELECT l.*, l.booked + l.fee AS gross, w.down,
            row_number() OVER by_entry AS line_no,
            (sum(l.fee) OVER merchants)::bigint * l.vat_bps + 5000 AS tax_e4,
            (sum(w.down) OVER merchants)::bigint AS downs,
            row_number() OVER (
                PARTITION BY l.merchant_id ORDER BY w.remainder DESC, l.entry_id
            ) AS place
        FROM line AS l
        CROSS JOIN LATERAL (
            SELECT (l.fee * l.vat_bps %% 10000 + 10000) %% 10000 AS remainder,
                (l.fee * l.vat_bps - (l.fee * l.vat_bps %% 10000 + 10000) %% 10000) / 10000 AS down
        ) AS w
        WINDOW merchants AS (PARTITION BY l.merchant_id),
            by_entry AS (PARTITION BY l.merchant_id ORDER BY l.entry_id)
    ),
    item AS MATERIALIZED (
        SELECT s.merchant_id, s.entry_id, s.line_no, s.line_type, s.payment_id, s.gross, s.fee,
            s.down + (
                s.place <= (s.tax_e4 - (s.tax_e4 %% 10000 + 10000) %% 10000) / 10000 - s.downs
            )::integer AS vat,
            s.effective_at < %(window_from)s AS is_late,
            ((s.effective_at AT TIME ZONE %(zone)s) + %(day_shift)s)::date AS original_date,
            s.number,
            to_char(s.effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS counts
        FROM share AS s
    )
"""

_TOTAL = """
    total AS (
        SELECT i.merchant_id, count(*) AS items,
            count(*) FILTER (WHERE i.line_type = 'PAYMENT') AS payments,
            coalesce(sum(i.gross) FILTER (WHERE i.line_type = 'PAYMENT'), 0) AS gross,
            count(*) FILTER (WHERE i.line_type IN ('REFUND', 'REFUND_REVERSAL')) AS refunds,
            -coalesce(sum(i.gross) FILTER (WHERE i.line_type IN ('REFUND', 'REFUND_REVERSAL')), 0)
                AS refunded,
            count(*) FILTER (WHERE i.line_type IN ('DISPUTE', 'DISPUTE_REVERSAL')) AS disputes,
            -coalesce(sum(i.gross) FILTER (
                WHERE i.line_type IN ('DISPUTE', 'DISPUTE_REVERSAL')
            ), 0) AS disputed,
            sum(greatest(i.fee, 0)) AS fee, -sum(least(i.fee, 0)) AS fee_back, sum(i.vat) AS vat,
            coalesce(sum(i.gross) FILTER (WHERE i.line_type = 'ADJUSTMENT'), 0) AS adjusted,
            coalesce(sum(i.gross) FILTER (WHERE i.line_type = 'PAYOUT_RETURN'), 0) AS returned,
            sum(i.gross - i.fee - i.vat) AS net,
            string_agg(
                i.line_no || ',' || i.line_type || ',' || i.entry_id || ',' || i.number || ','
                || i.counts || ',' || i.original_date || ',' || i.is_late::text || ','
                || i.gross || ',' || i.fee || ',' || i.vat || ',' || i.gross - i.fee - i.vat
                || E'\\n', '' ORDER BY i.line_no
            ) AS lines
        FROM item AS i GROUP BY i.merchant_id
    ),
    kept AS (
        SELECT m.*, t.lines, coalesce(t.items, 0) AS items,
            coalesce(t.payments, 0) AS payments, coalesce(t.gross, 0) AS gross,
            coalesce(t.refunds, 0) AS refunds, coalesce(t.refunded, 0) AS refunded,
            coalesce(t.disputes, 0) AS disputes, coalesce(t.disputed, 0) AS disputed,
            coalesce(t.fee, 0) AS fee, coalesce(t.fee_back, 0) AS fee_back,
            coalesce(t.vat, 0) AS vat, coalesce(t.adjusted, 0) AS adjusted,
            coalesce(t.returned, 0) AS returned, h.held,
            coalesce(t.net, 0) + m.carry_in + m.released - h.held AS net
        FROM merchant AS m
        LEFT JOIN total AS t ON t.merchant_id = m.id
        -- Of the payments, half up; never more than there is.
        CROSS JOIN LATERAL (
            SELECT greatest(0, least(
                floor((coalesce(t.gross, 0) * m.reserve_bps + 5000) / 10000),
                coalesce(t.net, 0) + m.carry_in + m.released
            )) AS held
        ) AS h
        WHERE t.merchant_id IS NOT NULL OR m.released > 0
    ),
    settled AS (
        SELECT k.*, (%(run_id)s::bigint << 32) + k.id AS settlement_id,
            k.net >= greatest(1, k.minimum) AS is_paid,
            CASE WHEN k.net >= greatest(1, k.minimum) THEN k.net ELSE 0 END AS paid,
            CASE WHEN k.net >= greatest(1, k.minimum) THEN 0 ELSE k.net END AS carried
        FROM kept AS k
    )
"""

# The head and the end of a settlement's file; merchants.settlement.texts writes the same.
_TEXT = """
    'settlement,1,' || k.settlement_id || ',' || k.public_id || ',' || k.currency || ','
    || %(business_date)s || ',' || %(kind)s || ',' || %(window_text)s || ',' || %(through_id)s
    || ',' || k.vat_bps || ',' || k.reserve_bps || ',' || k.minimum || ',' || k.previous_sha256
    || E'\\n' || coalesce(k.lines, '') || 'total,' || k.items || ',' || k.carry_in || ','
    || k.held || ',' || k.released || ',' || k.net || ',' || k.paid || ',' || k.carried || E'\\n'
"""

_PARTS = f"WITH {_MERCHANT}, {_FOUND}, {_LINE}, {_SHARE}, {_TOTAL}"

_WRITE = f"""
    , written AS (
        INSERT INTO merchants_settlement (
            id, run_id, merchant_id, previous_id, business_date, currency, vat_bps, reserve_bps,
            minimum_payout_minor, item_count, payment_count, payment_gross_minor, refund_count,
            refund_minor, dispute_count, dispute_minor, fee_minor, fee_refund_minor, vat_minor,
            reserve_hold_minor, reserve_release_minor, adjustment_minor, payout_return_minor,
            carry_in_minor, net_minor, payout_minor, carry_out_minor, carried_since, due_on, state,
            hold_reason, approved_by, approved_at, content_sha256, closed_at
        )
        SELECT k.settlement_id, %(run_id)s, k.id, k.previous_id, %(business_date)s::date,
            k.currency, k.vat_bps, k.reserve_bps, k.minimum, k.items, k.payments, k.gross,
            k.refunds, k.refunded, k.disputes, k.disputed, k.fee, k.fee_back, k.vat, k.held,
            k.released, k.adjusted, k.returned, k.carry_in, k.net, k.paid, k.carried,
            CASE
                WHEN k.carried = 0 THEN NULL
                WHEN sign(k.carried) = sign(k.carry_in) THEN k.carried_since
                ELSE %(business_date)s::date
            END,
            %(due_on)s::date,
            CASE
                WHEN NOT k.is_paid THEN 'CARRIED'
                WHEN k.paid > k.review_above_minor THEN 'REVIEW'
                ELSE 'PAYABLE'
            END,
            '', CASE WHEN k.paid > k.review_above_minor THEN '' ELSE 'rule' END,
            CASE WHEN k.paid > k.review_above_minor THEN NULL ELSE %(at)s::timestamptz END,
            encode(sha256(convert_to({_TEXT}, 'UTF8')), 'hex'), %(at)s::timestamptz
        FROM settled AS k ORDER BY k.id
    ),
    linked AS (
        INSERT INTO merchants_settlementitem (
            entry_id, settlement_id, line_no, line_type, payment_id, gross_minor, fee_minor,
            vat_minor, net_minor, is_late, original_business_date
        )
        SELECT i.entry_id, (%(run_id)s::bigint << 32) + i.merchant_id, i.line_no, i.line_type,
            i.payment_id, i.gross, i.fee, i.vat, i.gross - i.fee - i.vat, i.is_late,
            i.original_date
        FROM item AS i ORDER BY i.merchant_id, i.line_no
    )
    SELECT k.settlement_id, k.id, k.currency, k.payable_account_id, k.reserve_account_id,
        k.vat::bigint, k.held::bigint, k.released::bigint, k.reserve_days
    FROM settled AS k ORDER BY k.id
"""  # noqa: S608 - made of constants of this module.

SETTLE = _PARTS.format(scope="m.id %% 256 = ANY(%(shards)s)") + _WRITE
# The same for one merchant, for the preview of a day.
SETTLE_ONE = _PARTS.format(scope="m.id = %(merchant_id)s") + _WRITE

# What each settlement of a shard held back, and which reserves it released.
RESERVE = """
    INSERT INTO merchants_reserve (held_in_id, merchant_id, amount_minor, release_on, state)
    SELECT s.id, s.merchant_id, s.reserve_hold_minor, %(business_date)s::date + t.reserve_days,
        'HELD'
    FROM merchants_merchant AS m
    INNER JOIN merchants_settlement AS s ON s.id = (%(run_id)s::bigint << 32) + m.id
    CROSS JOIN LATERAL (
        SELECT x.reserve_days FROM merchants_settlementterms AS x
        WHERE x.merchant_id = m.id AND x.from_date <= %(business_date)s
        ORDER BY x.from_date DESC LIMIT 1
    ) AS t
    WHERE m.id %% 256 = ANY(%(shards)s) AND s.reserve_hold_minor > 0
"""
RELEASE = """
    UPDATE merchants_reserve AS r SET state = 'RELEASED', released_in_id = s.id
    FROM merchants_settlement AS s
    WHERE r.merchant_id %% 256 = ANY(%(shards)s) AND r.state = 'HELD'
        AND r.release_on <= %(business_date)s AND r.held_in_id <> s.id
        AND s.id = (%(run_id)s::bigint << 32) + r.merchant_id
"""
