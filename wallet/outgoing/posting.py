"""Posting to an address that was looked at: no redirect is followed, and nothing takes for ever.

A time limit on each read does not bound an answer that comes in a byte at a time. So a watchdog
shuts the connection when the time for all of it is over, whatever it is doing then.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from wallet.outgoing.addresses import Target

_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long all of it may take, and how many bytes of the answer's body are read."""

    seconds: float = 10
    most_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """An HTTP status, and the beginning of the body."""

    status: int
    body: bytes


def post(
    target: Target, body: bytes, headers: Mapping[str, str], *, bounds: Bounds | None = None
) -> Answered:
    """Post, and return what was answered.

    Raises:
        TimeoutError: it took longer than the bounds say.
        OSError, http.client.HTTPException: it could not be reached, or did not speak HTTP.

    """
    bounds = bounds or Bounds()
    plain = socket.create_connection((target.ip, target.port), timeout=bounds.seconds)
    with plain, _watched(plain, bounds.seconds) as is_late:
        try:
            return _exchange(target, plain, (body, headers), bounds)
        except (OSError, ValueError, http.client.HTTPException) as exc:
            if is_late.is_set():
                raise TimeoutError from exc
            raise


def _exchange(
    target: Target, plain: socket.socket, sent: tuple[bytes, Mapping[str, str]], bounds: Bounds
) -> Answered:
    connection = http.client.HTTPConnection(target.host, target.port, timeout=bounds.seconds)
    connection.default_port = _DEFAULT_PORTS[target.scheme]
    connection.sock = plain
    try:
        if target.scheme == "https":
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(plain, server_hostname=target.host)
        connection.request("POST", target.path, sent[0], dict(sent[1]))
        answer = connection.getresponse()
        return Answered(answer.status, answer.read(bounds.most_bytes))
    finally:
        connection.close()


@contextmanager
def _watched(connection: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Shut a connection when the time is over; the event tells that this happened."""
    is_late = threading.Event()
    # Of its own, because the one in use may be wrapped for TLS, closed, and its number given away.
    own = socket.socket(fileno=os.dup(connection.fileno()))

    def shut() -> None:
        is_late.set()
        try:
            own.shutdown(socket.SHUT_RDWR)
        except OSError:  # it ended by itself just now
            return

    timer = threading.Timer(seconds, shut)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()
        timer.join()
        own.close()
