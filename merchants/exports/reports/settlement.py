"""R1 and R2: settlements, and their lines down to the ledger entry."""

from __future__ import annotations

from merchants.exports.cells import amount, count, instant, local, ours, plain, reference, text
from merchants.exports.shapes import Report

_OF_DAYS = """
    s.business_date BETWEEN %(first)s AND %(last)s
    AND (%(merchant_id)s::bigint IS NULL OR s.merchant_id = %(merchant_id)s)
"""
# Fees are invoiced by month and merchant; see R9.
INVOICE = "'FI' || to_char(s.business_date, 'YYYYMM') || '-' || m.public_id"
_SIGNED = {
    "payment_gross": "s.payment_gross_minor",
    "refund_amount": "s.refund_minor",
    "dispute_amount": "s.dispute_minor",
    "fee_amount": "s.fee_minor",
    "fee_refund_amount": "s.fee_refund_minor",
    "vat_on_fee": "s.vat_minor",
    "reserve_hold": "s.reserve_hold_minor",
    "reserve_release": "s.reserve_release_minor",
    "adjustment_amount": "s.adjustment_minor",
    "payout_return_amount": "s.payout_return_minor",
    "carry_in": "s.carry_in_minor",
    "net_amount": "s.net_minor",
    "min_payout_hold": "greatest(0, s.carry_out_minor)",
    "payout_amount": "s.payout_minor",
    "carry_out": "s.carry_out_minor",
}


# A settlement is the merchant's; it has a store where all of its payments are of that one.
_ONLY_STORE = """
    LEFT JOIN LATERAL (
        SELECT min(w.public_id) AS store_id
        FROM merchants_settlementitem AS i
        INNER JOIN merchants_payment AS p ON p.id = i.payment_id
        INNER JOIN merchants_store AS w ON w.id = p.store_id
        WHERE i.settlement_id = s.id
        HAVING min(w.id) = max(w.id)
    ) AS x ON TRUE
"""


def _of_summary(name: str) -> tuple[object, object]:
    return amount(name, _SIGNED[name], "s.currency")


SUMMARY = Report(
    code="R1",
    name="settlement_summary",
    is_for_merchants=True,
    columns=(
        ours("settlement_id", "S", "s.id"),
        count("version", "1"),
        plain("merchant_id", "m.public_id"),
        text("merchant_name", "m.legal_name"),
        plain("store_id", "x.store_id"),
        plain("currency", "s.currency"),
        plain("business_date", "s.business_date"),
        plain("timezone", "c.zone"),
        local("cutoff_from", "r.window_from", "c.zone"),
        local("cutoff_to", "r.window_to", "c.zone"),
        count("payment_count", "s.payment_count"),
        *amount("payment_gross", _SIGNED["payment_gross"], "s.currency"),
        count("refund_count", "s.refund_count"),
        *amount("refund_amount", _SIGNED["refund_amount"], "s.currency"),
        count("dispute_count", "s.dispute_count"),
        *(
            column
            for name in list(_SIGNED)[2:]
            for column in amount(name, _SIGNED[name], "s.currency")
        ),
        plain("payout_id", "o.number"),
        plain("payout_due_date", "s.due_on"),
        plain("status", "s.state"),
        text("hold_reason", "s.hold_reason"),
        plain("tax_invoice_no", f"CASE WHEN s.fee_minor <> s.fee_refund_minor THEN {INVOICE} END"),
        instant("closed_at", "s.closed_at"),
        # A digest of digits with an "e" among them is a number to a spreadsheet.
        ours("content_sha256", "sha256:", "s.content_sha256"),
    ),
    rows=f"""
        merchants_settlement AS s
        INNER JOIN merchants_settlementrun AS r ON r.id = s.run_id
        INNER JOIN merchants_settlementcalendar AS c ON c.id = r.calendar_id
        INNER JOIN merchants_merchant AS m ON m.id = s.merchant_id
        LEFT JOIN merchants_payout AS o ON o.id = s.payout_id
        {_ONLY_STORE}
        WHERE {_OF_DAYS} ORDER BY s.id
    """,
    control=f"merchants_settlement AS s WHERE {_OF_DAYS}",
    currency="s.currency",
    totals={f"{name}_minor": sql for name, sql in _SIGNED.items()},
)

