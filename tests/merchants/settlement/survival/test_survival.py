"""Whatever happens to a worker, its messages and its database, a day is settled as if nothing had.

Each story settles the same book, on a PostgreSQL of its own, by a real worker on the broker that
``CELERY_BROKER_URL`` names; what stands in the tables then is what an undisturbed run left there.
``SURVIVAL_KILLS`` and ``SURVIVAL_SEED`` make it longer, and another one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from kombu import Connection

from config import embedded_postgres
from tests.faults.stack import children, send

pytestmark = pytest.mark.worker

ROOT = Path(__file__).resolve().parents[4]
BOOK = "tests.merchants.settlement.survival.book"
# As in ``book``, which cannot be imported here: it sets Django up for another database.
MERCHANTS = 160
KILLS = int(os.environ.get("SURVIVAL_KILLS", "20"))
SEED = int(os.environ.get("SURVIVAL_SEED", "0"))
WAIT_SECONDS = 240
WORKER = ("-m", "celery", "-A", "config", "worker", "-c", "2", "-l", "WARNING")


class Place:
    """A PostgreSQL of its own, and a database in it for each story."""

    def __init__(self, folder: Path) -> None:
        self.data, self.folder = folder / "postgres", folder
        self.host = embedded_postgres.start(self.data)

    def sql(self, database: str, statement: str) -> list[Any]:
        """Run a statement as the owner; return its rows."""
        with psycopg.connect(
            host=self.host, user="postgres", dbname=database, autocommit=True
        ) as server:
            cursor = server.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def environment(self, database: str) -> dict[str, str]:
        """Return the environment of a process that works on a database."""
        url = f"postgresql://postgres@/{database}?host={self.host}"
        return {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "JIGAP_ENV": "development",
            "JIGAP_VAR": str(self.folder / f"var-{database}"),
        }

    def run(self, database: str, *command: str) -> str:
        """Run a program on a database to its end."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment(database),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def tables(self, database: str) -> dict[str, Any]:
        """Return what is in a database's tables."""
        found: dict[str, Any] = json.loads(self.run(database, "-m", BOOK, "tell").splitlines()[-1])
        return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = Place(tmp_path_factory.mktemp("survival"))
    try:
        made.sql("postgres", "CREATE DATABASE prepared")
        made.run("prepared", "-m", "django", "migrate", "-v", "0")
        made.run("prepared", "-m", BOOK, "prepare")
        yield made
    finally:
        embedded_postgres.stop(made.data)
        shutil.rmtree(made.data, ignore_errors=True)


@pytest.fixture(scope="module")
def undisturbed(place: Place) -> dict[str, Any]:
    """What an undisturbed run leaves in the tables."""
    place.sql("postgres", "CREATE DATABASE undisturbed TEMPLATE prepared")
    place.run("undisturbed", "-m", BOOK, "settle")
    found = place.tables("undisturbed")
    assert found["wrong"] == []
    assert len(found["settlements"]) == MERCHANTS
    assert {shard[2] for shard in found["shards"]} == {"DONE"}
    return found


class Story:
    """A worker with two children, two beats, and what goes wrong."""

    def __init__(self, place: Place, database: str, stack: ExitStack) -> None:
        self.place, self.database, self.stack = place, database, stack
        place.sql("postgres", f"CREATE DATABASE {database} TEMPLATE prepared")
        self.worker = self._start(*WORKER)
        for _ in range(2):
            self._start("-m", BOOK, "beat")

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        log = (self.place.folder / f"{self.database}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.place.environment(self.database),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        self.stack.callback(process.wait)
        self.stack.callback(self._end, process)
        return process

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        send([*children(process.pid), process.pid], signal.SIGKILL)

    def done(self) -> int:
        """Return how many shards are done."""
        count = "SELECT count(*) FROM merchants_settlementshard WHERE state = 'DONE'"
        return int(self.place.sql(self.database, count)[0][0])

    def is_at_work(self) -> bool:
        """Tell whether somebody has claimed a shard; there are enough for every kill."""
        assert not self.is_closed()
        claimed = "SELECT count(*) FROM merchants_settlementshard WHERE state = 'CLAIMED'"
        return bool(self.place.sql(self.database, claimed)[0][0])

    def is_closed(self) -> bool:
        """Tell whether the run is closed."""
        state = "SELECT state FROM merchants_settlementrun ORDER BY id LIMIT 1"
        return bool(self.place.sql(self.database, state)[0][0] == "CLOSED")

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not condition():
            log = self.place.folder / f"{self.database}.log"
            assert time.monotonic() < deadline, log.read_text()[-3000:]
            time.sleep(0.02)

    def let_time_pass(self) -> None:
        """Let every lease run out, a living worker's too; give dead shards another chance."""
        self.place.sql(
            self.database,
            "UPDATE merchants_settlementshard SET lease_until = now(), attempts = 0,"
            " state = CASE state WHEN 'DEAD' THEN 'PENDING' ELSE state END"
            " WHERE state <> 'DONE'",
        )

    def kill_children(self) -> None:
        """Kill what works for the worker, at whatever line it is."""
        send(children(self.worker.pid), signal.SIGKILL)

    def restart_worker(self) -> None:
        """Kill the worker whole, and start another one."""
        self._end(self.worker)
        self.worker = self._start(*WORKER)

    def wipe_broker(self) -> None:
        """Lose every message there is."""
        url = os.environ.get("CELERY_BROKER_URL", "filesystem://localhost")
        if url.startswith("filesystem"):
            queue = Path(self.place.environment(self.database)["JIGAP_VAR"]) / "broker" / "queue"
            for message in queue.glob("*"):
                message.unlink(missing_ok=True)
            return
        with Connection(url) as broker:
            channel: Any = broker.default_channel
            if hasattr(channel, "client"):
                channel.client.flushdb()
            else:
                channel.queue_purge("celery")


@contextmanager
def story(place: Place, database: str) -> Iterator[Story]:
    with ExitStack() as stack:
        yield Story(place, database, stack)


def test_a_worker_killed_again_and_again_leaves_the_same_tables(
    place: Place, undisturbed: dict[str, Any]
) -> None:
    chance = random.Random(SEED)
    kills = 0
    with story(place, f"killed_{SEED}") as told:
        while kills < KILLS:
            told.until(told.is_at_work)
            time.sleep(chance.uniform(0, 0.04))
            if kills == KILLS // 2:
                told.restart_worker()
            else:
                told.kill_children()
            kills += 1
            told.let_time_pass()
        told.until(told.is_closed)
    found = place.tables(f"killed_{SEED}")
    for name, rows in undisturbed.items():
        assert found[name] == rows, name


def test_a_broker_wiped_and_a_database_restarted_in_mid_run_leave_the_same_tables(
    place: Place, undisturbed: dict[str, Any]
) -> None:
    with story(place, "restarted") as told:
        told.until(lambda: told.done() >= 10)
        told.wipe_broker()
        told.until(lambda: told.done() >= 30)
        embedded_postgres.stop(place.data)
        embedded_postgres.start(place.data)
        told.let_time_pass()
        told.until(lambda: told.done() >= 50)
        told.wipe_broker()
        told.until(told.is_closed)
    found = place.tables("restarted")
    for name, rows in undisturbed.items():
        assert found[name] == rows, name
