"""R3: payouts, from the settlements they pay to the bank line they were found on."""

from __future__ import annotations

from merchants.exports.cells import amount, count, instant, ours, plain, reference, text
from merchants.exports.shapes import Report

_OF_DAYS = """
    o.due_on BETWEEN %(first)s AND %(last)s
    AND (%(merchant_id)s::bigint IS NULL OR o.merchant_id = %(merchant_id)s)
"""
_PERSON = "'user:' || r.{}"

PAYOUTS = Report(
    code="R3",
    name="payouts",
    is_for_merchants=True,
    columns=(
        plain("payout_id", "o.number"),
        plain("merchant_id", "m.public_id"),
        plain("currency", "o.currency"),
        *amount("amount", "o.amount_minor", "o.currency"),
        plain("settlement_ids", "s.ids"),
        count("item_count", "coalesce(s.items, 0)"),
        plain("schedule", "s.schedule"),
        plain("due_date", "o.due_on"),
        plain("value_date", "x.value_on"),
        text("bank_account_masked", "b.bank_code || '-' || right(b.number, 4)"),
        count(
            "bank_account_version",
            "(SELECT count(*) FROM merchants_merchantbankaccount AS v"
            " WHERE v.merchant_id = b.merchant_id AND v.id <= b.id)",
        ),
        plain("file_id", "r.number"),
        plain("end_to_end_id", "o.number"),
        reference("bank_trace_ref", "o.bank_reference"),
        plain("status", "o.state"),
        plain("status_reason_code", "o.reason_code"),
        instant("submitted_at", "o.submitted_at"),
        instant("accepted_at", "o.accepted_at"),
        instant("paid_at", "o.paid_at"),
        instant("returned_at", "o.returned_at"),
        *amount(
            "return_amount",
            "CASE WHEN o.returned_at IS NOT NULL THEN o.amount_minor END",
            "o.currency",
        ),
        ours("reversal_ledger_txn_id", "T", "o.restored_transaction_id"),
        plain("retry_of", "q.number"),
        plain("retried_by", "n.number"),
        plain("maker", _PERSON.format("maker_id")),
        plain("checker", _PERSON.format("checker_id")),
        ours("matched_bank_line_id", "B", "x.line_id"),
        instant("matched_at", "x.made_at"),
        plain("match_rule", "x.rule"),
    ),
    rows=f"""
        merchants_payout AS o
        INNER JOIN merchants_payoutrun AS r ON r.id = o.run_id
        INNER JOIN merchants_merchant AS m ON m.id = o.merchant_id
        INNER JOIN merchants_merchantbankaccount AS b ON b.id = o.bank_account_id
        LEFT JOIN merchants_payout AS q ON q.id = o.retry_of_id
        LEFT JOIN merchants_payout AS n ON n.retry_of_id = o.id
        LEFT JOIN LATERAL (
            SELECT string_agg('S' || s.id, ' ' ORDER BY s.id) AS ids, sum(s.item_count) AS items,
                min(c.schedule) AS schedule
            FROM merchants_settlement AS s
            INNER JOIN merchants_settlementrun AS u ON u.id = s.run_id
            INNER JOIN merchants_settlementcalendar AS c ON c.id = u.calendar_id
            WHERE s.payout_id = o.id
        ) AS s ON TRUE
        LEFT JOIN LATERAL (
            SELECT l.line_id, g.made_at, g.rule, w.value_on
            FROM merchants_movement AS v
            INNER JOIN merchants_matchclaim AS k ON k.movement_id = v.id AND k.is_live
            INNER JOIN merchants_matchgroup AS g ON g.id = k.group_id AND g.state = 'CONFIRMED'
            INNER JOIN merchants_matchclaim AS l
                ON l.group_id = g.id AND l.is_live AND l.line_id IS NOT NULL
            INNER JOIN merchants_bankline AS w ON w.id = l.line_id
            WHERE v.kind = 'PAYOUT_PAID' AND v.end_to_end_id = o.number
            ORDER BY l.line_id LIMIT 1
        ) AS x ON TRUE
        WHERE {_OF_DAYS} ORDER BY o.id
    """,  # noqa: S608 - made of constants of this module.
    control=f"merchants_payout AS o WHERE {_OF_DAYS}",
    currency="o.currency",
    totals={
        "amount_minor": "o.amount_minor",
        "return_amount_minor": "CASE WHEN o.returned_at IS NOT NULL THEN o.amount_minor END",
    },
)
