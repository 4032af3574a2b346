"""A TCP proxy that cuts, delays and holds up what passes to the database or to the web server.

It runs in a process of its own, so that its work does not slow the nemesis, and takes orders as
lines on standard input: ``calm``, ``cut``, ``delay SECONDS``, ``hold``, ``reset``, ``target TO``.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

READ_BYTES = 65_536
# The end of a database transaction as the server reports it: a CommandComplete message.
COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Weather:
    """What the proxy does to each connection at the moment."""

    cut: bool = False
    share: float = 0.0
    delay: float = 0.0
    hold: bool = False
    cuts: int = 0


class Proxy:
    """Listens on a port of loopback and connects each client to ``target``."""

    def __init__(self, port: int, target: str, *, database: bool) -> None:
        self.target, self.database, self.weather = target, database, Weather()
        self.pairs: set[tuple[socket.socket, socket.socket]] = set()
        self.listener = socket.create_server(("127.0.0.1", port), backlog=256)

    def serve(self) -> None:
        """Accept for ever."""
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def order(self, line: str) -> None:
        """Change the weather."""
        word, _, rest = line.strip().partition(" ")
        weather = Weather(cuts=self.weather.cuts)
        if word == "cut":
            weather.cut, weather.share = True, float(rest or 1)
        elif word == "delay":
            weather.delay = float(rest)
        elif word == "hold":
            weather.hold = True
        elif word == "target":
            self.target = rest
        self.weather = weather
        if word == "reset":
            for client, server in list(self.pairs):
                _reset(client)
                _reset(server)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = _open(self.target)
        except OSError:
            _reset(client)
            return
        pair = (client, server)
        self.pairs.add(pair)
        back = threading.Thread(
            target=self._pump, args=(server, client), kwargs={"is_answer": True}, daemon=True
        )
        back.start()
        self._pump(client, server, is_answer=False)
        back.join()
        self.pairs.discard(pair)
        for end in pair:
            end.close()

    def _pump(self, source: socket.socket, sink: socket.socket, *, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(READ_BYTES):
                while self.weather.hold:
                    time.sleep(0.02)
                if self.weather.delay:
                    time.sleep(random.uniform(0, 2 * self.weather.delay))
                if is_answer and self._is_cut(data):
                    self.weather.cuts += 1
                    _reset(source)
                    _reset(sink)
                    return
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _is_cut(self, data: bytes) -> bool:
        if not self.weather.cut or random.random() > self.weather.share:
            return False
        # An answer of HTTP is cut whatever it says; one of the database where it says COMMIT.
        return COMMITTED in data if self.database else True


def _open(target: str) -> socket.socket:
    if target.startswith("/"):
        server = socket.socket(socket.AF_UNIX)
        server.settimeout(5)
        server.connect(target)
        server.settimeout(None)
        return server
    host, _, port = target.rpartition(":")
    server = socket.create_connection((host, int(port)), timeout=5)
    server.settimeout(None)
    return server


def _reset(end: socket.socket) -> None:
    """Close with RST where the socket is TCP; whoever reads from it wakes up."""
    with contextlib.suppress(OSError):
        if end.family != socket.AF_UNIX:
            end.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
            )
        end.shutdown(socket.SHUT_RDWR)


class Remote:
    """A proxy in a process of its own, as the nemesis sees it."""

    def __init__(self, port: int, target: str, *, database: bool, log: Path) -> None:
        kind = "database" if database else "http"
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.proxy", str(port), target, kind],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                text=True,
            )

    def order(self, line: str) -> None:
        """Tell the proxy what to do from now on."""
        if self.process.stdin is None:
            raise RuntimeError("the proxy has no standard input")
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.communicate()


def main() -> None:
    """Serve until standard input ends; say at the end how many answers were cut."""
    proxy = Proxy(int(sys.argv[1]), sys.argv[2], database=sys.argv[3] == "database")
    threading.Thread(target=proxy.serve, daemon=True).start()
    for line in sys.stdin:
        proxy.order(line)
        print(f"{line.strip()}: {proxy.weather.cuts} cut so far")  # noqa: T201


if __name__ == "__main__":
    main()
