"""The book against the records, by what both call a thing: a full outer join of a day's.

A transaction's reference names its record, "payment:<number>", and its debits sum to what the
record says. What only one side has on a day is looked up on the other by that name: then it counts
there on another day, or in another state, or it is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection

from merchants.reconciliation.rules import HOME_ZONE
from wallet.withdrawals.deciding import FEE_KEPT_FOR


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of record: its transactions' kind and reference, and where it stands."""

    kind: str
    prefix: str
    table: str
    key: str
    amount: str
    at: str
    posted: str = "TRUE"


_KEPT = ", ".join(f"'{reason}'" for reason in sorted(FEE_KEPT_FOR))
SOURCES = (
    Source(
        "PAYMENT",
        "payment",
        "merchants_payment AS r LEFT JOIN wallet_hold AS h ON h.id = r.hold_id",
        "r.number",
        # All that was held is moved at a capture, the rest of it back.
        "coalesce(h.amount_minor, r.captured_minor)",
        "r.paid_at",
        "r.captured_minor > 0",
    ),
    Source("REFUND", "refund", "merchants_refund AS r INNER JOIN merchants_payment AS p"
           " ON p.id = r.payment_id", "r.number", "r.amount_minor", "r.refunded_at"),
    Source("TOP_UP", "top_up", "wallet_topup AS r", "r.public_id::text", "r.amount_minor",
           "r.decided_at", "r.provider = 'CARD' AND r.status IN ('SETTLED', 'REVERSED')"),
    Source("BANK_CREDIT", "bank_credit", "wallet_bankcredit AS r", "r.reference",
           "r.amount_minor", "r.arrived_at"),
    Source("WITHDRAWAL", "withdrawal", "wallet_withdrawal AS r", "r.public_id::text",
           "r.amount_minor + r.fee_minor", "r.asked_at"),
    Source("WITHDRAWAL_CONFIRMED", "withdrawal_confirmed", "wallet_withdrawal AS r",
           "r.public_id::text", "r.amount_minor", "r.confirmed_at"),
    Source(
        "WITHDRAWAL_RETURNED",
        "withdrawal_returned",
        "wallet_withdrawal AS r",
        "r.public_id::text",
        f"r.amount_minor + CASE WHEN r.return_reason IN ({_KEPT}) THEN 0 ELSE r.fee_minor END",
        "r.returned_at",
    ),
    Source("PAYOUT", "payout", "merchants_payout AS r", "r.number", "r.amount_minor",
           "r.created_at", "r.transaction_id IS NOT NULL"),
    Source("TRANSFER", "transfer", "wallet_transfer AS r", "r.public_id::text",
           "r.amount_minor", "r.sent_at"),
)  # fmt: skip

_CURRENCY = {"REFUND": "p.currency"}


def _of_day(source: Source) -> str:
    return (
        f"SELECT '{source.prefix}:' || {source.key} AS reference, {source.amount} AS amount_minor,"  # noqa: S608
        f" {_CURRENCY.get(source.kind, 'r.currency')} AS currency"
        f" FROM {source.table} WHERE {source.at} >= %(start)s AND {source.at} < %(end)s"
        f" AND {source.posted}"
    )


def _looked_up(source: Source) -> str:
    column = source.key.removesuffix(_TEXT)
    # A made-up id that is no UUID is nobody's, rather than an error.
    wanted = _AS_UUID if source.key.endswith(_TEXT) else "d.id"
    return (
        f"SELECT {source.at} IS NOT NULL AND {source.posted} AS is_posted FROM {source.table}"  # noqa: S608
        f" WHERE d.in_book AND NOT d.in_records AND d.prefix = '{source.prefix}'"
        f" AND {column} = {wanted}"
    )


