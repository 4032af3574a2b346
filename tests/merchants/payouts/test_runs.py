"""A payout run: two persons, each for what they saw, and the database sees to it."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg import errors as pg

from ledger.money import Money
from merchants.errors import (
    AdjustmentDecided,
    NotStaff,
    PayoutRunState,
    SecondPersonNeeded,
    SeenOther,
    SettlementState,
)
from merchants.models import Adjustment, MerchantBankAccount, Payout, PayoutRun, Settlement, Store
from merchants.payouts import adjustments, signing
from merchants.payouts.holds import hold, release
from merchants.states import (
    FILE_EDGES,
    PAYOUT_EDGES,
    SETTLEMENT_EDGES,
    FileState,
    PayoutState,
)
from merchants.states import SettlementState as State
from tests.merchants.cast import refused_by
from tests.merchants.payouts.desk import books, close_now, proposed, signed
from tests.merchants.settlement.days import sell
from wallet.models import User, Wallet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(alice: Wallet, shop: Store, sena: User, doyun: User) -> PayoutRun:
    """A run that sena proposed: one payout of 12,000 won."""
    sell(alice, shop, 12_000, timezone.now())
    close_now(shop)
    made = proposed(sena)
    assert made is not None
    return made


def test_whoever_made_a_run_does_not_check_it_and_a_checker_saw_what_it_is(
    run: PayoutRun, sena: User, doyun: User, alice: Wallet
) -> None:
    seen, now = signing.seen_of(run), timezone.now()
    with pytest.raises(SecondPersonNeeded):
        signing.sign(run=run, seen=seen, by=sena, at=now)
    with pytest.raises(NotStaff):
        signing.sign(run=run, seen=seen, by=alice.holder, at=now)
    account = MerchantBankAccount.objects.get()
    MerchantBankAccount.objects.filter(pk=account.pk).update(number="3333019999999")
    with pytest.raises(SeenOther):
        signing.sign(run=run, seen=seen, by=doyun, at=now)
    MerchantBankAccount.objects.filter(pk=account.pk).update(number=account.number)
    done = signing.sign(run=run, seen=seen, by=doyun, at=now)
    assert (done.state, done.maker, done.checker) == ("SIGNED", sena, doyun)
    with pytest.raises(PayoutRunState):
        signing.sign(run=run, seen=seen, by=doyun, at=now)


def test_a_cancelled_run_leaves_everything_payable(
    run: PayoutRun, shop: Store, sena: User, doyun: User
) -> None:
    assert books(shop) == (0, 12_000, 0)
    signing.sign(run=run, seen=signing.seen_of(run), by=doyun, at=timezone.now())
    signing.cancel(run=run, reason="wrong day", by=doyun, at=timezone.now())
    assert books(shop) == (12_000, 0, 0)
    again = proposed(sena)
    assert again is not None
    assert (again.total_minor, again.payouts.get().retry_of) == (12_000, None)


def test_a_job_proposes_and_then_two_persons_sign(
    alice: Wallet, shop: Store, sena: User, doyun: User
) -> None:
    sell(alice, shop, 12_000, timezone.now())
    close_now(shop)
    run = proposed(None)
    assert run is not None
    seen = signing.seen_of(run)
    assert signing.sign(run=run, seen=seen, by=sena, at=timezone.now()).state == "DRAFT"
    assert signing.sign(run=run, seen=seen, by=doyun, at=timezone.now()).state == "SIGNED"


def test_postgresql_asks_for_two_persons_and_keeps_what_was_signed(
    run: PayoutRun, sena: User, doyun: User
) -> None:
    rows = PayoutRun.objects.filter(pk=run.pk)
    for changes in (
        {"state": "SIGNED"},
        {"state": "SIGNED", "checker": sena, "checked_at": timezone.now()},
    ):
        with refused_by("merchants_payout_run_two_persons"):
            rows.update(approved_digest="a" * 64, **changes)
    with refused_by("merchants_payout_run_facts_final"):
        rows.update(total_minor=1)
    with refused_by("merchants_payout_run_facts_final"):
        rows.update(maker=doyun)
    signing.sign(run=run, seen=signing.seen_of(run), by=doyun, at=timezone.now())
    with refused_by("merchants_payout_run_facts_final"):
        rows.update(approved_digest="b" * 64)
    with refused_by("merchants_payout_run_file_written"):
        rows.update(state="BUILT")
    payouts = Payout.objects.filter(run=run)
    with refused_by("merchants_payout_facts_final"):
        payouts.update(amount_minor=1)
    with refused_by("merchants_payout_facts_final"):
        payouts.update(transaction_id=7)
    with refused_by("merchants_payout_restored_in_the_book"):
        payouts.update(restored_transaction_id=7)
    with refused_by("merchants_settlement_paid_once"):
        Settlement.objects.update(payout=None)
    with refused_by("ledger_append_only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM merchants_payout")


def test_a_payout_is_the_sum_of_its_settlements(run: PayoutRun, sena: User) -> None:
    payout = run.payouts.get()
    fields = {
        "number": "PO0000000000",
        "run": run,
        "merchant": payout.merchant,
        "bank_account": payout.bank_account,
        "currency": "KRW",
        "due_on": run.due_on,
        "created_at": timezone.now(),
    }
    with refused_by("merchants_payout_retry_of_restored"):
        Payout.objects.create(**fields, amount_minor=12_000, retry_of=payout)
    with refused_by("merchants_payout_edge"):
        Payout.objects.create(**fields, amount_minor=12_000, state="PAID")
    signing.cancel(run=run, reason="x", by=sena, at=timezone.now())
    again = proposed(sena)
    assert again is not None
    signing.cancel(run=again, reason="x", by=sena, at=timezone.now())
    with refused_by("merchants_payout_itemised"):
        stray = Payout.objects.create(**fields, amount_minor=11_999)
        Settlement.objects.update(payout=stray)


@pytest.mark.parametrize(
    ("table", "states", "edges", "name"),
    [
        ("merchants_payout", PayoutState, PAYOUT_EDGES, "merchants_payout_edge"),
        ("merchants_payoutrun", FileState, FILE_EDGES, "merchants_payout_run_edge"),
        ("merchants_settlement", State, SETTLEMENT_EDGES, "merchants_settlement_edge"),
    ],
)
def test_postgresql_knows_the_same_edges_and_no_others(
    run: PayoutRun, table: str, states: type, edges: dict[tuple[str, str], str], name: str
) -> None:
    allowed = {(source, target) for (source, _), target in edges.items()}
    assert allowed
    for source, target in itertools.permutations(states.values, 2):  # type: ignore[attr-defined]
        assert _passes(table, source, target, name) == ((source, target) in allowed), (
            source,
            target,
        )


def _passes(table: str, source: str, target: str, name: str) -> bool:
    """Tell whether the trigger lets an edge pass; other constraints may refuse what follows."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for check in _checks(table):
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{check}"')
            cursor.execute(f"UPDATE {table} SET state = %s", [source])
            cursor.execute("SET LOCAL session_replication_role = origin")
            cursor.execute(f"UPDATE {table} SET state = %s", [target])
            transaction.set_rollback(True)
    except IntegrityError as exc:
        if isinstance(exc.__cause__, pg.IntegrityError):
            return exc.__cause__.diag.constraint_name != name
        raise
    return True


