"""The wallet over HTTP: a transfer against bare views, and reading a history that has grown."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.http.load import Person, median_seconds, rate, read_people, requests_of
from bench.server import FOLDER, ROOT, Server, run

DATABASE = "jigap_http"
CASES = ("noop", "bare", "transfer")
CLIENTS = 8
WARM_UP_SECONDS = 1.0
MOST_A_SECOND = 8_000  # requests made beforehand; no server of two cores answers more
WAIT_SECONDS = 30


class Web:
    """The project's web server as in production, on the server of the benchmarks."""

    def __init__(self, server: Server, database: str = DATABASE) -> None:
        self.environment = server.environment(
            database, DJANGO_SETTINGS_MODULE="bench.http.settings", DATABASE_POOL="true"
        )
        self.port = _free_port()
        self.stack = ExitStack()
        broker = shutil.which("redis-server")
        if broker:  # as in production; else the queue in files
            port = _free_port()
            self._start(broker, "--port", str(port), "--save", "", "--dir", str(FOLDER))
            self.environment["CELERY_BROKER_URL"] = f"redis://127.0.0.1:{port}/0"

    def prepare(self, *arguments: str) -> str:
        """Run ``bench.http.prepare``."""
        command = [sys.executable, "-m", "bench.http.prepare", *arguments]
        return run(*command, environment=self.environment)

    def start(self) -> None:
        """Start, and wait until it answers."""
        self.environment["BIND"] = f"127.0.0.1:{self.port}"
        self._start(sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi")
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        sys.exit("the web server does not answer")

    def _start(self, *command: str) -> None:
        log = (FOLDER / "web.log").open("ab")
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )
        self.stack.callback(process.wait)
        self.stack.callback(process.terminate)

    def stop(self) -> None:
        """Stop what was started."""
        self.stack.close()


class Transfers:
    """POST of a transfer with token, device signature and idempotency, by eight clients."""

    comparisons = (
        ("http_transfer_vs_bare_post", "http transfer", "http bare", 0.5),
        ("http_transfer_vs_noop", "http transfer", "http noop", None),
    )

    def __init__(self, server: Server, *, quick: bool) -> None:
        self.seconds = 2.0 if quick else 8.0
        self.web = Web(server)
        _migrate(server, self.web)
        people = FOLDER / "people.json"
        self.web.prepare("people", "50" if quick else "1000", str(people))
        self.people = read_people(people)
        self.web.start()
        for case in CASES:  # code is imported and statements are prepared
            requests = requests_of(case, self.people, MOST_A_SECOND)
            rate(self.web.port, requests, CLIENTS, WARM_UP_SECONDS)

    def cases(self) -> Iterator[tuple[str, float]]:
        """Run each case once; yield its name and answers per second."""
        for case in CASES:
            count = int(self.seconds * MOST_A_SECOND)
            made = requests_of(case, self.people, count)
            yield f"http {case}", rate(self.web.port, made, CLIENTS, self.seconds)

    def stop(self) -> None:
        """Stop the web server."""
        self.web.stop()


class Activity:
    """Balance and first page of the activity, with a long history and with a short one."""

    comparisons = (
        ("history_balance", "long balance", "short balance", 0.83),
        ("history_activity", "long activity", "short activity", 0.83),
    )

    def __init__(self, server: Server, *, quick: bool) -> None:
        self.times = 100 if quick else 400
        self.web = Web(server)
        _migrate(server, self.web)
        self.web.prepare("people", "2", str(FOLDER / "nobody.json"))
        sizes = (1_000, 20_000) if quick else (1_000, 1_000_000)
        self.people = {}
        for name, lines in zip(("short", "long"), sizes, strict=True):
            print(f"filling a wallet with {lines:,} lines", file=sys.stderr)
            made = json.loads(self.web.prepare("history", str(lines)))
            key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(made["key"]))
            self.people[name] = Person(**{**made, "key": key})
        self.web.start()

    def cases(self) -> Iterator[tuple[str, float]]:
        """Run each case once; yield its name and answers per second of one client."""
        for what, path in (("balance", ""), ("activity", "/activity")):
            for name, person in self.people.items():
                request = person.request("GET", f"/api/v1/wallets/{person.wallet}{path}", b"")
                yield f"{name} {what}", 1 / median_seconds(self.web.port, request, self.times)

    def stop(self) -> None:
        """Stop the web server."""
        self.web.stop()


def _migrate(server: Server, web: Web) -> None:
    server.create(DATABASE)
    run(sys.executable, "manage.py", "migrate", "-v", "0", environment=web.environment)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
