"""From the outbox to the inbox: once each, in order, whatever dies on the way."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from tests.wallet.notices.post import NOON, happen, told
from tests.wallet.people import BOB, Caller, won
from wallet import tasks
from wallet.models import Event, Notice, NoticeDelivery, Wallet
from wallet.notices import relay
from wallet.notices.preferences import prefer

ROOT = Path(__file__).resolve().parents[3]
START = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from datetime import UTC, datetime
from django.db import connection, transaction
connection.settings_dict["NAME"] = sys.argv[1]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""
RELAY = f"""{START}
from wallet.notices import relay
relay.deliver_due(at=NOON)
"""
RECORD = f"""{START}
from wallet import events
from wallet.models import Wallet
with transaction.atomic():
    wallet = Wallet.objects.get(pk=sys.argv[2])
    events.record(wallet=wallet, kind="wallet.frozen", facts=dict(), at=NOON)
"""
WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND query LIKE '%INTO wallet_notice (%'
"""


@pytest.mark.django_db
def test_what_happened_is_told_once(alice: Wallet) -> None:
    Event.objects.all().delete()
    first, second = happen(alice), happen(alice, "no.such_kind")
    assert relay.deliver_due(at=NOON) == 2
    assert relay.deliver_due(at=NOON) == 0
    assert told(alice) == [first.pk, second.pk]
    assert set(Event.objects.values_list("delivered_at", flat=True)) == {NOON}


@pytest.mark.django_db
def test_the_database_refuses_to_tell_the_same_twice(alice: Wallet) -> None:
    event = happen(alice)
    relay.deliver_due(at=NOON)
    with pytest.raises(IntegrityError, match="wallet_notice_once"), transaction.atomic():
        Notice.objects.create(event=event, person=alice.holder)


@pytest.mark.django_db
def test_an_undone_effect_is_told_to_nobody(alice: Wallet) -> None:
    with transaction.atomic():
        happen(alice)
        transaction.set_rollback(True)
    assert not Event.objects.filter(kind="transfer.received").exists()


@pytest.mark.django_db(transaction=True)
def test_relays_side_by_side_tell_each_event_once_and_in_order(alice: Wallet, bob: Wallet) -> None:
    Event.objects.all().delete()
    recorded = {wallet: [happen(wallet).pk for _ in range(15)] for wallet in (alice, bob)}
    barrier = threading.Barrier(4)

    def work(_: int) -> int:
        barrier.wait()
        try:
            return sum(relay.deliver_due(at=NOON) for _ in range(5))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        delivered = sum(pool.map(work, range(4)))
    delivered += relay.deliver_due(at=NOON)
    assert delivered == 30
    for wallet, ids in recorded.items():
        assert told(wallet) == ids


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_passed_over(alice: Wallet, bob: Wallet) -> None:
    Event.objects.all().delete()
    slow = connections.create_connection("default")
    try:
        with slow.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "INSERT INTO wallet_event (wallet_id, kind, facts, happened_at)"
                " VALUES (%s, 'transfer.received', '{}', now()) RETURNING id",
                [alice.pk],
            )
            (early,) = cursor.fetchone()
            late = happen(alice).pk
            assert early < late
            assert relay.deliver_due(at=NOON) == 1
            assert told(alice) == [late]
            cursor.execute("COMMIT")
    finally:
        slow.close()
    assert relay.deliver_due(at=NOON) == 1
    assert sorted(told(alice)) == [early, late]


def until_somebody_waits() -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone() == (1,):
                return
        time.sleep(0.05)
    pytest.fail("the relay never came to write a notice")


