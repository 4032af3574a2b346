"""Clients that send requests made beforehand over connections they keep, as fast as answered."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import secrets
import socket
import statistics
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

READ_BYTES = 65_536


@dataclass
class Person:
    """Somebody with a wallet and a device."""

    phone: str
    wallet: str
    account: int
    token: str
    device: str
    key: Ed25519PrivateKey

    def request(self, method: str, path: str, body: bytes) -> bytes:
        """Return a signed request, whole, ready to be sent."""
        key, nonce, now = str(uuid.uuid4()), secrets.token_urlsafe(16), str(int(time.time()))
        digest = hashlib.sha256(body).hexdigest()
        signed = f"jigap.request.v1\n{method}\n{path}\n{digest}\n{key}\n{now}\n{nonce}"
        signature = base64.urlsafe_b64encode(self.key.sign(signed.encode())).decode()
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            f"Authorization: Token {self.token}",
            f"Idempotency-Key: {key}",
            f"Wallet-Device: {self.device}",
            f"Wallet-Time: {now}",
            f"Wallet-Nonce: {nonce}",
            f"Wallet-Signature: {signature}",
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Tally:
    """What clients saw: seconds of each answer, and the first answer that was none."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def read_people(file: Path) -> list[Person]:
    """Read what ``prepare`` wrote."""
    return [
        Person(**{**each, "key": Ed25519PrivateKey.from_private_bytes(bytes.fromhex(each["key"]))})
        for each in json.loads(file.read_text())
    ]


def requests_of(case: str, people: list[Person], count: int) -> list[bytes]:
    """Make so many requests of a case; each costs the clients the same."""
    made = []
    for _ in range(count):
        sender, recipient = random.sample(people, 2)
        if case == "transfer":
            path = f"/api/v1/wallets/{sender.wallet}/transfers"
            asked: object = {
                "phone": recipient.phone,
                "amount": {"amount": "1000", "currency": "KRW"},
            }
        else:
            path = f"/{case}"
            asked = {"sender": sender.account, "recipient": recipient.account, "minor": 1000}
        made.append(sender.request("POST", path, json.dumps(asked).encode()))
    return made


def drive(port: int, requests: list[bytes], clients: int, seconds: float) -> Tally:
    """Send requests from so many clients for so long; none is sent twice."""
    tally, end = Tally(), time.perf_counter() + seconds
    shares = [requests[number::clients] for number in range(clients)]
    threads = [
        threading.Thread(target=_client, args=(port, share, end, tally)) for share in shares
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def _client(port: int, requests: list[bytes], end: float, tally: Tally) -> None:
    connection = _connect(port)
    for request in requests:
        started = time.perf_counter()
        if started >= end:
            break
        connection.sendall(request)
        status = _read(connection)
        if not status:  # a worker that served its share hung up between two requests
            connection.close()
            connection = _connect(port)
            connection.sendall(request)
            status = _read(connection)
        if not status.startswith(b"HTTP/1.1 20"):
            tally.wrong.append(status[:600].decode(errors="replace") or "no answer")
            break
        tally.seconds.append(time.perf_counter() - started)
    else:
        tally.wrong.append("the requests made beforehand were not enough")
    connection.close()


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _read(connection: socket.socket) -> bytes:
    """Read one answer, whole; nothing where the server hung up."""
    try:
        answer = connection.recv(READ_BYTES)
    except ConnectionResetError:
        answer = b""
    if not answer:
        return b""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line.lower().split(b":") for line in head.split(b"\r\n")[1:]]
    length = next((int(line[1]) for line in lines if line[0] == b"content-length"), 0)
    while len(body) < length:
        body += connection.recv(READ_BYTES)
    return head + b"\r\n\r\n" + body


def rate(port: int, requests: list[bytes], clients: int, seconds: float) -> float:
    """Return answers per second; end the run if one is not what was asked for."""
    tally = drive(port, requests, clients, seconds)
    if tally.wrong:
        sys.exit(tally.wrong[0])
    return len(tally.seconds) / seconds


def median_seconds(port: int, request: bytes, times: int) -> float:
    """Return the median time of one request, sent again and again by one client."""
    tally = drive(port, [request] * (times + 1), 1, 3600)
    wrong = [text for text in tally.wrong if not text.startswith("the requests")]
    if wrong:
        sys.exit(wrong[0])
    return statistics.median(tally.seconds)
