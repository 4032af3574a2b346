"""The web server on the test database, and how an attacker speaks to it: through raw sockets."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from config.demo import processes

ANSWER_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, and where its log is."""

    port: int
    log: Path

    @property
    def address(self) -> str:
        """Where requests go to."""
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=ANSWER_SECONDS)


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[Server]:
    """Run the web server's two processes on the test database, with nothing throttled."""
    database, port = connection.settings_dict, processes.free_port(0)
    log = folder / "web.log"
    given = {
        **os.environ,
        "DATABASE_URL": (
            f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
        ),
        "DATABASE_POOL": "true",
        "WEB_QUEUE_SECONDS": "60",  # what is asked for is an answer, however slow the machine
        "BIND": f"127.0.0.1:{port}",
        "BANK_URL": "http://127.0.0.1:9",  # nobody answers there: a bank that is down
        "JIGAP_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        # What was made with this process's secrets is for that one to check.
        "SECRET_KEY": settings.SECRET_KEY,
        "PIN_PEPPER": settings.PIN_PEPPER,
        "SEALING_SECRET": settings.SEALING_SECRET,
        "CODE_SECRETS": ",".join(settings.CODE_SECRETS),
        "OFFLINE_SECRETS": ",".join(settings.OFFLINE_SECRETS),
        **environment,
    }
    with log.open("wb") as out:
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
            cwd=settings.BASE_DIR,
            env=given,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        processes.wait_for(f"http://127.0.0.1:{port}/healthz", [web], folder)
        yield Server(port, log)
    finally:
        web.terminate()
        web.wait()


def request(method: str, path: str, headers: dict[str, str], body: Any = None) -> bytes:
    """Write a request down as it goes over the wire; its connection ends with the answer."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [
        f"{method} /api/v1{path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def read_answer(line: socket.socket) -> tuple[int, dict[str, Any]]:
    """Return status and document of an answer; status 0 where the connection just ended."""
    got = b""
    try:
        while part := line.recv(65_536):
            got += part
    except OSError:
        pass
    head, _, body = got.partition(b"\r\n\r\n")
    if not head:
        return 0, {}
    return int(head.split()[1]), json.loads(body) if body.startswith(b"{") else {}


def volley(server: Server, requests: list[bytes]) -> list[tuple[int, dict[str, Any]]]:
    """Let all requests arrive at one instant: each but for its last byte, then the last bytes."""
    lines = [server.connect() for _ in requests]
    try:
        for line, each in zip(lines, requests, strict=True):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.sendall(each[:-1])
        for line, each in zip(lines, requests, strict=True):
            line.sendall(each[-1:])
        return [read_answer(line) for line in lines]
    finally:
        for line in lines:
            line.close()
