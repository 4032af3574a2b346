"""Behind PgBouncer, and with a streaming replica that lists are read from and money never is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from config import embedded_postgres
from ledger.stale import _FOLLOWS
from tests.faults.acts.servers import connect_to, make_standby
from tests.faults.parts import SERVER_CONNECTIONS, CannotRunError, command_of
from tests.faults.scenario import Cast, Person
from tests.faults.stack import Stack
from tests.faults.template import template
from tests.scale.servers import amounts, available, send, until

__all__ = ["template"]
pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Stack]:
    """A web server that reaches its database through PgBouncer, a replica of that, and Redis."""
    folder = tmp_path_factory.mktemp("replica") / "run"
    made = Stack(folder, settings="tests.scale.settings", template=template, has_pooler=True)
    try:
        for name in ("redis", "pooler"):
            command_of(name, made.ports, folder)
    except CannotRunError as exc:
        if "CI" in os.environ:
            raise
        pytest.skip(str(exc))
    try:
        made.prepare()
        standby = make_standby(made, synchronous=False)
        made.environment |= {
            "CACHE_URL": made.environment["CELERY_BROKER_URL"],
            "DATABASE_REPLICA_URL": (
                f"postgresql://jigap_app@/jigap?host={embedded_postgres.socket_folder(standby)}"
            ),
        }
        made.standby = standby
        made.start("web")
        made.wait()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def people(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> list[Person]:
    """Alice, Bob, and Carol who only gets."""
    cast = tmp_path_factory.mktemp("cast") / "cast.json"
    stack.manage("-m", "tests.faults.scenario", str(cast), "3", "1")
    return Cast.load(cast).people


def follows(server: psycopg.Connection, most_lag_seconds: int) -> bool:
    found = server.execute(_FOLLOWS, [most_lag_seconds]).fetchone()
    return bool(found and found[0])


def test_twenty_at_once_share_the_servers_connections(stack: Stack, people: list[Person]) -> None:
    """Each request is on another connection than the one before, and each finds what it needs."""
    alice, bob, _ = people
    had = available(stack, alice), available(stack, bob)
    with ThreadPoolExecutor(20) as pool:
        both = [
            pool.submit(send, stack, sender, to, 10, f"at-once-{sender.wallet}-{number}")
            for number in range(40)
            for sender, to in ((alice, bob), (bob, alice))
        ]
    assert {answer.result().status_code for answer in both} == {201}
    assert (available(stack, alice), available(stack, bob)) == had
    with stack.connect() as server:
        used = server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'jigap_app'"
        ).fetchone()
    assert used is not None
    assert 0 < used[0] <= SERVER_CONNECTIONS
    # Its own limits hold there, which a pooler takes from nobody's start-up packet.
    url = f"postgresql://jigap_app@127.0.0.1:{stack.ports['pooler']}/jigap"
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as pooled:
        assert pooled.execute("SHOW lock_timeout").fetchone() == ("2s",)
        assert pooled.execute("SHOW statement_timeout").fetchone() == ("5s",)


def test_lists_may_be_stale_and_money_is_not(stack: Stack, people: list[Person]) -> None:
    alice, _, carol = people
    had = available(stack, carol)
    with connect_to(stack.standby) as replica, stack.connect() as primary:
        assert send(stack, alice, carol, 1_000, "one").status_code == 201
        until(lambda: amounts(stack, carol)[0] == 1_000)
        until(lambda: follows(replica, 0))
        assert not follows(primary, 600)

        replica.execute("SELECT pg_wal_replay_pause()")
        assert send(stack, alice, carol, 2_000, "two").status_code == 201
        assert amounts(stack, carol)[0] == 1_000, "the list is not the replica's"
        assert available(stack, carol) == had + 3_000, "a balance is the replica's"
        assert amounts(stack, alice)[0] == -2_000, "alice does not see what she did"
        assert send(stack, carol, alice, 1_500, "three").status_code == 201
        assert amounts(stack, carol)[0] == -1_500
        until(lambda: not follows(replica, 0))
        assert follows(replica, 600)

        replica.execute("SELECT pg_wal_replay_resume()")
        until(lambda: follows(replica, 0))
    # Without its replica, nobody notices.
    embedded_postgres.stop(stack.standby)
    until(lambda: amounts(stack, alice)[0] == 1_500)
    assert send(stack, alice, carol, 1, "four").status_code == 201
    until(lambda: amounts(stack, carol)[0] == 1)
