"""R8, R10 and R11: what merchants are owed, the journal, and what is owed to users.

A rollforward begins with a balance and ends with one; what lies between is summed by kind. Both
balances are taken from the accounts, going back from what they hold now, and not from the kinds:
``check`` is what the kinds leave unexplained, and is zero.
"""

from __future__ import annotations

from merchants.exports.cells import amount, count, ours, plain, reference, text
from merchants.exports.shapes import Report

_HELD = """
    -(a.balance_minor + coalesce((
        SELECT sum(z.balance_minor) FROM ledger_stripe AS z WHERE z.account_id = a.id
    ), 0) - coalesce((
        SELECT sum(e.amount_minor) FROM ledger_entry AS e
        WHERE e.account_id = a.id AND e.effective_at >= {}
    ), 0))::bigint
"""
_SALE = "t.kind = 'PAYMENT' AND p.id IS NOT NULL"
_MERCHANT_MOVES = {
    "sales": (f"CASE WHEN {_SALE} THEN -e.amount_minor + p.fee_minor ELSE 0 END"),
    "refunds": "CASE WHEN t.kind = 'REFUND' OR o.kind = 'REFUND' THEN -e.amount_minor ELSE 0 END",
    "fees": f"CASE WHEN {_SALE} THEN -p.fee_minor ELSE 0 END",
    "vat": "CASE WHEN t.kind = 'SETTLEMENT_VAT' THEN -e.amount_minor ELSE 0 END",
    "reserve": (
        "CASE WHEN t.kind IN ('RESERVE_HOLD', 'RESERVE_RELEASE') THEN -e.amount_minor ELSE 0 END"
    ),
    "payouts": "CASE WHEN t.kind = 'PAYOUT' THEN -e.amount_minor ELSE 0 END",
    "returns": "CASE WHEN o.kind = 'PAYOUT' THEN -e.amount_minor ELSE 0 END",
}
_MOVED = " + ".join(f"({sql})" for sql in _MERCHANT_MOVES.values())
_MERCHANTS = """
    merchants_merchant AS m
    INNER JOIN ledger_account AS a ON a.id = m.payable_account_id
    WHERE %(merchant_id)s::bigint IS NULL OR m.id = %(merchant_id)s
"""
_MERCHANT_NAMES = ("opening", *_MERCHANT_MOVES, "adjustments", "closing")

ROLLFORWARD = Report(
    code="R8",
    name="merchant_balance_rollforward",
    is_for_merchants=True,
    with_clause=f"""
        WITH moved AS (
            SELECT e.account_id, {
        ", ".join(f"sum({sql})::bigint AS {name}" for name, sql in _MERCHANT_MOVES.items())
    }, sum(-e.amount_minor - ({_MOVED}))::bigint AS adjustments
            FROM merchants_merchant AS m
            INNER JOIN ledger_entry AS e ON e.account_id = m.payable_account_id
            INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
            LEFT JOIN ledger_transaction AS o ON t.kind = 'REVERSAL' AND o.id = t.reverses_id
            LEFT JOIN merchants_payment AS p ON t.kind = 'PAYMENT'
                AND p.number = substr(t.reference, 9) COLLATE "default"
            WHERE e.effective_at >= %(start)s AND e.effective_at < %(end)s
                AND (%(merchant_id)s::bigint IS NULL OR m.id = %(merchant_id)s)
            GROUP BY e.account_id
        ), rolled AS (
            SELECT m.id, m.public_id, m.legal_name, m.currency, {
        ", ".join(f"coalesce(d.{name}, 0) AS {name}" for name in (*_MERCHANT_MOVES, "adjustments"))
    }, {_HELD.format("%(start)s")} AS opening, {_HELD.format("%(end)s")} AS closing
            FROM merchants_merchant AS m
            INNER JOIN ledger_account AS a ON a.id = m.payable_account_id
            LEFT JOIN moved AS d ON d.account_id = a.id
            WHERE %(merchant_id)s::bigint IS NULL OR m.id = %(merchant_id)s
        )
    """,  # noqa: S608 - made of constants of this module.
    columns=(
        plain("merchant", "r.public_id"),
        text("merchant_name", "r.legal_name"),
        plain("currency", "r.currency"),
        *(
            column
            for name in _MERCHANT_NAMES
            for column in amount(name, f"r.{name}", "r.currency")
        ),
        count(
            "check_minor",
            "r.opening"
            + "".join(f" + r.{name}" for name in (*_MERCHANT_MOVES, "adjustments"))
            + " - r.closing",
        ),
    ),
    rows="rolled AS r ORDER BY r.id",
    control=_MERCHANTS,
    currency="m.currency",
    totals={
        "opening_minor": _HELD.format("%(start)s"),
        "closing_minor": _HELD.format("%(end)s"),
    },
)