@pytest.mark.django_db(transaction=True)
def test_a_relay_killed_between_claim_and_commit_loses_nothing_and_repeats_nothing(
    alice: Wallet,
) -> None:
    Event.objects.all().delete()
    events_of_alice = [happen(alice).pk for _ in range(3)]
    blocker = connections.create_connection("default")
    try:
        with blocker.cursor() as cursor:
            cursor.execute("BEGIN")
            # The relay's own row of the second event waits for this one, the batch claimed.
            cursor.execute(
                "INSERT INTO wallet_notice (public_id, event_id, person_id)"
                " VALUES (gen_random_uuid(), %s, %s)",
                [events_of_alice[1], alice.holder_id],
            )
            process = subprocess.Popen(
                [sys.executable, "-c", RELAY, connection.settings_dict["NAME"]], cwd=ROOT
            )
            try:
                until_somebody_waits()
            finally:
                process.kill()
                process.wait(10)
            cursor.execute("ROLLBACK")
    finally:
        blocker.close()
    assert process.returncode == -9
    assert told(alice) == []
    delivered = 0
    deadline = time.monotonic() + 10
    # The server notices the death of its client only when it next writes to it.
    while delivered < 3 and time.monotonic() < deadline:
        delivered += relay.deliver_due(at=NOON)
    assert delivered == 3
    assert told(alice) == events_of_alice
    assert not Event.objects.filter(delivered_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_stops_nothing_and_loses_nothing(alice: Wallet) -> None:
    Event.objects.all().delete()
    done = subprocess.run(
        [sys.executable, "-c", RECORD, connection.settings_dict["NAME"], str(alice.pk)],
        cwd=ROOT,
        env={**os.environ, "CELERY_BROKER_URL": "redis://127.0.0.1:1/0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "the broker did not answer" in done.stderr
    tasks.relay_events()
    assert told(alice) == [Event.objects.get().pk]


@pytest.mark.django_db
def test_the_ways_out_are_those_that_were_chosen(alice: Wallet, bob: Wallet) -> None:
    Event.objects.all().delete()
    prefer(person=bob.holder, language="en", sms=True, push=True)
    for wallet in (alice, bob):
        happen(wallet)
        happen(wallet, "wallet.frozen")
    relay.deliver_due(at=NOON)
    ways = NoticeDelivery.objects.order_by("pk").values_list(
        "notice__person", "notice__event__kind", "channel"
    )
    assert set(ways) == {
        (alice.holder_id, "wallet.frozen", "SMS"),
        (bob.holder_id, "transfer.received", "SMS"),
        (bob.holder_id, "wallet.frozen", "SMS"),
    }


@pytest.mark.django_db
def test_a_batch_costs_as_many_queries_as_one_event(
    alice: Wallet, bob: Wallet, django_assert_num_queries: Any
) -> None:
    Event.objects.all().delete()
    costs = 2 * 2 + 4  # savepoint and release, claim; of those that found something, two more
    for count in (1, 40):
        for _ in range(count):
            happen(alice)
            happen(bob, "wallet.frozen")
        with django_assert_num_queries(costs):
            assert relay.deliver_due(at=NOON) == 2 * count


def refuse_in_the_database(event: Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_notice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.event_id = {event.pk} THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW;"
            " END $$;"
            "CREATE TRIGGER refuse_notice BEFORE INSERT ON wallet_notice"
            " FOR EACH ROW EXECUTE FUNCTION refuse_notice()"
        )


def accept_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER refuse_notice ON wallet_notice; DROP FUNCTION refuse_notice")


@pytest.mark.django_db
def test_an_event_that_cannot_be_told_of_stops_no_other(
    alice: Wallet, bob: Wallet, caplog: pytest.LogCaptureFixture
) -> None:
    Event.objects.all().delete()
    before, poison = [happen(alice) for _ in range(5)], happen(alice)
    after = [happen(wallet) for _ in range(6) for wallet in (alice, bob)]
    refuse_in_the_database(poison)
    assert relay.deliver_due(at=NOON) == len(before) + len(after)
    assert f"event {poison.pk} cannot be told of" in caplog.text
    assert told(alice) == [event.pk for event in (*before, *after[::2])]
    assert told(bob) == [event.pk for event in after[1::2]]
    assert relay.deliver_due(at=NOON) == 0

    accept_in_the_database()
    assert relay.deliver_due(at=NOON) == 1
    assert told(alice)[-1] == poison.pk


@pytest.mark.django_db(transaction=True)
def test_a_later_event_waits_for_an_earlier_one_that_another_relay_holds(
    alice: Wallet, bob: Wallet
) -> None:
    Event.objects.all().delete()
    first, second, of_bob = happen(alice), happen(alice), happen(bob)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT id FROM wallet_event WHERE id = %s FOR NO KEY UPDATE", [first.pk]
            )
            assert relay.deliver_due(at=NOON) == 1
            assert (told(alice), told(bob)) == ([], [of_bob.pk])
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert relay.deliver_due(at=NOON) == 2
    assert told(alice) == [first.pk, second.pk]


@pytest.mark.django_db
def test_a_payment_is_told_of(alice: Wallet, bob: Wallet) -> None:
    Event.objects.all().delete()
    happen(bob, counterparty="+821012345678")
    relay.deliver_due(at=NOON)
    body = Caller(bob).get("/notices").json()
    assert body["unread"] == 1
    (notice,) = body["notices"]
    assert notice["title"] == "송금 도착"
    assert notice["body"] == "+82 ****-5678님이 12,000원 보냈습니다."
    assert (BOB in str(body), won("12000") in body.values()) == (False, False)