def _checks(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]


def test_people_hold_and_release_what_is_payable(
    alice: Wallet, shop: Store, sena: User, doyun: User
) -> None:
    sell(alice, shop, 12_000, timezone.now())
    close_now(shop)
    settlement, now = Settlement.objects.get(), timezone.now()
    hold(settlement=settlement, reason="risk", by=sena, at=now)
    assert proposed(sena) is None
    with pytest.raises(SettlementState):
        hold(settlement=settlement, reason="risk", by=sena, at=now)
    release(settlement=settlement, reason="looked into", by=doyun, at=now)
    assert proposed(sena) is not None
    with pytest.raises(SettlementState):
        hold(settlement=settlement, reason="too late", by=sena, at=now)


def test_an_adjustment_takes_two_persons_and_is_a_line(
    alice: Wallet, shop: Store, sena: User, doyun: User
) -> None:
    now = timezone.now()
    asked = adjustments.request(
        merchant=shop.merchant, amount=Money(-3_000, "KRW"), reason="chip", by=sena, at=now
    )
    seen = adjustments.seen_of(asked)
    with pytest.raises(SecondPersonNeeded):
        adjustments.approve(adjustment=asked, seen=seen, by=sena, at=now)
    with pytest.raises(SeenOther):
        adjustments.approve(adjustment=asked, seen="0" * 64, by=doyun, at=now)
    with refused_by("merchants_adjustment_two_persons"):
        Adjustment.objects.update(state="REJECTED", decided_by=sena, decided_at=now)
    with refused_by("merchants_adjustment_decided_once"):
        Adjustment.objects.update(amount_minor=-1)
    adjustments.approve(adjustment=asked, seen=seen, by=doyun, at=now)
    with pytest.raises(AdjustmentDecided):
        adjustments.reject(adjustment=asked, by=doyun, at=now)
    sell(alice, shop, 12_000, now)
    close_now(shop)
    settlement = Settlement.objects.get()
    assert (settlement.adjustment_minor, settlement.payout_minor) == (-3_000, 9_000)
    assert books(shop) == (9_000, 0, 0)


def test_a_run_goes_through_by_command(
    alice: Wallet, shop: Store, sena: User, doyun: User, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(alice, shop, 12_000, timezone.now())
    close_now(shop)
    due = (timezone.localdate() + timedelta(days=30)).isoformat()
    call_command("payouts", "propose", "--by", sena.phone, "--due", due)
    shown = capsys.readouterr().out
    number, digest = shown.split()[0], shown.split()[-1]
    assert "12000 KRW" in shown
    assert "3333011234567" not in shown
    with pytest.raises(CommandError, match="second_person_needed"):
        call_command("payouts", "sign", number, "--seen", digest, "--by", sena.phone)
    call_command("payouts", "sign", number, "--seen", digest, "--by", doyun.phone)
    assert capsys.readouterr().out == f"{number} is SIGNED\n"
    call_command("payouts", "cancel", number, "--reason", "no", "--by", sena.phone)
    assert Payout.objects.get().state == "CANCELLED"


def test_the_second_person_signs_a_file_of_either_version(
    alice: Wallet, shop: Store, sena: User, doyun: User
) -> None:
    sell(alice, shop, 12_000, timezone.now())
    close_now(shop)
    assert signed(sena, doyun, version="pain.001.001.03").version == "pain.001.001.03"