_POSTED = "t.effective_at >= %(start)s AND t.effective_at < %(end)s"
JOURNAL = Report(
    code="R10",
    name="gl_journal",
    columns=(
        ours("journal_id", "T", "t.id"),
        plain("posting_date", "(t.effective_at AT TIME ZONE %(zone)s)::date"),
        reference("period", "to_char(t.effective_at AT TIME ZONE %(zone)s, 'YYYY-MM')"),
        plain("account_code", "a.code"),
        *amount("debit", "greatest(e.amount_minor, 0)", "e.currency"),
        *amount("credit", "greatest(-e.amount_minor, 0)", "e.currency"),
        plain("currency", "e.currency"),
        plain("entity", "'JIGAP'"),
        text("cost_centre", "split_part(a.code, ':', 1)"),
        text("doc_ref", "t.reference"),
        plain("kind", "t.kind"),
        text("description", "t.description"),
    ),
    rows=f"""
        ledger_transaction AS t
        INNER JOIN ledger_entry AS e ON e.transaction_id = t.id
        INNER JOIN ledger_account AS a ON a.id = e.account_id
        WHERE {_POSTED} ORDER BY t.id, e.id
    """,
    control="""
        ledger_entry AS e WHERE e.effective_at >= %(start)s AND e.effective_at < %(end)s
    """,
    currency="e.currency",
    totals={
        "debit_minor": "greatest(e.amount_minor, 0)",
        "credit_minor": "greatest(-e.amount_minor, 0)",
    },
)

_USER = "a.code LIKE 'wallet:%%' AND a.code NOT LIKE '%%:debt'"
_USER_KINDS = {
    "top_ups": "('TOP_UP', 'BANK_CREDIT', 'TOP_UP_REVERSAL')",
    "payments": "('PAYMENT')",
    "refunds": "('REFUND')",
    "withdrawals": "('WITHDRAWAL', 'WITHDRAWAL_RETURNED')",
    "expiries": "('BREAKAGE', 'EXPIRY')",
}
_LISTED = ", ".join(kinds.strip("()") for kinds in _USER_KINDS.values())
_USER_NAMES = ("opening", *_USER_KINDS, "other", "closing")

FLOAT = Report(
    code="R11",
    name="float_rollforward",
    with_clause=f"""
        WITH held AS (
            SELECT a.currency, sum({_HELD.format("%(start)s")})::bigint AS opening,
                sum({_HELD.format("%(end)s")})::bigint AS closing
            FROM ledger_account AS a WHERE {_USER} GROUP BY a.currency
        ), moved AS (
            SELECT e.currency, {
        ", ".join(
            f"coalesce(sum(-e.amount_minor) FILTER (WHERE t.kind IN {kinds}), 0)::bigint AS {name}"
            for name, kinds in _USER_KINDS.items()
        )
    }, coalesce(sum(-e.amount_minor) FILTER (WHERE t.kind NOT IN ({_LISTED})), 0)::bigint
                AS other
            FROM ledger_transaction AS t
            INNER JOIN ledger_entry AS e ON e.transaction_id = t.id
            INNER JOIN ledger_account AS a ON a.id = e.account_id
            WHERE {_POSTED} AND {_USER} GROUP BY e.currency
        ), rolled AS (
            SELECT h.currency, h.opening, h.closing, {
        ", ".join(f"coalesce(d.{name}, 0) AS {name}" for name in (*_USER_KINDS, "other"))
    }
            FROM held AS h LEFT JOIN moved AS d ON d.currency = h.currency
        )
    """,  # noqa: S608
    columns=(
        plain("currency", "r.currency"),
        plain("first", "%(first)s::date"),
        plain("last", "%(last)s::date"),
        *(column for name in _USER_NAMES for column in amount(name, f"r.{name}", "r.currency")),
        count(
            "check_minor",
            "r.opening"
            + "".join(f" + r.{name}" for name in (*_USER_KINDS, "other"))
            + " - r.closing",
        ),
    ),
    rows="rolled AS r ORDER BY r.currency",
    control=f"ledger_account AS a WHERE {_USER}",
    currency="a.currency",
    row_count="1::bigint",
    totals={
        "opening_minor": _HELD.format("%(start)s"),
        "closing_minor": _HELD.format("%(end)s"),
    },
)
