"""Events to tell of, and a push service of one's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import transaction

from tests.wallet.people import won
from wallet import events
from wallet.models import Event, Notice, Wallet
from wallet.notices.sealing import point_of, to_base64url

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

_NUMBERS = count(1)


def happen(wallet: Wallet, kind: str = "transfer.received", **facts: Any) -> Event:
    """Let something happen to a wallet, in a database transaction of its own."""
    with transaction.atomic():
        told = {"amount": won("12000"), "number": next(_NUMBERS), **facts}
        events.record(wallet=wallet, kind=kind, facts=told, at=NOON)
    return Event.objects.filter(wallet=wallet).latest("pk")


def told(wallet: Wallet) -> list[int]:
    """Return the events a wallet's holder was told of, in the order of the inbox."""
    notices = Notice.objects.filter(person=wallet.holder).order_by("pk")
    return list(notices.values_list("event_id", flat=True))


class Browser:
    """What a browser subscribes with, and how it opens what it is sent (RFC 8291)."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"

    def keys(self) -> dict[str, str]:
        return {"p256dh": to_base64url(point_of(self.key)), "auth": to_base64url(self.auth)}

    def open(self, body: bytes) -> bytes:
        salt, theirs, sealed = body[:16], body[21:86], body[86:]
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), point)
        info = b"WebPush: info\x00" + point_of(self.key) + theirs
        keying = HKDF(hashes.SHA256(), 32, self.auth, info).derive(shared)
        aes = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(keying)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(keying)
        padded = AESGCM(aes).decrypt(nonce, sealed, None)
        assert padded.endswith(b"\x02")
        return padded[:-1]


@dataclass
class PushService:
    """A push service on this machine: what it was sent, and what it answers."""

    url: str
    status: int = 201
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def push_service() -> Iterator[PushService]:
    """Run a push service."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.taken.append((self.path, dict(self.headers.items()), body))
            self.send_response(service.status)
            self.send_header("Location", service.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = PushService(f"http://127.0.0.1:{server.server_port}/push/one")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
