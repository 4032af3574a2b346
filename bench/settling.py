"""One process of the settlement benchmark: fills a book of payments, or closes its day.

``prepare MERCHANTS PAYMENTS`` makes the book; ``settle`` closes the day as a worker does, and
prints seconds, peak memory in MB, and how many items it and a second run added, as JSON. Then
``export`` writes the items as finance gets them, and ``copy`` the same rows as they stand.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.http.settings")
django.setup()

from django.db import connection, models, transaction  # noqa: E402

from ledger.accounts import account_id  # noqa: E402
from merchants.calendars.days import period_of  # noqa: E402
from merchants.calendars.terms import daily  # noqa: E402
from merchants.exports.catalog import REPORTS  # noqa: E402
from merchants.exports.requests import scope_of  # noqa: E402
from merchants.exports.writing import write  # noqa: E402
from merchants.models import (  # noqa: E402
    FeeAgreement,
    FeePlan,
    Merchant,
    Payment,
    Settlement,
    SettlementItem,
    SettlementTerms,
)
from merchants.settlement import runs, working  # noqa: E402
from merchants.stores import take_on  # noqa: E402
from wallet.chart import MERCHANT_FEES, open_chart  # noqa: E402

DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 3, tzinfo=UTC)
PAYER = 999  # an account nobody asks about: this is about merchants
# Four fifths of the payments go to one fifth of the merchants.
MERCHANT_OF = """
    CASE WHEN g % 5 < 4 THEN 1 + (g / 5 * 4 + g % 5) * 7919::bigint % ({merchants} / 5)
        ELSE 1 + {merchants} / 5 + g / 5 * 7919::bigint % ({merchants} - {merchants} / 5) END
"""
# What of a payment is its own; the rest is the same in all of them.
PAYMENT = {
    "id": "g",
    "number": "'P' || g",
    "merchant_id": "{first} + {of}",
    "amount_minor": "1000 + g % 50000",
    "captured_minor": "1000 + g % 50000",
    "fee_minor": "((1000 + g % 50000) * 175 + 5000) / 10000",
}
MERCHANTS = """
    INSERT INTO ledger_account SELECT (jsonb_populate_record(a, jsonb_build_object(
        'id', a.id + g * 10::bigint, 'code', a.code || g, 'opened_at', now()))).*
    FROM ledger_account AS a, generate_series(1, {merchants}) AS g WHERE a.code LIKE 'merchant:%';
    INSERT INTO ledger_stripe (account_id, stripe, currency, status, balance_minor)
    SELECT s.account_id + g * 10::bigint, s.stripe, s.currency, s.status, 0
    FROM ledger_stripe AS s INNER JOIN ledger_account AS a ON a.id = s.account_id,
        generate_series(1, {merchants}) AS g
    WHERE a.code LIKE 'merchant:%:payable';
    INSERT INTO merchants_merchant SELECT (jsonb_populate_record(m, jsonb_build_object(
        'id', m.id + g, 'public_id', 'M' || g,
        'payable_account_id', m.payable_account_id + g * 10::bigint,
        'in_transit_account_id', m.in_transit_account_id + g * 10::bigint,
        'reserve_account_id', m.reserve_account_id + g * 10::bigint))).*
    FROM merchants_merchant AS m, generate_series(1, {merchants}) AS g;
    INSERT INTO merchants_settlementterms SELECT (jsonb_populate_record(t, jsonb_build_object(
        'id', t.id + g, 'merchant_id', t.merchant_id + g))).*
    FROM merchants_settlementterms AS t, generate_series(1, {merchants}) AS g;
    INSERT INTO merchants_feeagreement SELECT (jsonb_populate_record(t, jsonb_build_object(
        'id', t.id + g, 'merchant_id', t.merchant_id + g))).*
    FROM merchants_feeagreement AS t, generate_series(1, {merchants}) AS g
"""
BOOK = """
    INSERT INTO ledger_transaction (
        id, kind, reference, effective_at, recorded_at, description, metadata)
    SELECT p.id, 'PAYMENT', 'payment:' || p.number,
        '{noon}'::timestamptz + p.id * '1 ms'::interval, now(), '', '{{}}'
    FROM merchants_payment AS p ORDER BY p.id;
    INSERT INTO ledger_entry (
        transaction_id, account_id, amount_minor, currency, effective_at, stripe)
    SELECT t.id, l.account, l.minor, 'KRW', t.effective_at, 0
    FROM merchants_payment AS p INNER JOIN ledger_transaction AS t ON t.id = p.id
    INNER JOIN merchants_merchant AS m ON m.id = p.merchant_id,
        LATERAL (VALUES ({payer}, p.captured_minor), ({fees}, -p.fee_minor),
            (m.payable_account_id, p.fee_minor - p.captured_minor)) AS l (account, minor)
    ORDER BY t.id;
    SELECT setval(pg_get_serial_sequence('ledger_transaction', 'id'), {payments})
