"""A closed day does not change, whoever tries; the book alone says the same, to the byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from ledger.models import Entry
from merchants.fees.pricing import vat
from merchants.models import (
    FeePlan,
    Merchant,
    Settlement,
    SettlementItem,
    SettlementRun,
    SettlementShard,
    Store,
)
from merchants.settlement.preview import compare_plan, preview
from merchants.settlement.verification import file_of, verify
from tests.merchants.cast import refused_by
from tests.merchants.settlement.days import (
    DAY,
    NOON,
    ONE_DAY,
    close,
    payable,
    sell,
    settled,
    take_back,
)
from wallet.models import Wallet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def day(alice: Wallet, corner_shop: Store) -> Settlement:
    """The second of two days."""
    sell(alice, corner_shop, 900)
    close(corner_shop)
    take_back(sell(alice, corner_shop, 12_000, NOON + ONE_DAY), 2_000, NOON + ONE_DAY)
    sell(alice, corner_shop, 3_000)
    close(corner_shop, DAY + ONE_DAY)
    return settled(DAY + ONE_DAY)


@contextmanager
def forged(statement: str) -> Iterator[None]:
    """Do what only a superuser can, with all guards off, and undo it afterwards."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)
        yield
        transaction.set_rollback(True)


def test_the_file_has_the_digest_that_is_stored_and_names_the_one_before(
    day: Settlement,
) -> None:
    text = file_of(day)
    assert hashlib.sha256(text.encode()).hexdigest() == day.content_sha256
    assert day.previous is not None
    head, *lines, total = text.splitlines()
    assert head.split(",")[-1] == day.previous.content_sha256
    assert head.split(",")[2] == str(day.pk)
    assert [line.split(",")[0] for line in lines] == ["1", "2", "3"]
    assert total.split(",")[-3:] == [str(day.net_minor), str(day.payout_minor), "0"]
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("forgery", "said"),
    [
        ("UPDATE merchants_settlement SET content_sha256 = repeat('0', 64)", "digest"),
        (
            "UPDATE merchants_settlement SET vat_minor = vat_minor + 1, fee_minor = fee_minor - 1",
            "fee_minor is",
        ),
        (
            "UPDATE merchants_settlementitem SET vat_minor = vat_minor+1, net_minor = net_minor-1",
            "line 1: vat_minor",
        ),
        ("UPDATE merchants_settlementitem SET is_late = NOT is_late", "line 1: is_late"),
        ("DELETE FROM merchants_settlementitem WHERE line_no = 3", "item_count is"),
        ("UPDATE merchants_payment SET fee_minor = 1", "line 1: gross_minor"),
        ("UPDATE ledger_entry SET amount_minor = amount_minor - 1", "line 1: gross_minor"),
        ("UPDATE ledger_transaction SET reference = 'x' || id WHERE kind LIKE '%VAT'", "booked"),
    ],
)
def test_whatever_is_forged_is_named(day: Settlement, forgery: str, said: str) -> None:
    with forged(forgery):
        found = list(verify())
        assert found
        assert said in found[-1] or said in found[0]


def test_an_entry_that_is_in_no_settlement_is_named(day: Settlement) -> None:
    with forged(
        "DELETE FROM merchants_settlementitem; DELETE FROM merchants_settlement"
        f" WHERE business_date = '{DAY}'; UPDATE merchants_settlement SET item_count = 0"
    ):
        assert "is in no settlement" in list(verify())[-1]