# What a settlement has beside its items: lines of its own, so that all lines come to the payout.
_OWN_LINES = """
    (VALUES
        (1, CASE WHEN s.carry_in_minor > 0 THEN 'MIN_RELEASE' ELSE 'CARRY_IN' END,
            s.carry_in_minor),
        (2, 'RESERVE_RELEASE', s.reserve_release_minor),
        (3, 'RESERVE_HOLD', -s.reserve_hold_minor),
        (4, CASE WHEN s.carry_out_minor > 0 THEN 'MIN_HOLD' ELSE 'CARRY_OUT' END,
            -s.carry_out_minor)
    ) AS v (place, line_type, minor)
"""
_WITH = f"""
    WITH line AS (
        SELECT i.settlement_id, i.line_no, i.line_type, i.entry_id, i.payment_id, i.gross_minor,
            i.fee_minor, i.vat_minor, i.net_minor, i.is_late, i.original_business_date
        FROM merchants_settlement AS s
        INNER JOIN merchants_settlementitem AS i ON i.settlement_id = s.id
        WHERE {_OF_DAYS}
        UNION ALL
        SELECT s.id, s.item_count + v.place, v.line_type, NULL, NULL, v.minor, 0, 0, v.minor,
            FALSE, s.business_date
        FROM merchants_settlement AS s CROSS JOIN LATERAL {_OWN_LINES}
        WHERE v.minor <> 0 AND {_OF_DAYS}
    ), agreed AS (
        SELECT a.merchant_id, a.plan_id, a.effective_from, lead(a.effective_from) OVER (
            PARTITION BY a.merchant_id ORDER BY a.effective_from
        ) AS effective_until
        FROM merchants_feeagreement AS a
    )
"""  # noqa: S608 - made of constants of this module.
_RATE = """
    CASE WHEN i.line_type = 'PAYMENT' THEN CASE WHEN f.is_tiered THEN coalesce((
        SELECT x.{0} FROM merchants_feerate AS x
        LEFT JOIN merchants_monthlyturnover AS u ON u.merchant_id = s.merchant_id
            AND u.month = (date_trunc('month', e.effective_at AT TIME ZONE m.zone)
                - INTERVAL '1 month')::date
        WHERE x.plan_id = f.id AND x.kind IN (p.presented, 'ANY')
            AND x.from_turnover_minor <= coalesce(u.amount_minor, 0)
        ORDER BY x.kind = 'ANY', x.from_turnover_minor DESC LIMIT 1
    ), f.{0}) ELSE f.{0} END END
"""
# Known where the till asked by its certificate: for a voucher, or by a code without a network.
_TILL = """
    CASE WHEN p.presented IN ('OFFLINE', 'DYNAMIC') THEN (
        SELECT w.public_id FROM merchants_tillnonce AS n
        INNER JOIN merchants_tillcertificate AS c ON c.id = n.till_id
        INNER JOIN merchants_terminal AS w ON w.id = c.terminal_id
        WHERE n.payment_id = p.id LIMIT 1
    ) END
"""
ITEMS = Report(
    code="R2",
    name="settlement_items",
    is_for_merchants=True,
    with_clause=_WITH,
    columns=(
        ours("settlement_id", "S", "i.settlement_id"),
        count("line_no", "i.line_no"),
        plain("line_type", "i.line_type"),
        ours("ledger_entry_id", "E", "i.entry_id"),
        ours("ledger_txn_id", "T", "e.transaction_id"),
        plain(
            "payment_id",
            "CASE i.line_type WHEN 'PAYMENT' THEN 'P' || p.number"
            " WHEN 'REFUND' THEN 'R' || substr(t.reference, 8) END",
        ),
        plain(
            "original_payment_id", "CASE WHEN i.line_type <> 'PAYMENT' THEN 'P' || p.number END"
        ),
        reference(
            "merchant_reference",
            "CASE i.line_type WHEN 'REFUND' THEN b.merchant_refund_no"
            " ELSE p.merchant_order_no END",
        ),
        plain("store_id", "st.public_id"),
        plain("terminal_id", _TILL),
        instant("occurred_at", "e.effective_at"),
        local("occurred_at_local", "e.effective_at", "m.zone"),
        plain("business_date", "s.business_date"),
        plain("original_business_date", "i.original_business_date"),
        plain("is_late", "i.is_late::text"),
        plain("available_on", "s.due_on"),
        plain("payment_method", "p.presented"),
        plain("currency", "s.currency"),
        *amount("gross", "i.gross_minor", "s.currency"),
        count("fee_rate_bps", _RATE.format("rate_bps")),
        count("fee_fixed", _RATE.format("fixed_minor")),
        *amount("fee", "i.fee_minor", "s.currency"),
        count("vat_rate", "s.vat_bps"),
        *amount("vat", "i.vat_minor", "s.currency"),
        *amount("net", "i.net_minor", "s.currency"),
        count(
            "running_balance",
            "sum(i.net_minor) OVER (PARTITION BY i.settlement_id ORDER BY i.line_no"
            " ROWS UNBOUNDED PRECEDING)",
        ),
        text("adjustment_reason", "d.reason"),
        plain("approved_by", "'user:' || d.decided_by_id"),
        text("description", "t.description"),
    ),
    rows="""
        line AS i
        INNER JOIN merchants_settlement AS s ON s.id = i.settlement_id
        INNER JOIN merchants_merchant AS m ON m.id = s.merchant_id
        LEFT JOIN ledger_entry AS e ON e.id = i.entry_id
        LEFT JOIN ledger_transaction AS t ON t.id = e.transaction_id
        LEFT JOIN merchants_payment AS p ON p.id = i.payment_id
        LEFT JOIN merchants_store AS st ON st.id = p.store_id
        LEFT JOIN merchants_refund AS b
            ON i.line_type = 'REFUND' AND b.number = substr(t.reference, 8) COLLATE "default"
        LEFT JOIN merchants_adjustment AS d
            ON i.line_type = 'ADJUSTMENT' AND d.transaction_id = e.transaction_id
        LEFT JOIN agreed AS a ON a.merchant_id = s.merchant_id
            AND a.effective_from <= e.effective_at
            AND (a.effective_until IS NULL OR a.effective_until > e.effective_at)
        LEFT JOIN merchants_feeplan AS f ON f.id = a.plan_id
        ORDER BY i.settlement_id, i.line_no
    """,
    # The settlements say how many items they have and what they pay, whatever the lines say.
    control=f"""
        merchants_settlement AS s CROSS JOIN LATERAL (
            SELECT count(*) AS lines FROM {_OWN_LINES} WHERE v.minor <> 0
        ) AS o WHERE {_OF_DAYS}
    """,  # noqa: S608
    currency="s.currency",
    row_count="sum(s.item_count + o.lines)::bigint",
    totals={
        "fee_minor": "s.fee_minor - s.fee_refund_minor",
        "vat_minor": "s.vat_minor",
        "net_minor": "s.payout_minor",
    },
)
