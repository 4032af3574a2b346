"""The real stack, in a folder of its own: database, web, worker with its timetable, bank.

What is started here is killed by process id only, and only what was started here: the web and the
worker run in sessions of their own, the database's processes are found by their postmaster.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import requests

from config import embedded_postgres
from config.demo.processes import free_port
from tests.faults.parts import command_of
from tests.faults.proxy import ROOT, Remote

START_SECONDS = 90
PORTS = ("web", "app", "database", "pooler", "bank", "redis")
STOP_SECONDS = 20


def children(pid: int) -> list[int]:
    """Return the ids of a process's children, and of theirs."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(stat[1]) == pid:
                found.append(int(entry.name))
    return [each for child in found for each in (child, *children(child))]


def send(pids: list[int], sign: signal.Signals) -> None:
    """Send a signal to processes that may have ended meanwhile."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)


def _copy(data: Path, to: Path) -> None:
    """Copy a stopped cluster, and with it whose the files are."""
    subprocess.run(["cp", "-a", "-T", str(data), str(to)], check=True)  # noqa: S607


class Stack:
    """Everything a payment needs, each part a process that may be killed and started again.

    Args:
        folder: for data, queue, logs; emptied before.
        settings: Django's settings module; a mutant's when a planted bug has to be found.
        synchronous_commit: of the database; off in the run that has to show a loss.
        volume_mb: the data is on a volume of its own in memory, of that size; for root only.
        template: a folder that keeps a database with its tables made, for the next stack.
        has_pooler: PgBouncer stands between web server and database, pooling transactions.

    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: str = "tests.faults.settings",
        synchronous_commit: str = "on",
        template: Path | None = None,
        volume_mb: int = 0,
        has_pooler: bool = False,
    ) -> None:
        self.folder, self.volume, self.template = folder, folder / "volume", template
        self.data = self.standby = self.volume / "postgres"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.synchronous_commit = synchronous_commit
        self.measured: list[tuple[str, float]] = []
        self.volume_mb, self.has_pooler = volume_mb, has_pooler
        self.ports = {name: free_port(0) for name in PORTS}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.proxies: dict[str, Remote] = {}
        self.environment = {
            **os.environ,
            "JIGAP_ENV": "development",
            "JIGAP_VAR": str(folder),
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_URL": f"postgresql://jigap_app@127.0.0.1:{self.ports['database']}/jigap",
            "PUBLIC_URL": f"http://127.0.0.1:{self.ports['web']}",
            "BANK_URL": f"http://127.0.0.1:{self.ports['bank']}",
            "LOG_LEVEL": "WARNING",
        }

    # --- the database -----------------------------------------------------------------------

    def start_database(self) -> None:
        """Start PostgreSQL, which recovers if it was killed."""
        self.socket = embedded_postgres.start(self.data)

    def connect(self) -> psycopg.Connection:
        """Connect as the owner, past the proxy, each statement a transaction."""
        return psycopg.connect(
            host=self.socket, user=embedded_postgres.SUPERUSER, dbname="jigap", autocommit=True
        )

    def database_pids(self) -> list[int]:
        """Return the postmaster and all its children; none when it is down."""
        file = self.data / "postmaster.pid"
        if not file.exists():
            return []
        postmaster = int(file.read_text().splitlines()[0])
        return [postmaster, *children(postmaster)]

    def kill_database(self) -> None:
        """Kill -9 every process of PostgreSQL, the children first so that none reports home."""
        send(list(reversed(self.database_pids())), signal.SIGKILL)
        deadline = time.monotonic() + START_SECONDS
        while self.database_pids()[1:] and time.monotonic() < deadline:
            time.sleep(0.01)

    # --- the other processes ----------------------------------------------------------------

    def start(self, name: str, **environment: str) -> None:
        """Start a part."""
        more = {"BIND": f"127.0.0.1:{self.ports['app']}"}
        more["DATABASE_POOL"] = "true" if name == "web" else "false"
        if name == "web" and self.has_pooler:
            port = self.ports["pooler"]
            more["DATABASE_URL"] = f"postgresql://jigap_app@127.0.0.1:{port}/jigap"
            more |= {"DATABASE_POOLER": "true", "DATABASE_PREPARED": "false"}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command_of(name, self.ports, self.folder),
                cwd=ROOT if name != "redis" else self.folder,
                env={**self.environment, **more, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def pids(self, name: str) -> list[int]:
        """Return the processes of a part, its first one first."""
        first = self.processes[name].pid
        return [first, *children(first)]

    def kill(self, name: str) -> None:
        """Kill -9 a whole part."""
        send(self.pids(name), signal.SIGKILL)
        self.processes[name].wait()

    def stop(self, name: str) -> None:
        """Ask a part to end, and wait until it has."""
        process = self.processes[name]
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill(name)

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Wait until the web answers and its database is there.

        Raises:
            TimeoutError: it does not.

        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.address}/readyz", timeout=2).ok:
                    return
            time.sleep(0.05)
        raise TimeoutError(f"{self.address} is not ready; see the logs in {self.folder}")

    @property
    def address(self) -> str:
        """Where clients send requests to: the proxy in front of the web server."""
        return f"http://127.0.0.1:{self.ports['web']}"

    def manage(self, *arguments: str, owner: bool = False, settings: str = "") -> str:
        """Run a module or command of the project to its end; return what it printed.

        Raises:
            RuntimeError: it failed; the message is what it printed.

        """
        environment = dict(self.environment)
        if settings:
            environment["DJANGO_SETTINGS_MODULE"] = settings
        if owner:
            environment["DATABASE_URL"] = f"postgresql://postgres@/jigap?host={self.socket}"
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def prepare(self) -> None:
        """Start the database and make its tables; let the application's role log in."""
        self.volume.mkdir()
        if self.volume_mb:
            size = f"size={self.volume_mb}m"
            program = ["mount", "-t", "tmpfs", "-o", size, "jigap", str(self.volume)]
            subprocess.run(program, check=True)
        self._get_tables()
        self.start_database()
        with self.connect() as server:
            server.execute("ALTER ROLE jigap_app LOGIN")
            server.execute(f"ALTER SYSTEM SET synchronous_commit = {self.synchronous_commit}")
            server.execute("SELECT pg_reload_conf()")
        log = self.folder / "proxy.log"
        path = f"{self.socket}/.s.PGSQL.5432"
        self.proxies["database"] = Remote(self.ports["database"], path, database=True, log=log)
        target = f"127.0.0.1:{self.ports['app']}"
        self.proxies["web"] = Remote(self.ports["web"], target, database=False, log=log)
        if self.has_pooler:
            self.start("pooler")
        if shutil.which("redis-server"):
            self.start("redis")
            url = f"redis://127.0.0.1:{self.ports['redis']}/0"
            self.environment["CELERY_BROKER_URL"] = url

    def _get_tables(self) -> None:
        """Make the tables, or copy them from where they were made."""
        if self.template is None:
            self._make_tables()
            return
        with self.template.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # others may be about to make it, too
            if self.template.exists():
                _copy(self.template, self.data)
                return
            self._make_tables()
            embedded_postgres.stop(self.data)
            _copy(self.data, self.template)

    def _make_tables(self) -> None:
        self.start_database()
        self.manage("manage.py", "migrate", "-v", "0", owner=True)

    def close(self) -> None:
        """End everything that was started."""
        for name in list(self.processes):
            if self.processes[name].poll() is None:
                send(self.pids(name), signal.SIGCONT)
                self.stop(name)
        for proxy in self.proxies.values():
            proxy.stop()
        send(self.database_pids(), signal.SIGCONT)
        for data in {self.data, self.standby}:
            embedded_postgres.stop(data)
        if self.volume_mb:
            subprocess.run(["umount", "-l", str(self.volume)], check=False)  # noqa: S607


def end_in_order() -> None:
    """Let a command that is told to end close what it started, as on Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


@contextmanager
def running(stack: Stack) -> Iterator[Stack]:
    """Run the whole stack, and end it whatever happens."""
    try:
        stack.prepare()
        for name in ("bank", "web", "worker"):
            stack.start(name)
        stack.wait()
        yield stack
    finally:
        stack.close()
