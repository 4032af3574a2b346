"""A receiver of webhooks on this machine, which behaves as a test tells it to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What it was sent, and how it answers.

    ``statuses`` are answered one after the other, the last one for ever. ``holds`` is waited for
    before anything is answered; ``drips`` sends the answer a byte at a
    time, without an end; ``body`` follows the status.
    """

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [204])
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    holds: threading.Event | None = None
    drips: bool = False
    body: bytes = b""
    echoes: bool = True
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The events that came, in the order they came in."""
        read = [json.loads(body) for _, body in self.taken]
        return [message for message in read if message["type"] != "webhook.verification"]

    @property
    def ids(self) -> list[str]:
        """The ids of all that came."""
        return [headers["webhook-id"] for headers, _ in self.taken]

    def answer(self, handler: BaseHTTPRequestHandler, sent: bytes) -> None:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        body, message = self.body, json.loads(sent)
        if message["type"] == "webhook.verification" and self.echoes:
            status, body = 200, message["data"]["challenge"].encode()
        handler.send_response(status)
        if status in range(300, 400):
            handler.send_header("Location", self.url)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Check a signature as the standard tells a receiver to, by no code of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split(" ")


def _handler(made: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
            made.arrived.release()
            if made.holds is not None:
                made.holds.wait(60)
            try:
                if made.drips:
                    self._drip()
                else:
                    made.answer(self, body)
            except OSError:
                return  # whoever sent it has hung up

        def _drip(self) -> None:
            while not made.closing.wait(0.05):
                self.wfile.write(b"H")
                self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            return

    return Handler


@contextmanager
def receiver(context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Receiver]:
    """Run a receiver; with a context, by https."""
    made = Receiver()

    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "http" if context is None else "https"
    made.url = f"{scheme}://{host}:{server.server_address[1]}/hook?a=b"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        made.closing.set()
        if made.holds is not None:
            made.holds.set()
        server.shutdown()
        thread.join()
        server.server_close()
