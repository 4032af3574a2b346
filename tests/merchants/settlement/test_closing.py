"""Closing a day: what is settled, once, by whoever does it and however often."""

from __future__ import annotations

import csv
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from ledger.accounts import account_id
from ledger.balances import balance, trial_balance
from ledger.horizon import settled_through
from ledger.verification import verify_ledger
from merchants.calendars.days import period_of
from merchants.calendars.terms import daily
from merchants.models import Settlement, SettlementItem, SettlementRun, Store
from merchants.settlement import runs, working
from merchants.settlement.files import COLUMNS, write_items
from tests.merchants.settlement.days import (
    DAY,
    NOON,
    ONE_DAY,
    SEOUL,
    ask,
    close,
    payable,
    sell,
    settled,
    take_back,
)
from wallet.chart import VAT_PAYABLE
from wallet.models import Wallet

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_day_is_owed_less_refunds_fee_and_vat(alice: Wallet, corner_shop: Store) -> None:
    take_back(sell(alice, corner_shop, 12_000), 2_000)
    close(corner_shop)
    day = settled()
    assert (day.payment_gross_minor, day.refund_minor) == (12_000, 2_000)
    assert (day.fee_minor, day.vat_minor) == (210, 21)
    assert (day.state, day.payout_minor, day.approved_by) == ("PAYABLE", 9_769, "rule")
    assert payable(corner_shop) == 9_769
    assert balance(account_id(VAT_PAYABLE, "KRW")).minor == 21
    assert trial_balance() == {"KRW": 0}
    assert verify_ledger() == []


def test_what_is_too_little_or_negative_is_carried_to_the_next_closing(
    alice: Wallet, corner_shop: Store
) -> None:
    sell(alice, corner_shop, 900)
    close(corner_shop)
    number = sell(alice, corner_shop, 5_000, NOON + ONE_DAY)
    close(corner_shop, DAY + ONE_DAY)
    take_back(number, 5_000, NOON + 2 * ONE_DAY)
    close(corner_shop, DAY + 2 * ONE_DAY)
    first, second, third = Settlement.objects.order_by("pk")
    assert (first.state, first.payout_minor, first.carry_out_minor) == ("CARRIED", 0, 882)
    assert (first.carried_since, first.minimum_hold_minor) == (DAY, 882)
    assert (second.carry_in_minor, second.payout_minor) == (882, 882 + 5_000 - 88 - 9)
    assert (third.payment_count, third.refund_count, third.state) == (0, 1, "CARRIED")
    assert (third.net_minor, third.carry_out_minor) == (-5_000, -5_000)
    assert payable(corner_shop) == second.payout_minor - 5_000


def test_a_day_ends_at_midnight_in_seoul_to_the_microsecond(
    alice: Wallet, corner_shop: Store
) -> None:
    midnight = datetime(2026, 3, 3, tzinfo=SEOUL)
    sell(alice, corner_shop, 4_000, midnight - timedelta(microseconds=1))
    sell(alice, corner_shop, 7_000, midnight)
    close(corner_shop)
    assert [item.gross_minor for item in SettlementItem.objects.all()] == [4_000]


def test_what_comes_after_its_day_was_closed_is_late_in_the_next(
    alice: Wallet, corner_shop: Store
) -> None:
    sell(alice, corner_shop, 4_000)
    close(corner_shop)
    sell(alice, corner_shop, 6_000)
    sell(alice, corner_shop, 5_000, NOON - 40 * ONE_DAY)
    sell(alice, corner_shop, 7_000, NOON + ONE_DAY)
    close(corner_shop, DAY + ONE_DAY)
    items = SettlementItem.objects.filter(settlement__business_date=DAY + ONE_DAY)
    found = [(i.gross_minor, i.is_late, i.original_business_date) for i in items.order_by("pk")]
    assert found == [
        (6_000, True, DAY),
        (5_000, True, DAY - 40 * ONE_DAY),
        (7_000, False, DAY + ONE_DAY),
    ]


def test_a_merchant_that_sold_nothing_for_days_misses_nothing(
    alice: Wallet, corner_shop: Store
) -> None:
    sell(alice, corner_shop, 4_000)
    close(corner_shop)
    for days in (1, 2):
        close(corner_shop, DAY + days * ONE_DAY)
    sell(alice, corner_shop, 6_000, NOON + ONE_DAY)
    close(corner_shop, DAY + 3 * ONE_DAY)
    late = SettlementItem.objects.get(settlement__business_date=DAY + 3 * ONE_DAY)
    assert (late.gross_minor, late.is_late) == (6_000, True)
    assert late.original_business_date == DAY + ONE_DAY
    assert Settlement.objects.count() == 2


