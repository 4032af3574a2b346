"""More than a request should bring: bytes, brackets, time, connections, hashes."""

from __future__ import annotations

import gzip
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client

from config.pages import Refusals
from config.web_worker import HastySocket, Worker
from tests.attacks.live import newcomer, server, victim
from tests.attacks.server import Server, read_answer
from wallet.proof import hashing

__all__ = ["server"]
JSON = "application/json"


def test_a_body_of_ten_megabytes_is_not_read() -> None:
    answer = Client().post("/api/v1/tokens", b'{"phone": "' + b"1" * 10**7, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000], ids=["lists", "objects"])
def test_a_body_nested_without_end_is_refused(body: bytes) -> None:
    answer = Client().post("/api/v1/tokens", body, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_a_compressed_body_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * 10**7)
    answer = Client().post(
        "/api/v1/tokens", bomb, content_type=JSON, headers={"Content-Encoding": "gzip"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_a_number_of_a_hundred_thousand_digits_is_refused() -> None:
    body = b'{"phone": ' + b"9" * 100_000 + b', "password": "x"}'
    assert Client().post("/api/v1/tokens", body, content_type=JSON).status_code == 400


def test_clients_that_say_nothing_or_little_hold_nobody_up(server: Server) -> None:
    alice, bob = victim(), newcomer()
    slow = [server.connect() for _ in range(20)]
    try:
        for number, line in enumerate(slow):
            if number % 2:
                line.sendall(b"POST /api/v1/tokens HTTP/1.1\r\nHost: x\r\n")
        with server.connect() as line:
            line.sendall(alice.sends(bob, "1000", "in-time"))
            status, body = read_answer(line)
            assert status == 201, body
        # Those that began and did not end are cut off, whatever they send meanwhile.
        assert [read_answer(line) for line in slow[1::2]] == [(0, {})] * 10
    finally:
        for line in slow:
            line.close()


def pair() -> tuple[HastySocket, socket.socket]:
    here, there = socket.socketpair()
    return HastySocket(fileno=here.detach()), there


def test_a_byte_now_and_then_is_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("config.web_worker.time.monotonic", lambda: now)
    here, there = pair()
    with here, there:
        here.deadline = now + 10
        there.sendall(b"GET")
        assert here.recv(1) == b"G"
        now += 9
        assert here.recv(1) == b"E"
        now += 1
        with pytest.raises(ConnectionResetError):
            here.recv(1)


def test_who_does_not_close_after_the_answer_holds_nobody_up() -> None:
    here, there = pair()
    with here, there:
        here.leave()
        assert here.fileno() == -1


def test_what_stood_in_the_queue_for_too_long_is_turned_away_and_health_is_not() -> None:
    served: list[str] = []

    class Queue(Worker):
        def __init__(self) -> None:
            """Have no sockets."""

    class Request:
        def __init__(self, path: str) -> None:
            self.path = path

    class Connection:
        def __init__(self, waited: float) -> None:
            self.waited = waited
            self.sock, self.there = pair()

    def serve(_worker: Any, asked: Any, _conn: Any) -> bool:
        served.append(asked.path)
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Worker.__base__, "handle_request", serve)
        soon, late, health = Connection(0.9), Connection(1.1), Connection(9.0)
        assert Queue().handle_request(Request("/a"), soon) is True
        assert Queue().handle_request(Request("/b"), late) is False
        assert Queue().handle_request(Request("/healthz"), health) is True
    assert served == ["/a", "/healthz"]
    late.sock.close()
    status, body = read_answer(late.there)
    assert (status, body["code"]) == (503, "overloaded")
    for each in (soon, late, health):
        each.sock.close()
        each.there.close()


def test_of_sixteen_hashes_at_once_two_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()
    both = threading.Barrier(hashing.AT_ONCE)

    def encode(_hasher: Any, password: str, salt: str) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        both.wait(timeout=30)  # two do run beside each other
        with lock:
            running -= 1
        return password + salt

    monkeypatch.setattr(Argon2PasswordHasher, "encode", encode)
    monkeypatch.setattr(hashing, "WAIT_SECONDS", 60)
    with ThreadPoolExecutor(16) as pool:
        done = pool.map(lambda number: hashing.BoundedArgon2().encode(str(number), "s"), range(16))
        assert list(done) == [f"{number}s" for number in range(16)]
    assert most == hashing.AT_ONCE


def test_who_gets_no_turn_is_told_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "WAIT_SECONDS", 0)
    taken = threading.BoundedSemaphore(1)
    monkeypatch.setattr(hashing, "_turns", taken)
    assert taken.acquire()
    with pytest.raises(hashing.TooManyHashesError):
        hashing.BoundedArgon2().verify("x", "y")
    monkeypatch.setattr(
        "wallet.people.sign_in", lambda **_: hashing.BoundedArgon2().encode("", "")
    )
    answer = Client().post("/api/v1/tokens", {"phone": "1", "password": "x"}, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (503, "try_again")
    assert answer["Retry-After"] == "1"


def test_a_page_without_its_database_says_so(django_assert_num_queries: Any, db: None) -> None:
    request_ = HttpRequest()
    request_.path = "/send"
    with django_assert_num_queries(0):
        page = Refusals(None).process_exception(request_, OperationalError("gone"))
    assert page is not None
    assert (page.status_code, page["Retry-After"]) == (503, "1")
    assert b"try again" in page.content