"""


def prepare(merchants: int, payments: int) -> None:
    """Fill the book: the rows that so many payments at so many merchants leave behind."""
    open_chart("KRW")
    plan = FeePlan.objects.create(name="standard", rate_bps=175)
    take_on(
        legal_name="가게",
        currency="KRW",
        fee_plan=plan,
        name="가게",
        latin_name="Shop",
        city="Seoul",
        merchant_category_code="5411",
    )
    first = Merchant.objects.get()
    assert FeeAgreement.objects.count() == SettlementTerms.objects.count() == 1  # noqa: S101
    facts = {
        "merchants": merchants,
        "payments": payments,
        "first": first.pk,
        "of": MERCHANT_OF.format(merchants=merchants),
        "noon": NOON.isoformat(),
        "payer": PAYER,
        "fees": account_id(MERCHANT_FEES, "KRW"),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in MERCHANTS.format(**facts).split(";\n"):
            cursor.execute(statement)
        _insert_payments(cursor, facts)
        for statement in BOOK.format(**facts).split(";\n"):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _insert_payments(cursor: Any, facts: dict[str, Any]) -> None:
    """Insert paid payments, with all columns as the application would write them."""
    paid = Payment(presented="STATIC", currency="KRW", state="SUCCEEDED", created_at=NOON)
    paid.store_id, paid.wallet_id, paid.paid_at = 1, 1, NOON  # type: ignore[assignment]
    fields: list[models.Field[Any, Any]] = list(Payment._meta.concrete_fields)  # noqa: SLF001
    own = {name: value.format(**facts).replace("%", "%%") for name, value in PAYMENT.items()}
    values = [own.get(field.column, "%s") for field in fields]
    same = [
        field.get_db_prep_save(getattr(paid, field.attname), connection)
        for field in fields
        if field.column not in own
    ]
    columns = ", ".join(field.column for field in fields)
    cursor.execute(
        f"INSERT INTO merchants_payment ({columns}) SELECT {', '.join(values)}"
        f" FROM generate_series(1, {facts['payments']}) AS g",
        same,
    )


def settle() -> None:
    """Close the day, and close it again; print what that took."""
    calendar = daily("Asia/Seoul")
    period = period_of(calendar, DAY)
    at = period.closes_at + timedelta(minutes=1)
    started = time.perf_counter()
    added = [_close(calendar, period, at)]
    seconds = time.perf_counter() - started
    added.append(_close(calendar, period, at) - added[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    shown = {"seconds": seconds, "peak_mb": peak, "added": added, "dead": working.failure()}
    print(json.dumps(shown | {"settlements": Settlement.objects.count()}))


def _close(calendar: Any, period: Any, at: datetime) -> int:
    run = runs.ask_run(calendar=calendar, period=period, at=at)
    if run is None:
        sys.exit("something is still posting")
    while working.settle_next(now=lambda: at):
        pass
    runs.finish(at=at)
    return SettlementItem.objects.count()


# The same rows, joined and ordered as the report has them, with nothing made of them.
COPY = """
    COPY (
        SELECT i.*, s.currency, s.business_date, s.due_on, s.vat_bps, e.transaction_id,
            e.effective_at, t.kind, t.description, m.public_id, m.zone, p.number,
            p.merchant_order_no, p.presented, st.public_id
        FROM merchants_settlementitem AS i
        INNER JOIN merchants_settlement AS s ON s.id = i.settlement_id
        INNER JOIN merchants_merchant AS m ON m.id = s.merchant_id
        INNER JOIN ledger_entry AS e ON e.id = i.entry_id
        INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
        LEFT JOIN merchants_payment AS p ON p.id = i.payment_id
        LEFT JOIN merchants_store AS st ON st.id = p.store_id
        ORDER BY i.settlement_id, i.line_no
    ) TO STDOUT (FORMAT csv)
"""


def export() -> None:
    """Write the day's items as the report of finance."""
    with tempfile.TemporaryFile() as file:
        made = write(
            report=REPORTS["R2"],
            scope=scope_of(first=DAY, last=DAY),
            form="csv",
            file=file,
            at=NOON,
        )
    assert made.row_count == SettlementItem.objects.count()  # noqa: S101


def copy() -> None:
    """Write the same rows by a bare COPY, with the memory that the report has."""
    with tempfile.TemporaryFile() as file, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        with cursor.copy(COPY) as rows:
            for row in rows:
                file.write(row)


def timed(act: Callable[[], None]) -> None:
    """Print how many seconds it took, and the peak memory in MB."""
    started = time.perf_counter()
    act()
    seconds = time.perf_counter() - started
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "settle":
        settle()
    else:
        timed({"export": export, "copy": copy}[sys.argv[1]])