def test_a_day_that_is_closed_early_is_closed_again_as_it_ends(
    alice: Wallet, corner_shop: Store
) -> None:
    calendar = daily("Asia/Seoul")
    sell(alice, corner_shop, 4_000)
    early = runs.ask_early(calendar=calendar, at=NOON + timedelta(hours=1))
    assert early is not None
    # Both count from before the early closing, one of them from the day before.
    sell(alice, corner_shop, 5_000, NOON + timedelta(minutes=59))
    sell(alice, corner_shop, 6_000, NOON - ONE_DAY)
    while working.settle_next(now=lambda: NOON):
        pass
    sell(alice, corner_shop, 7_000, NOON + timedelta(hours=2))
    close(corner_shop)
    first, second = Settlement.objects.order_by("pk")
    assert (first.payment_gross_minor, second.payment_gross_minor) == (4_000, 18_000)
    assert second.previous == first
    late = second.items.get(is_late=True)
    assert (late.gross_minor, late.original_business_date) == (6_000, DAY - ONE_DAY)


def test_eight_at_once_settle_each_entry_once(alice: Wallet, corner_shop: Store) -> None:
    for _ in range(5):
        sell(alice, corner_shop, 2_000)
    run = ask(corner_shop)
    barrier = threading.Barrier(8)

    def act(_: int) -> bool:
        barrier.wait()
        try:
            return working.settle_next(now=lambda: run.asked_at)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(act, range(8))) == [False] * 7 + [True]
    assert not working.settle_next(now=lambda: run.asked_at)
    assert SettlementItem.objects.count() == 5
    assert payable(corner_shop) == settled().net_minor


def test_a_posting_still_under_way_is_not_lost_between_two_closings(
    alice: Wallet, corner_shop: Store
) -> None:
    sell(alice, corner_shop, 4_000)
    slow = connections.create_connection("default")
    legs = [[alice.available_account_id, corner_shop.merchant.payable_account_id], [3_000, -3_000]]
    calendar = daily("Asia/Seoul")
    period = period_of(calendar, DAY)
    try:
        with slow.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT ledger_post('PAYMENT', 'payment:slow', %s::bigint[], %s::bigint[],"
                " ARRAY['KRW', 'KRW'])",
                legs,
            )
        assert settled_through(wait_seconds=0.2) is None
        assert runs.ask_run(calendar=calendar, period=period, at=period.closes_at) is None
    finally:
        slow.close()
    assert settled_through(wait_seconds=5) is not None


def test_each_ended_day_is_asked_for_once_and_none_is_left_out(
    alice: Wallet, corner_shop: Store
) -> None:
    now = timezone.now()
    assert len(runs.ask_due(at=now)) == 1
    assert runs.ask_due(at=now) == []
    assert len(runs.ask_due(at=now + 5 * ONE_DAY)) == 5
    yesterday = now.astimezone(SEOUL).date() - ONE_DAY
    days = SettlementRun.objects.order_by("business_date").values_list("business_date", flat=True)
    assert list(days) == [yesterday + n * ONE_DAY for n in range(6)]


def test_the_file_agrees_with_the_settlement_and_is_safe_in_a_spreadsheet(
    alice: Wallet, corner_shop: Store
) -> None:
    take_back(sell(alice, corner_shop, 12_000), 2_000)
    run = close(corner_shop)
    file = io.StringIO()
    assert write_items(run.pk, file) == 2
    header, *items, trailer = csv.reader(io.StringIO(file.getvalue()))
    assert tuple(header) == COLUMNS
    assert all(len(row) == len(COLUMNS) for row in (*items, trailer))
    gross, fee, vat, net = (sum(int(row[i]) for row in items) for i in (-4, -3, -2, -1))
    assert trailer[0] == "TRAILER"
    assert [int(value) for value in trailer[-4:]] == [gross, fee, vat, net]
    assert (gross, fee, vat, net) == (10_000, 210, 21, 9_769)
    assert items[0][5] == "'=모퉁이가게"
    assert items[0][11] == "2026-03-02T12:00:00+09:00"
