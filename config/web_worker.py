"""The web server's worker process: it waits for no slow client, and turns away what came too late.

gunicorn's worker of threads queues connections without end and reads from each for as long as its
client likes. Here a request has to be read within ``READ_SECONDS``; and one that stood in the
queue for longer than ``QUEUE_SECONDS`` is answered 503 with ``Retry-After`` at once, which costs
next to nothing: under more load than the machine bears, those that are served are served in time.
A buffering proxy in front takes slow clients away altogether; see docs/reliability.md.

Where workers are replaced (SIGHUP), gunicorn tells the old ones to end as soon as new ones have
begun, which then load the project for seconds. Here an old one stays until a new one is ready.
"""

from __future__ import annotations

import contextlib
import errno
import json
import multiprocessing
import os
import signal
import socket
import time
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from gunicorn.workers.gthread import ThreadWorker

READ_SECONDS = 10.0
LEAVE_SECONDS = 0.1
QUEUE_SECONDS = float(os.environ.get("WEB_QUEUE_SECONDS", "1"))
# Whoever watches over the process asks these, also when it has much to do.
NEVER_TURNED_AWAY = frozenset({"/healthz", "/readyz", "/metrics"})
HANDOVER_SECONDS = 60.0  # whoever replaces a worker should be ready by then
_DRAINED_BYTES = 65_536
# Numbers of workers, counted by gunicorn's first process and seen by all: up to which they are to
# be replaced, and the newest that is ready.
_replaced, _ready = multiprocessing.Value("q", 0), multiprocessing.Value("q", 0)
_BODY = json.dumps({
    "type": "urn:jigap:problem:overloaded",
    "title": "Overloaded",
    "status": 503,
    "detail": "There is too much to do just now. Send the same request again, with the same key.",
    "code": "overloaded",
}).encode()  # fmt: skip
_TURNED_AWAY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
    b"Content-Type: application/problem+json\r\nContent-Length: %d\r\n\r\n%s"
) % (len(_BODY), _BODY)


class HastySocket(socket.socket):
    """A connection from which the whole of a request is read by a deadline, or it ends."""

    deadline = 0.0

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Read what is there.

        Raises:
            ConnectionResetError: the deadline passed, as if the client had gone.

        """
        left = self.deadline - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError  # noqa: TRY301 - late is late, before reading and in it.
            self.settimeout(left)
            return super().recv(bufsize, flags)
        except TimeoutError as exc:
            raise ConnectionResetError(errno.ECONNRESET, "the client is too slow") from exc
        finally:
            self.settimeout(READ_SECONDS)  # for whoever is slow to take the answer

    def leave(self) -> None:
        """Close, after a moment in which the client takes the answer and closes as well.

        gunicorn would wait two seconds for that, and in the one thread that all connections need.
        """
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_WR)
            self.settimeout(LEAVE_SECONDS)
            until = time.monotonic() + LEAVE_SECONDS
            while super().recv(_DRAINED_BYTES) and time.monotonic() < until:
                pass
        self.close()


def on_reload(server: Any) -> None:
    """Note which workers are to be replaced; called in the first process."""
    _replaced.value = server.worker_age


def post_worker_init(worker: Any) -> None:
    """Warm a worker up, and note that it is ready; called in its process."""
    warm_up(worker.wsgi)
    with _ready.get_lock():
        _ready.value = max(_ready.value, worker.age)


def warm_up(application: Any) -> None:
    """Answer a first request, which imports what the others need and opens the database's pool."""
    host = (settings.ALLOWED_HOSTS or ["localhost"])[0].lstrip(".")
    environ: dict[str, Any] = {"HTTP_HOST": host, "PATH_INFO": "/readyz"}
    setup_testing_defaults(environ)
    answer = application(environ, lambda *_: None)
    answer.close()


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is not typed.
    """A process of threads."""

    leaves_by = 0.0

    def handle_exit(self, sig: int, frame: Any) -> None:
        """End, but where it is replaced, not before somebody is there."""
        if self.age <= _replaced.value and _ready.value <= _replaced.value:
            self.leaves_by = self.leaves_by or time.monotonic() + HANDOVER_SECONDS
        else:
            super().handle_exit(sig, frame)

    def notify(self) -> None:
        """Say that it lives, as it does each second, and look whether it was replaced."""
        super().notify()
        is_relieved = _ready.value > _replaced.value or time.monotonic() > self.leaves_by
        if self.leaves_by and is_relieved:
            super().handle_exit(signal.SIGTERM, None)

    def enqueue_req(self, conn: Any) -> None:
        """Queue a connection on which something arrived."""
        if not isinstance(conn.sock, HastySocket):
            conn.sock = HastySocket(fileno=conn.sock.detach())
        conn.queued_at = time.monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Take a connection from the queue."""
        now = time.monotonic()
        conn.waited = now - conn.queued_at
        # Counted from the first byte: an idle connection may open long before it asks.
        idle = not conn.initialized and not conn.data_ready
        conn.sock.deadline = now + READ_SECONDS
        if idle and not conn.wait_for_data(0):
            conn.sock.deadline += READ_SECONDS  # gunicorn waits a while for the first byte
        stays = super().handle(conn)
        if not stays:
            conn.sock.leave()
        return stays

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request, unless it waited for too long."""
        if conn.waited > QUEUE_SECONDS and req.path not in NEVER_TURNED_AWAY:
            conn.sock.sendall(_TURNED_AWAY)
            return False
        return super().handle_request(req, conn)
