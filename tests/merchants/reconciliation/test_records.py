"""The book against the records: what one has and the other has not, of a day."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from ledger.money import Money
from merchants.models import Payment, Store
from merchants.payments.paying import Bill, pay
from merchants.payments.refunds import refund
from merchants.reconciliation import records
from merchants.reconciliation.records import compare
from merchants.reconciliation.rules import HOME_ZONE
from tests.ledger.sql import tampered
from tests.merchants.reconciliation.bank import booked
from tests.wallet.people import proven
from wallet.models import Wallet


@pytest.fixture
def at() -> datetime:
    """Return the moment a test trades at: the clock may pass midnight while others run."""
    return timezone.now()


def problems(at: datetime) -> list[tuple[str, str, int]]:
    """Return what differs on the day of a moment: category, detail, records less book."""
    with transaction.atomic():
        compare(day=at.astimezone(HOME_ZONE).date())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT category, detail, amount_minor FROM record_problem ORDER BY subject"
            )
            return [(str(c), str(d), int(a)) for c, d, a in cursor.fetchall()]


@pytest.fixture
def paid(transactional_db: None, alice: Wallet, corner_shop: Store, at: datetime) -> Payment:
    """A payment of today, partly refunded."""
    made = pay(
        wallet=alice, store=corner_shop, bill=Bill(Money(9_000, "KRW")), proof=proven(alice), at=at
    )
    refund(
        merchant=made.merchant,
        number=made.number,
        refund_no="R1",
        amount=Money(2_000, "KRW"),
        reason="",
        at=at,
    )
    return made


def test_a_day_of_payments_refunds_and_top_ups_agrees(paid: Payment, at: datetime) -> None:
    assert problems(at) == []


def test_a_record_that_the_book_has_otherwise_is_found(paid: Payment, at: datetime) -> None:
    tampered("UPDATE merchants_payment SET captured_minor = 8999")
    assert problems(at) == [("AMOUNT_MISMATCH", "amount_diff", -1)]
    tampered("UPDATE merchants_payment SET captured_minor = 9000, currency = 'CNY'")
    assert ("CURRENCY_MISMATCH", "currency_diff", 0) in problems(at)


def test_a_record_that_the_book_does_not_have_is_missing_there(
    paid: Payment, at: datetime
) -> None:
    tampered("UPDATE merchants_payment SET number = 'P-ELSE'")
    assert sorted(problems(at)) == [
        ("MISSING_IN_LEDGER", "missing_in_ledger", 9_000),
        ("MISSING_IN_RECORDS", "missing_in_records", -9_000),
    ]


def test_an_entry_of_a_record_in_another_state_or_on_another_day_is_told_apart(
    paid: Payment, at: datetime
) -> None:
    tampered("UPDATE merchants_payment SET paid_at = paid_at - interval '3 days'")
    assert problems(at) == [("LATE_ITEM", "date_diff", -9_000)]
    tampered(
        "UPDATE merchants_payment SET paid_at = NULL, captured_minor = 0, fee_minor = 0,"
        " refunded_minor = 0, state = 'CLOSED'"
    )
    assert problems(at) == [("MISSING_IN_RECORDS", "status_diff", -9_000)]


def test_an_entry_whose_record_never_was_is_found(paid: Payment, at: datetime) -> None:
    today = at.astimezone(HOME_ZONE).date()
    yesterday = today - timedelta(days=1)
    booked(55, "6f9619ff-8b86-4011-b42d-00c04fc964ff", kind="TRANSFER", day=today)
    booked(66, "no-uuid-at-all", kind="WITHDRAWAL", day=today)
    booked(77, "not-of-today", kind="WITHDRAWAL", day=yesterday)
    assert sorted(problems(at)) == [
        ("MISSING_IN_RECORDS", "missing_in_records", -66),
        ("MISSING_IN_RECORDS", "missing_in_records", -55),
    ]


def test_what_differs_is_looked_up_by_index(paid: Payment, at: datetime) -> None:
    """One by one past a million records, each difference would take a second."""
    day = at.astimezone(HOME_ZONE).date()
    with transaction.atomic(), connection.cursor() as cursor:
        compare(day=day)
        cursor.execute("DROP TABLE record_problem; SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {records._PROBLEMS}", {"day": day})  # noqa: SLF001 - its plan.
        plan = " ".join(row[0] for row in cursor.fetchall())
    looked_up = re.findall(
        r"Index Cond: \(+(?:number|public_id|reference)\b\S* = \(?(?:substr|CASE)", plan
    )
    assert len(looked_up) == len(records.SOURCES), plan
