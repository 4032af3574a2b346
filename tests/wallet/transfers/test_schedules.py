"""Transfers for later: sent once when they are due, cancelled until then, and honest failures."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from ledger.balances import trial_balance
from tests.ledger.threads import all_at_once
from tests.wallet.people import BOB, Caller, fund, held, proven, won
from tests.wallet.transfers.cast import CAROL, NOON, krw, told
from wallet.errors import ScheduledTransferNotOpen
from wallet.models import Event, ScheduledTransfer, Transfer, Wallet
from wallet.proof.proofs import Means, Proof
from wallet.transfers import schedules
from wallet.transfers.schedules import EDGES
from wallet.wallets.freezing import freeze_own, unfreeze_own

Status = ScheduledTransfer.Status
TEN_MINUTES = timedelta(minutes=10)


def scheduled(wallet: Wallet, minor: int = 5_000) -> ScheduledTransfer:
    return schedules.schedule(
        sender=wallet,
        payee=BOB,
        amount=krw(minor),
        memo="rent",
        due_at=NOON + TEN_MINUTES,
        proof=Proof(wallet.holder_id, Means.PIN),
        at=NOON,
    )


def post(wallet: Wallet, **changes: Any) -> Any:
    body = {"phone": BOB, "amount": won("5000"), "memo": "rent", **changes}
    return Caller(wallet).post(f"/wallets/{wallet.public_id}/scheduled-transfers", body)


@pytest.mark.django_db
def test_a_delayed_transfer_is_sent_when_it_is_due_and_once(alice: Wallet, bob: Wallet) -> None:
    row = scheduled(alice)
    assert schedules.execute_due(at=row.due_at - timedelta(seconds=1)) == 0
    assert (held(alice), held(bob)) == (50_000, 0)
    assert schedules.execute_due(at=row.due_at) == 1
    assert schedules.execute_due(at=row.due_at) == 0
    row.refresh_from_db()
    assert (row.status, row.means, row.decided_at) == ("SENT", "PIN", row.due_at)
    assert row.transfer == Transfer.objects.get()
    assert (held(alice), held(bob)) == (45_000, 5_000)
    assert told(alice) == ["transfer.scheduled", "transfer.sent"]
    assert told(bob) == ["transfer.received"]


@pytest.mark.django_db
def test_it_is_scheduled_seen_and_cancelled_over_the_api(alice: Wallet, bob: Wallet) -> None:
    caller = Caller(alice)
    made = post(alice, delay_seconds=600)
    assert made.status_code == 201, made.json()
    path = f"/scheduled-transfers/{made.json()['id']}"
    assert caller.get(path).json() == made.json()
    assert made.json()["status"] == "SCHEDULED"
    assert made.json()["counterparty"]["phone"] == "+82********21"
    for stranger in (Caller(bob).get(path), Caller(bob).post(f"{path}/cancel", None)):
        assert stranger.status_code == 404
    cancelled = caller.post(f"{path}/cancel", None)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELLED")
    assert caller.post(f"{path}/cancel", None).json()["code"] == "scheduled_transfer_not_open"
    listed = caller.get(f"/wallets/{alice.public_id}/scheduled-transfers").json()
    assert [row["status"] for row in listed["scheduled_transfers"]] == ["CANCELLED"]
    assert schedules.execute_due(at=timezone.now() + timedelta(days=1)) == 0
    assert held(bob) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "invalid_request"),
        ({"delay_seconds": 600, "due_at": "2100-01-01T00:00:00Z"}, "invalid_request"),
        ({"delay_seconds": 59}, "invalid_request"),
        ({"delay_seconds": 10**12}, "invalid_request"),
        ({"due_at": "soon"}, "invalid_request"),
        ({"due_at": "2020-01-01T00:00:00Z"}, "invalid_due_time"),
        ({"due_at": "9999-01-01T00:00:00Z"}, "invalid_due_time"),
        ({"delay_seconds": 600, "phone": CAROL}, "unknown_recipient"),
        ({"delay_seconds": 600, "amount": won("1.00", "USD")}, "currency_mismatch"),
    ],
)
def test_a_bad_schedule_is_refused(
    alice: Wallet, bob: Wallet, changes: dict[str, Any], code: str
) -> None:
    answer = post(alice, **changes)
    assert answer.json()["code"] == code
    assert answer.status_code in {400, 404}
    assert not ScheduledTransfer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "minor", "reason"),
    [("OPEN", 50_001, "insufficient_funds"), ("FROZEN", 5_000, "wallet_not_open")],
)
def test_what_cannot_be_sent_fails_with_its_reason_and_is_told(
    alice: Wallet, bob: Wallet, status: str, minor: int, reason: str
) -> None:
    row = scheduled(alice, minor)
    if status == "FROZEN":
        freeze_own(wallet=alice, at=timezone.now())
    assert schedules.execute_due(at=row.due_at) == 1
    row.refresh_from_db()
    assert (row.status, row.reason, row.transfer) == ("FAILED", reason, None)
    assert [kind for kind in told(alice) if kind.startswith("transfer.")] == [
        "transfer.scheduled",
        "transfer.failed",
    ]
    assert Event.objects.latest("pk").facts["reason"] == reason
    assert (held(alice), held(bob), Transfer.objects.count()) == (50_000, 0, 0)
    if status == "FROZEN":
        unfreeze_own(wallet=alice, proof=proven(alice), at=timezone.now())
    fund(alice, krw(100_000))
    assert schedules.execute_due(at=row.due_at) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), list(itertools.product(Status, Status)))
def test_every_edge_but_those_of_the_table_is_refused(
    alice: Wallet, bob: Wallet, before: str, after: str
) -> None:
    def bring(row: ScheduledTransfer, status: str) -> None:
        if status == Status.CANCELLED:
            schedules.cancel(scheduled=row, at=NOON)
            return
        if status == Status.FAILED:
            freeze_own(wallet=alice, at=NOON)
        if status == Status.SCHEDULED or not schedules.execute(scheduled_id=row.pk, at=row.due_at):
            raise ScheduledTransferNotOpen(row.status)

    row = scheduled(alice)
    if before != Status.SCHEDULED:
        bring(row, before)
    if (before, after) in EDGES:
        bring(row, after)
    else:
        with pytest.raises(ScheduledTransferNotOpen):
            bring(row, after)
    row.refresh_from_db()
    assert row.status == (after if (before, after) in EDGES else before)
    assert held(bob) == (5_000 if row.status == Status.SENT else 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes", [{"status": "SENT"}, {"status": "FAILED", "decided_at": NOON}, {"decided_at": NOON}]
)
def test_the_database_refuses_an_end_without_its_facts(
    alice: Wallet, bob: Wallet, changes: dict[str, Any]
) -> None:
    scheduled(alice)
    with (
        pytest.raises(IntegrityError, match="wallet_scheduled_transfer_ends_once"),
        transaction.atomic(),
    ):
        ScheduledTransfer.objects.update(**changes)


@pytest.mark.django_db(transaction=True)
def test_sixteen_jobs_send_each_transfer_once(alice: Wallet, bob: Wallet) -> None:
    rows = [scheduled(alice, 100) for _ in range(10)]
    due = rows[0].due_at
    assert sum(all_at_once(lambda _: schedules.execute_due(at=due))) == len(rows)
    assert (held(alice), held(bob)) == (49_000, 1_000)
    assert Transfer.objects.count() == len(rows)


@pytest.mark.django_db(transaction=True)
def test_cancel_and_job_at_once_end_it_one_way(alice: Wallet, bob: Wallet) -> None:
    for _ in range(4):
        row = scheduled(alice, 100)

        def act(number: int, row: ScheduledTransfer = row) -> bool:
            try:
                if number % 2:
                    return schedules.execute(scheduled_id=row.pk, at=row.due_at)
                schedules.cancel(scheduled=row, at=row.due_at)
            except ScheduledTransferNotOpen:
                return False
            return True

        before = held(bob)
        assert sum(all_at_once(act)) == 1
        row.refresh_from_db()
        assert held(bob) - before == (100 if row.status == Status.SENT else 0)
    assert trial_balance() == {"KRW": 0}


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_now_is_asked_again(alice: Wallet, bob: Wallet) -> None:
    row = scheduled(alice)
    holder = connections.create_connection("default")
    try:
        with holder.cursor() as cursor, connections["default"].cursor() as own:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM wallet_wallet WHERE id = %s FOR UPDATE", [alice.pk])
            own.execute("SET lock_timeout = '100ms'")
            assert schedules.execute_due(at=row.due_at) == 0
            own.execute("RESET lock_timeout")
    finally:
        holder.close()
    row.refresh_from_db()
    assert (row.status, row.reason) == ("SCHEDULED", "")
    assert schedules.execute_due(at=row.due_at) == 1
    assert (held(alice), held(bob)) == (45_000, 5_000)
