"""Closing a day: what is settled, once, by whoever does it and however often."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from celery import current_app
from django.db import connection, connections
from django.utils import timezone

from ledger.accounts import account_id
from ledger.balances import balance, trial_balance
from ledger.horizon import settled_through
from ledger.money import Money
from ledger.verification import verify_ledger
from merchants.models import Payment, Settlement, SettlementItem, SettlementRun, Store
from merchants.payments.paying import Bill, pay
from merchants.payments.refunds import refund
from merchants.settlement.closing import settle_run
from merchants.settlement.files import COLUMNS, write_items
from merchants.settlement.runs import HOME_ZONE, ask_due, ask_run, pending
from tests.wallet.people import proven
from wallet.chart import VAT_PAYABLE
from wallet.models import Wallet

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 3, 2, 12, tzinfo=SEOUL)
DAY = date(2026, 3, 2)
ROOT = Path(__file__).resolve().parents[2]


def sell(alice: Wallet, store: Store, minor: int, at: datetime = NOON) -> str:
    amount = Money(minor, "KRW")
    payment = pay(
        wallet=alice,
        store=store,
        bill=Bill(amount),
        proof=proven(alice),
        at=at,
    )
    return payment.number


def take_back(number: str, minor: int, at: datetime = NOON) -> None:
    refund(
        merchant=Payment.objects.get(number=number).merchant,
        number=number,
        refund_no=f"R{number}",
        amount=Money(minor, "KRW"),
        reason="",
        at=at,
    )


def close(day: date = DAY) -> SettlementRun:
    run = ask_run(business_date=day, at=NOON)
    assert run is not None
    settle_run(run_id=run.pk, at=NOON)
    return run


def payable(store: Store) -> int:
    return balance(store.merchant.payable_account_id).minor


@pytest.mark.django_db(transaction=True)
def test_a_day_is_paid_out_less_refunds_fee_and_vat(alice: Wallet, corner_shop: Store) -> None:
    take_back(sell(alice, corner_shop, 12_000), 2_000)
    close()
    settled = Settlement.objects.get()
    assert (settled.payment_gross_minor, settled.refund_minor) == (12_000, 2_000)
    assert (settled.fee_minor, settled.vat_minor) == (210, 21)
    assert (settled.state, settled.payout_minor) == ("PAYABLE", 9_769)
    assert payable(corner_shop) == 0
    assert balance(corner_shop.merchant.in_transit_account_id).minor == 9_769
    assert balance(account_id(VAT_PAYABLE, "KRW")).minor == 21
    assert trial_balance() == {"KRW": 0}
    assert verify_ledger() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_too_little_or_negative_is_carried_to_the_next_closing(
    alice: Wallet, corner_shop: Store
) -> None:
    sell(alice, corner_shop, 900)
    close()
    sell(alice, corner_shop, 5_000, NOON + timedelta(days=1))
    close(DAY + timedelta(days=1))
    first, second = Settlement.objects.order_by("pk")
    assert (first.state, first.payout_minor, first.carry_out_minor) == ("CARRIED", 0, 882)
    assert (second.carry_in_minor, second.payout_minor) == (882, 882 + 5_000 - 88 - 9)
    assert payable(corner_shop) == 0


@pytest.mark.django_db(transaction=True)
def test_a_day_ends_at_midnight_in_seoul_to_the_microsecond(
    alice: Wallet, corner_shop: Store
) -> None:
    midnight = datetime(2026, 3, 3, tzinfo=SEOUL)
    sell(alice, corner_shop, 4_000, midnight - timedelta(microseconds=1))
    sell(alice, corner_shop, 7_000, midnight)
    close()
    assert [item.gross_minor for item in SettlementItem.objects.all()] == [4_000]


@pytest.mark.django_db(transaction=True)
def test_what_comes_after_its_day_was_closed_is_late_in_the_next(
    alice: Wallet, corner_shop: Store
) -> None:
    sell(alice, corner_shop, 4_000)
    close()
    sell(alice, corner_shop, 6_000)
    close(DAY + timedelta(days=1))
    late = SettlementItem.objects.get(settlement__business_date=DAY + timedelta(days=1))
    assert (late.gross_minor, late.is_late) == (6_000, True)


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_settle_each_entry_once(alice: Wallet, corner_shop: Store) -> None:
    for _ in range(5):
        sell(alice, corner_shop, 2_000)
    run = ask_run(business_date=DAY, at=NOON)
    assert run is not None
    barrier = threading.Barrier(8)

    def act(_: int) -> int:
        barrier.wait()
        try:
            return settle_run(run_id=run.pk, at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(act, range(8))) == [0] * 7 + [1]
    assert settle_run(run_id=run.pk, at=NOON) == 0
    assert SettlementItem.objects.count() == 5
    assert payable(corner_shop) == 0


@pytest.mark.django_db(transaction=True)
def test_a_posting_still_under_way_is_not_lost_between_two_closings(
    alice: Wallet, corner_shop: Store
) -> None:
    sell(alice, corner_shop, 4_000)
    slow = connections.create_connection("default")
    legs = [[alice.available_account_id, corner_shop.merchant.payable_account_id], [3_000, -3_000]]
    try:
        with slow.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT ledger_post('PAYMENT', 'payment:slow', %s::bigint[], %s::bigint[],"
                " ARRAY['KRW', 'KRW'])",
                legs,
            )
        assert settled_through(wait_seconds=0.2) is None
        assert ask_run(business_date=DAY, at=NOON) is None
    finally:
        slow.close()
    assert settled_through(wait_seconds=5) is not None


@pytest.mark.django_db(transaction=True)
def test_yesterday_is_asked_for_once(alice: Wallet) -> None:
    now = timezone.now()
    ask_due(at=now)
    ask_due(at=now)
    assert len(pending()) == 1
    yesterday = (now.astimezone(HOME_ZONE) - timedelta(days=1)).date()
    assert SettlementRun.objects.get().business_date == yesterday


@pytest.mark.django_db(transaction=True)
def test_the_file_agrees_with_the_settlement_and_is_safe_in_a_spreadsheet(
    alice: Wallet, corner_shop: Store
) -> None:
    take_back(sell(alice, corner_shop, 12_000), 2_000)
    run = close()
    file = io.StringIO()
    assert write_items(run.pk, file) == 2
    header, *items, trailer = csv.reader(io.StringIO(file.getvalue()))
    assert tuple(header) == COLUMNS
    assert all(len(row) == len(COLUMNS) for row in (*items, trailer))
    gross, fee, net = (sum(int(row[i]) for row in items) for i in (-3, -2, -1))
    assert trailer[0] == "TRAILER"
    assert [int(value) for value in trailer[-3:]] == [gross, fee, net] == [10_000, 210, 9_790]
    assert items[0][5] == "'=모퉁이가게"
    assert items[0][11] == "2026-03-02T12:00:00+09:00"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    # What other tests poked is not for this worker: it would be busy with that first.
    current_app.control.purge()
    name = connection.settings_dict["NAME"]
    host = connection.settings_dict["HOST"]
    port = connection.settings_dict["PORT"]
    user = connection.settings_dict["USER"]
    authority = f"{user}@:{port}" if port else f"{user}@"
    url = f"postgresql://{authority}/{name}?host={host}"
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "2", "-l", "INFO"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    yield process
    process.terminate()
    process.wait(20)


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_settles_once_though_every_message_comes_twice(
    alice: Wallet, corner_shop: Store, worker: subprocess.Popen[bytes]
) -> None:
    from merchants.tasks import run_due

    sell(alice, corner_shop, 12_000)
    run = ask_run(business_date=DAY, at=NOON)
    assert run is not None
    for _ in range(2):
        run_due.delay()
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        if SettlementRun.objects.filter(pk=run.pk, state="SETTLED").exists():
            break
        time.sleep(0.2)
    assert worker.poll() is None
    assert Settlement.objects.get(run=run).payout_minor == 12_000 - 210 - 21
    assert payable(corner_shop) == 0