_TEXT = "::text"
_AS_UUID = "CASE WHEN d.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN d.id::uuid END"
_KINDS = ", ".join(f"'{source.kind}'" for source in SOURCES)
# A day's references begin alike, which makes sorting them slow: they are joined by hash.
_FOR_JOINING = """
    SET LOCAL work_mem = '128MB'; SET LOCAL jit = off; SET LOCAL enable_mergejoin = off;
    DROP TABLE IF EXISTS record_difference, record_problem
"""
_DIFFERENCES = f"""
    CREATE TEMPORARY TABLE record_difference ON COMMIT DROP AS
    WITH book AS (
        SELECT t.reference, max(e.currency COLLATE "C") AS currency,
            sum(e.amount_minor)::bigint AS amount_minor
        FROM ledger_transaction AS t
        INNER JOIN ledger_entry AS e ON e.transaction_id = t.id AND e.amount_minor > 0
        WHERE t.effective_at >= %(start)s AND t.effective_at < %(end)s AND t.kind IN ({_KINDS})
        GROUP BY t.id
    ), records AS (
        {" UNION ALL ".join(_of_day(source) for source in SOURCES)}
    )
    SELECT coalesce(b.reference, r.reference) AS reference, b.reference IS NOT NULL AS in_book,
        r.reference IS NOT NULL AS in_records, b.amount_minor AS book_minor,
        r.amount_minor AS record_minor, b.currency AS book_currency,
        r.currency AS record_currency
    FROM book AS b FULL OUTER JOIN records AS r ON r.reference = b.reference
    WHERE b.reference IS NULL OR r.reference IS NULL OR b.amount_minor <> r.amount_minor
        OR b.currency <> r.currency
"""  # noqa: S608 - made of constants of this module.
_PROBLEMS = f"""
    CREATE TEMPORARY TABLE record_problem ON COMMIT DROP AS
    SELECT 'record:' || d.reference AS subject, NULL::bigint AS account_id,
        CASE
            WHEN d.in_book AND d.in_records AND d.book_currency <> d.record_currency
                THEN 'CURRENCY_MISMATCH'
            WHEN d.in_book AND d.in_records THEN 'AMOUNT_MISMATCH'
            WHEN d.in_book AND x.is_posted THEN 'LATE_ITEM'
            WHEN d.in_book THEN 'MISSING_IN_RECORDS'
            WHEN t.id IS NOT NULL THEN 'LATE_ITEM'
            ELSE 'MISSING_IN_LEDGER'
        END AS category,
        CASE
            WHEN d.in_book AND d.in_records AND d.book_currency <> d.record_currency
                THEN 'currency_diff'
            WHEN d.in_book AND d.in_records THEN 'amount_diff'
            WHEN d.in_book AND x.is_posted OR t.id IS NOT NULL THEN 'date_diff'
            WHEN x.is_posted = FALSE THEN 'status_diff'
            WHEN d.in_book THEN 'missing_in_records'
            ELSE 'missing_in_ledger'
        END AS detail,
        coalesce(d.record_minor, 0) - coalesce(d.book_minor, 0) AS amount_minor,
        coalesce(d.record_currency, d.book_currency) AS currency, %(day)s::date AS expected_on
    FROM (
        SELECT y.*, split_part(y.reference, ':', 1) AS prefix,
            -- In the collation of the records' numbers, so that their indexes are of use.
            substr(y.reference, position(':' IN y.reference) + 1) COLLATE "default" AS id
        FROM record_difference AS y
    ) AS d
    LEFT JOIN LATERAL (
        {" UNION ALL ".join(_looked_up(source) for source in SOURCES)}
    ) AS x ON TRUE
    LEFT JOIN ledger_transaction AS t ON NOT d.in_book AND t.reference = d.reference
"""  # noqa: S608 - made of constants of this module.


def compare(*, day: date) -> int:
    """Collect where book and records differ on a day, as ``record_problem``; return how many.

    The table is of the caller's database transaction, for ``finding.find_breaks``.
    """
    start = datetime.combine(day, time(), HOME_ZONE)
    end = datetime.combine(day + timedelta(days=1), time(), HOME_ZONE)
    with connection.cursor() as cursor:
        # Compiling so long a query costs more than it saves.
        cursor.execute(_FOR_JOINING)
        cursor.execute(_DIFFERENCES, {"start": start, "end": end})
        # What differs is little, and looked up one by one.
        cursor.execute("SET LOCAL enable_mergejoin = on; ANALYZE record_difference")
        cursor.execute(_PROBLEMS, {"day": day})
        return int(cursor.rowcount)