def test_the_command_says_so(day: Settlement, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_settlement")
    assert capsys.readouterr().out == "2 settlements follow from the book, to the byte\n"
    call_command("verify_settlement", "--day", day.business_date.isoformat())
    with (
        forged("UPDATE merchants_settlement SET item_count = item_count + 1"),
        pytest.raises(CommandError, match="2 differences"),
    ):
        call_command("verify_settlement", "--merchant", day.merchant.public_id)
    assert f"settlement {day.pk}: item_count is" in capsys.readouterr().err
    call_command("settlements", "file", str(day.pk))
    printed = capsys.readouterr().out
    assert hashlib.sha256(printed.encode()).hexdigest() == day.content_sha256


def test_postgresql_refuses_to_change_what_is_closed(day: Settlement, alice: Wallet) -> None:
    item = day.items.get(line_no=1)
    with refused_by("merchants_settlement_final"):
        Settlement.objects.update(due_on=DAY)
    with refused_by("merchants_settlement_final"):
        Settlement.objects.update(content_sha256="0" * 64)
    with refused_by("merchants_settlement_edge"):
        Settlement.objects.update(state="OPEN")
    with refused_by("merchants_settlement_final"):
        Settlement.objects.filter(pk=day.pk).update(approved_by="user:1")
    with refused_by("merchants_settlement_hold_says_why"):
        Settlement.objects.filter(pk=day.pk).update(state="HELD")
    for table in ("merchants_settlementitem", "merchants_settlement"):
        with refused_by("ledger_append_only"), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
    with refused_by("ledger_append_only"):
        SettlementItem.objects.update(is_late=True)
    with refused_by("merchants_settlementitem_pkey"):
        item.save(force_insert=True)
    item.pk = item.pk + 1_000_000
    item.line_no = 4
    with refused_by("merchants_settlement_items_complete"):
        item.save(force_insert=True)
    item.pk = Entry.objects.exclude(account=day.merchant.payable_account).latest("pk").pk
    with refused_by("merchants_settlement_item_of_the_book"):
        item.save(force_insert=True)
    with refused_by("merchants_settlement_run_frozen"):
        SettlementRun.objects.update(through_id=1)
    with refused_by("merchants_settlement_run_edge"):
        SettlementRun.objects.update(state="CLOSING", closed_at=None)
    with refused_by("merchants_settlement_shard_edge"):
        SettlementShard.objects.update(state="PENDING")


def test_a_settlement_is_written_whole_or_not_at_all(day: Settlement) -> None:
    run = day.run
    copy = Settlement.objects.get(pk=day.pk)
    copy.pk, copy.previous = day.pk + (1 << 33), day
    copy.run = SettlementRun.objects.create(
        calendar=run.calendar,
        kind="EARLY",
        business_date=run.business_date,
        window_from=run.window_from,
        window_to=run.window_to,
        settled_before=run.window_from,
        due_on=run.due_on,
        through_id=run.through_id,
        asked_at=NOON,
    )
    with refused_by("merchants_settlement_continues"):
        copy.save(force_insert=True)
    copy.carry_in_minor = 0
    with refused_by("merchants_settlement_lines_sum_to_net"):
        copy.save(force_insert=True)
    copy.net_minor -= 882
    with refused_by("merchants_settlement_net_paid_or_carried"):
        copy.save(force_insert=True)
    copy.payout_minor -= 882
    with refused_by("merchants_settlement_items_complete"):
        copy.save(force_insert=True)
    copy.previous = None
    with refused_by("merchants_settlement_one_first"):
        copy.save(force_insert=True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE merchants_settlement SET net_minor = 1",
        "DELETE FROM merchants_settlement",
        "TRUNCATE merchants_settlement",
        "UPDATE merchants_settlementitem SET net_minor = 1",
        "DELETE FROM merchants_settlementitem",
        "UPDATE merchants_settlementrun SET through_id = 1",
        "UPDATE merchants_payout SET amount_minor = 1",
        "UPDATE merchants_payoutrun SET total_minor = 1",
        "DELETE FROM merchants_lateentry",
        "UPDATE merchants_settlementterms SET reserve_bps = 1",
    ],
)
def test_the_applications_role_has_no_right_to(day: Settlement, statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE jigap_app")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute(statement)
        transaction.set_rollback(True)


def test_the_applications_role_settles(alice: Wallet, corner_shop: Store) -> None:
    sell(alice, corner_shop, 12_000)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE jigap_app")
        try:
            close(corner_shop)
        finally:
            cursor.execute("RESET ROLE")
    assert settled().payout_minor == 11_769


def test_a_preview_is_what_the_closing_will_say_and_leaves_no_trace(
    alice: Wallet, corner_shop: Store
) -> None:
    now = timezone.now()
    sell(alice, corner_shop, 700, now)
    today, tomorrow = preview(merchant=corner_shop.merchant, at=timezone.now())
    assert today.settlement is not None
    assert (today.settlement.net_minor, today.settlement.carry_out_minor) == (687, 687)
    assert tomorrow.settlement is None
    assert (tomorrow.business_date - today.business_date).days == 1
    assert not Settlement.objects.exists()
    assert not SettlementRun.objects.exists()
    close(corner_shop, today.business_date)
    found = Settlement.objects.get()
    assert (found.net_minor, found.vat_minor) == (687, today.settlement.vat_minor)


def test_another_plan_is_compared_on_the_payments_of_the_day(
    alice: Wallet, corner_shop: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = FeePlan.objects.create(name="dear", rate_bps=300)
    for minor in (10_000, 2_000):
        sell(alice, corner_shop, minor, timezone.now())
    change = compare_plan(merchant=corner_shop.merchant, plan=plan, at=timezone.now())
    assert (change.payment_count, change.fee_minor, change.other_fee_minor) == (2, 210, 360)
    assert change.net_change_minor == 210 + 21 - 360 - vat(plan=plan, fee_minor=360)
    merchant = Merchant.objects.get(pk=corner_shop.merchant_id)
    call_command("settlements", "compare", merchant.public_id, "--plan", "dear")
    assert "net   -165 KRW more, of 2 payments" in capsys.readouterr().out
    call_command("settlements", "preview", merchant.public_id)
    assert "payments          12000 KRW" in capsys.readouterr().out
    assert payable(corner_shop) == 12_000 - 210
