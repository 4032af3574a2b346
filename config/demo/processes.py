"""The processes of the demonstration: bank simulator, web server, worker with its timetable."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

START_SECONDS = 60
STOP_SECONDS = 15


class NotStartedError(Exception):
    """A process of the demonstration did not come up; its log says why."""


def free_port(preferred: int) -> int:
    """Return ``preferred`` if nobody listens there, else a port that is free; 0 asks for any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.close()
        else:
            return int(probe.getsockname()[1])
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        return int(other.getsockname()[1])


@contextmanager
def running(base: Path, var: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Run all processes; yield the web server's address and the environment they share.

    Raises:
        NotStartedError: one of them did not come up.

    """
    web, bank = free_port(8600), free_port(8601)
    address = f"http://127.0.0.1:{web}"
    shared = {"PUBLIC_URL": address, "BANK_URL": f"http://127.0.0.1:{bank}"}
    environment = {**os.environ, **shared, "BIND": f"127.0.0.1:{web}", "DATABASE_POOL": "true"}
    commands = {
        "bank": ["manage.py", "bank_simulator", "--port", str(bank)],
        "web": ["-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
        "worker": ["-m", "celery", "-A", "config", "worker", "--beat", "-c", "1", "-l", "INFO"],
    }
    started: list[subprocess.Popen[bytes]] = []
    logs = var / "log"
    logs.mkdir(parents=True, exist_ok=True)
    try:
        for name, command in commands.items():
            started.append(_start(command, base, logs / f"{name}.log", environment, name))
        wait_for(f"http://127.0.0.1:{bank}/healthz", started, logs)
        wait_for(f"{address}/readyz", started, logs)
        yield address, shared
    finally:
        _stop(started)


def _start(
    command: list[str], base: Path, log: Path, environment: dict[str, str], name: str
) -> subprocess.Popen[bytes]:
    # The pool is for the web's threads; a worker's child process would inherit its sockets.
    pooled = environment if name == "web" else {**environment, "DATABASE_POOL": "false"}
    with log.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=base,
            env=pooled,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_for(url: str, started: list[subprocess.Popen[bytes]], logs: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in started):
            break
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise NotStartedError(f"{url} does not answer; see the logs in {logs}")


def _stop(started: list[subprocess.Popen[bytes]]) -> None:
    for process in reversed(started):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in started:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
