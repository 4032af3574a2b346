"""The reports of a day at the corner shop, down to the unit."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ledger.money import Money
from merchants.errors import ExportScopeInvalid
from merchants.exports.catalog import REPORTS
from merchants.exports.requests import FORMATS, scope_of
from merchants.models import HouseAccount, Payout, Store
from merchants.payments.paying import Bill, pay
from merchants.payouts import adjustments
from merchants.premises.stores import add_store
from tests.merchants.exports.files import made, rows, sheet, shown
from tests.merchants.payouts.desk import account_for, close_now, proposed
from tests.merchants.reconciliation.bank import booked, says
from tests.merchants.reconciliation.bank import close as reconciled
from tests.merchants.reconciliation.conftest import house
from tests.merchants.settlement.days import NOON, close, sell, take_back
from tests.merchants.statements.files import Move
from tests.wallet.people import proven
from wallet.models import User, Wallet

__all__ = ["house"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def day(alice: Wallet, corner_shop: Store, sena: User, doyun: User) -> dict[str, str]:
    """Two payments, one refund and a correction, settled."""
    first = sell(alice, corner_shop, 10_000)
    bill = Bill(Money(2_000, "KRW"), merchant_order_no="=1+cmd|' /C calc'!A0")
    later = NOON + timedelta(minutes=1)
    second = pay(wallet=alice, store=corner_shop, bill=bill, proof=proven(alice), at=later).number
    take_back(first, 4_000, NOON + timedelta(minutes=2))
    wanted = adjustments.request(
        merchant=corner_shop.merchant,
        amount=Money(500, "KRW"),
        reason="@promised",
        by=sena,
        at=NOON + timedelta(minutes=3),
    )
    seen = adjustments.seen_of(wanted)
    adjustments.approve(adjustment=wanted, seen=seen, by=doyun, at=NOON + timedelta(minutes=3))
    close(corner_shop)
    return {"first": first, "second": second}


def test_r1_sums_a_settlement_up(day: dict[str, str], corner_shop: Store) -> None:
    (row,) = rows("R1")
    assert shown(row, "merchant_id", "merchant_name", "currency", "timezone") == (
        corner_shop.merchant.public_id,
        "'=모퉁이가게",
        "KRW",
        "Asia/Seoul",
    )
    assert shown(row, "cutoff_from", "cutoff_to") == (
        "2026-03-02T00:00:00+09:00",
        "2026-03-03T00:00:00+09:00",
    )
    # 1.75 % of 12,000 is 210, VAT 21.
    assert shown(row, "payment_count", "payment_gross", "refund_amount", "fee_amount") == (
        "2",
        "12000",
        "4000",
        "210",
    )
    assert shown(row, "vat_on_fee", "adjustment_amount", "net_amount_minor", "status") == (
        "21",
        "500",
        "8269",
        "PAYABLE",
    )
    assert row["settlement_id"].startswith("S")
    assert row["store_id"] == corner_shop.public_id
    assert row["tax_invoice_no"] == f"FI202603-{corner_shop.merchant.public_id}"


def test_a_settlement_of_several_stores_has_no_store(alice: Wallet, corner_shop: Store) -> None:
    facts = {"name": "두번째", "latin_name": "Second", "city": "Seoul"} | {
        "merchant_category_code": "5411"
    }
    second = add_store(merchant=corner_shop.merchant, facts=facts, actor="test", at=NOON)
    for store in (corner_shop, second):
        sell(alice, store, 3_000)
    close(corner_shop)
    assert [row["store_id"] for row in rows("R1")] == [""]
    assert {row["store_id"] for row in rows("R2")} == {corner_shop.public_id, second.public_id}


def test_r2_has_a_line_for_each_entry_and_ends_at_what_is_paid(day: dict[str, str]) -> None:
    found = rows("R2")
    names = ("line_type", "gross", "fee", "vat", "net", "running_balance", "fee_rate_bps")
    assert [shown(row, *names) for row in found] == [
        ("PAYMENT", "10000", "175", "18", "9807", "9807", "175"),
        ("PAYMENT", "2000", "35", "3", "1962", "11769", "175"),
        ("REFUND", "-4000", "0", "0", "-4000", "7769", ""),
        ("ADJUSTMENT", "500", "0", "0", "500", "8269", ""),
    ]
    assert [row["payment_id"][1:] for row in found[:2]] == [day["first"], day["second"]]
    assert found[1]["merchant_reference"] == "'=1+cmd|' /C calc'!A0"
    assert found[2]["original_payment_id"] == f"P{day['first']}"
    assert found[2]["merchant_reference"].endswith("-4000")
    assert found[3]["adjustment_reason"] == "'@promised"
    assert found[3]["approved_by"].startswith("user:")
    assert found[0]["occurred_at"] == "2026-03-02T03:00:00+00:00"
    assert found[0]["occurred_at_local"] == "2026-03-02T12:00:00+09:00"


def test_what_a_settlement_carries_is_a_line(alice: Wallet, corner_shop: Store) -> None:
    sell(alice, corner_shop, 900)
    close(corner_shop)
    next_day = date(2026, 3, 3)
    sell(alice, corner_shop, 900, NOON + timedelta(days=1))
    close(corner_shop, next_day)
    lines = [shown(row, "line_type", "net", "running_balance") for row in rows("R2")]
    assert lines == [
        ("PAYMENT", "882", "882"),
        ("MIN_HOLD", "-882", "0"),
        ("PAYMENT", "882", "882"),
        ("MIN_RELEASE", "882", "1764"),
    ]


def test_r8_rolls_what_a_merchant_is_owed_forward(
    day: dict[str, str], corner_shop: Store, rival: Store
) -> None:
    of_shop, of_rival = rows("R8")
    names = ("opening", "sales", "refunds", "fees", "vat", "payouts", "adjustments", "closing")
    assert shown(of_shop, *names) == ("0", "12000", "-4000", "-210", "-21", "0", "500", "8269")
    assert shown(of_rival, "opening", "closing", "check_minor") == ("0", "0", "0")
    assert of_shop["check_minor"] == "0"
    april = (date(2026, 4, 1), date(2026, 4, 30))
    (later,) = rows("R8", days=april, merchant=corner_shop.merchant)
    assert shown(later, "opening", "sales", "closing", "check_minor") == ("8269", "0", "8269", "0")


def test_r9_is_the_invoice_of_the_month(day: dict[str, str], corner_shop: Store) -> None:
    (row,) = rows("R9")
    assert shown(row, "period", "supply_amount", "vat", "total") == (
        "'2026-03",
        "210",
        "21",
        "231",
    )
    assert row["invoice_no"] == f"FI202603-{corner_shop.merchant.public_id}"


def test_r10_balances_and_r11_explains_what_users_hold(day: dict[str, str]) -> None:
    _, journal = made("R10")
    (control,) = journal.control_totals
    assert control.totals["debit_minor"] == control.totals["credit_minor"] > 0
    (row,) = rows("R11")
    assert shown(row, "payments", "refunds", "check_minor") == ("-12000", "4000", "0")


def test_r3_has_each_payout_with_its_settlements(
    alice: Wallet, corner_shop: Store, sena: User, doyun: User, house: HouseAccount
) -> None:
    from django.utils import timezone

    account_for(corner_shop.merchant, sena, doyun, "3333011234567")
    sell(alice, corner_shop, 9_000, timezone.now())
    close_now(corner_shop)
    proposed(sena)
    payout = Payout.objects.get()
    (row,) = rows("R3", days=(payout.due_on, payout.due_on + timedelta(days=40)))
    assert shown(row, "payout_id", "amount", "item_count", "status", "schedule") == (
        payout.number,
        str(payout.amount_minor),
        "1",
        "CREATED",
        "DAILY",
    )
    assert shown(row, "bank_account_masked", "bank_account_version", "maker") == (
        "'090-4567",
        "1",
        f"user:{sena.pk}",
    )
    assert row["settlement_ids"].startswith("S")


def test_r4_to_r7_tell_of_a_day_at_the_bank(house: HouseAccount) -> None:
    booked(5_000, "R1")
    booked(700, "R2")
    says([Move(5_000, "R1", "R1", "in"), Move(-20, "R9", "", "account fee")])
    found = reconciled()
    (pair,) = rows("R4")
    assert shown(pair, "rule_id", "status", "amount_left", "amount_right", "difference") == (
        "P1",
        "CONFIRMED",
        "5000",
        "5000",
        "0",
    )
    categories = {row["category"]: row["amount_minor"] for row in rows("R5")}
    assert len(categories) == 2
    (equation,) = rows("R6")
    assert equation["account"] == f"'{house.number}"
    assert shown(equation, "ledger_closing_minor", "statement_closing_minor", "residual") == (
        str(found.ledger_closing_minor),
        str(found.statement_closing_minor),
        "0",
    )
    kept = rows("R7")
    assert [row["currency"] for row in kept] == ["KRW"]
    assert kept[0]["evidence_hash"].startswith("sha256:")


@pytest.mark.parametrize("code", list(REPORTS))
def test_each_report_says_the_same_as_csv_and_as_spreadsheet(
    day: dict[str, str], code: str
) -> None:
    content, manifest = made(code)
    sheets, other = made(code, form="xlsx")
    assert manifest.control_totals == other.control_totals
    lines = sheet(sheets)
    assert lines[0] == manifest.columns
    assert len(lines) == 1 + manifest.row_count + len(manifest.control_totals)
    again, _ = made(code)
    assert again == content
    assert json.loads(manifest.as_json())["sha256"] == manifest.sha256


def test_a_spreadsheet_has_amounts_as_numbers_and_ids_as_text(day: dict[str, str]) -> None:
    content, manifest = made("R2", form="xlsx")
    first = sheet(content)[1]
    assert f"P{day['first']}" in first
    assert 10_000 in first
    assert "'=1+cmd|' /C calc'!A0" in sheet(content)[2]
    assert manifest.row_count == 4


def test_a_merchants_report_has_its_own_rows_only(
    day: dict[str, str], alice: Wallet, corner_shop: Store, rival: Store
) -> None:
    sell(alice, rival, 3_000, NOON + timedelta(days=1))
    close(rival, date(2026, 3, 3))
    for code in ("R1", "R2", "R8", "R9"):
        everything = {str(row) for row in rows(code)}
        own = {str(row) for row in rows(code, merchant=corner_shop.merchant)}
        theirs = {str(row) for row in rows(code, merchant=rival.merchant)}
        assert own
        assert theirs
        assert own | theirs == everything
        assert not own & theirs


def test_a_scope_is_a_year_at_most_and_in_order() -> None:
    for first, last in (
        (date(2026, 3, 2), date(2026, 3, 1)),
        (date(2026, 1, 1), date(2027, 1, 3)),
        (date.min, date.min),
        (date.max, date.max),
    ):
        with pytest.raises(ExportScopeInvalid):
            scope_of(first=first, last=last)


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_writes_file_and_manifest(
    day: dict[str, str], tmp_path: Path, form: str
) -> None:
    out = io.StringIO()
    path = tmp_path / f"items.{form}"
    words = ["R2", "--from", "2026-03-02", "--format", form, "--out", str(path)]
    call_command("export_report", *words, stdout=out)
    manifest = json.loads((tmp_path / f"items.{form}.manifest.json").read_text())
    assert (manifest["row_count"], manifest["byte_count"]) == (4, path.stat().st_size)
    assert manifest["sha256"] in out.getvalue()
    with pytest.raises(CommandError, match="no merchant"):
        call_command("export_report", "R1", "--from", "2026-03-02", "--merchant", "MNOBODY")
    with pytest.raises(CommandError, match="export_scope_invalid"):
        call_command("export_report", "R1", "--from", "2026-03-02", "--to", "2026-03-01")
