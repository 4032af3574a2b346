"""A device's signature stands in for the PIN: for one request, once, up to a daily amount."""

from __future__ import annotations

import base64
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.utils import timezone

from ledger.money import Money
from tests.wallet.devices.phones import Phone
from tests.wallet.people import BOB, Caller, fund, held, won
from wallet.models import Device, DeviceNonce, Event, Wallet
from wallet.proof import devices

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def phone(alice: Wallet) -> Phone:
    made = Phone(alice.holder)
    assert made.bind(alice).status_code == 201
    return made


def path(wallet: Wallet) -> str:
    return f"/wallets/{wallet.public_id}/transfers"


def body(minor: int = 5_000) -> dict[str, Any]:
    return {"phone": BOB, "amount": won(str(minor))}


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_a_signed_request_needs_no_pin(alice: Wallet, bob: Wallet, phone: Phone) -> None:
    assert phone.post(path(alice), body(), "k1").status_code == 201
    again = phone.post(path(alice), body(), "k1")
    assert again["Idempotency-Replayed"] == "true"
    assert held(bob) == 5_000


def test_a_nonce_is_good_once(alice: Wallet, bob: Wallet, phone: Phone) -> None:
    raw = json.dumps(body()).encode()
    headers = phone.headers("POST", f"/api/v1{path(alice)}", raw, "k1")
    assert phone.send(path(alice), raw, "k1", headers).status_code == 201
    assert code(phone.send(path(alice), raw, "k1", headers)) == (403, "nonce_replayed")
    assert held(bob) == 5_000


@pytest.mark.parametrize(
    ("minor", "said"),
    [(50_001, (402, "insufficient_funds")), (200_001, (403, "step_up_required"))],
)
def test_a_nonce_is_used_up_by_a_request_that_is_refused(
    alice: Wallet, bob: Wallet, phone: Phone, minor: int, said: tuple[int, str]
) -> None:
    raw = json.dumps(body(minor)).encode()
    headers = phone.headers("POST", f"/api/v1{path(alice)}", raw, "k1")
    assert code(phone.send(path(alice), raw, "k1", headers)) == said
    assert DeviceNonce.objects.count() == 1
    assert code(phone.send(path(alice), raw, "k1", headers)) == (403, "nonce_replayed")
    # A replayed nonce is not the answer of the request.
    again = phone.post(path(alice), body(minor), "k1")
    assert code(again) == said


def test_a_signed_transfer_costs_three_statements(
    alice: Wallet, bob: Wallet, phone: Phone, django_assert_num_queries: Any
) -> None:
    # Who asks; what decides; what follows. The others are the test's own: token and savepoint.
    with django_assert_num_queries(3 + 3):
        assert phone.post(path(alice), body(), "k1").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_with_one_nonce_at_once_one_is_taken(
    alice: Wallet, bob: Wallet, phone: Phone
) -> None:
    raw = json.dumps(body()).encode()
    headers = phone.headers("POST", f"/api/v1{path(alice)}", raw, "k1")
    barrier = threading.Barrier(16)

    def act(_: int) -> int:
        barrier.wait()
        try:
            return int(phone.send(path(alice), raw, "k1", headers).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(act, range(16))) == [201] + [403] * 15
    assert held(bob) == 5_000


def test_everything_that_is_signed_is_checked(alice: Wallet, bob: Wallet, phone: Phone) -> None:
    raw, address = json.dumps(body()).encode(), f"/api/v1{path(alice)}"
    good: dict[str, Any] = {"method": "POST", "path": address, "body": raw, "key": "k1"}
    others: list[dict[str, Any]] = [
        {"method": "PUT"},
        {"path": f"{address}?page=2"},
        {"body": json.dumps(body(4_999)).encode()},
        {"key": "k2"},
    ]
    for change in others:
        headers = phone.headers(**{**good, **change})
        assert code(phone.send(path(alice), raw, "k1", headers)) == (403, "bad_device_signature")
    for name, value in (("Wallet-Nonce", "A" * 16), ("Wallet-Time", str(int(time.time()) + 60))):
        headers = phone.headers(**good) | {name: value}
        assert code(phone.send(path(alice), raw, "k1", headers)) == (403, "bad_device_signature")
    assert not DeviceNonce.objects.exists()
    assert held(bob) == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Wallet-Signature": ""}, "bad_device_signature"),
        ({"Wallet-Signature": "A" * 86}, "bad_device_signature"),
        ({"Wallet-Signature": "!" * 86}, "bad_device_signature"),
        ({"nonce": "short"}, "bad_device_signature"),
        ({"nonce": "A" * 65}, "bad_device_signature"),
        ({"nonce": "A" * 15 + "é"}, "bad_device_signature"),
        ({"time": "soon"}, "bad_device_signature"),
        ({"time": "١٢٣"}, "bad_device_signature"),
        ({"time": "0"}, "clock_skew"),
        ({"Wallet-Device": "mine"}, "unknown_device"),
        ({"Wallet-Device": "00000000-0000-0000-0000-000000000000"}, "unknown_device"),
    ],
)
def test_malformed_proofs_are_refused(
    alice: Wallet, bob: Wallet, phone: Phone, changes: dict[str, str], said: str
) -> None:
    assert code(phone.post(path(alice), body(), "k1", **changes)) == (403, said)
    assert held(bob) == 0


@pytest.mark.parametrize(("seconds", "status"), [(-299, 201), (-301, 403), (299, 201), (301, 403)])
def test_a_clock_may_be_five_minutes_off(
    alice: Wallet, bob: Wallet, phone: Phone, seconds: int, status: int
) -> None:
    answer = phone.post(path(alice), body(), "k1", time=str(int(time.time()) + seconds))
    assert answer.status_code == status
    if status == 403:
        assert abs(answer.json()["server_time"] - time.time()) < 5


def test_a_revoked_or_foreign_device_signs_nothing(
    alice: Wallet, bob: Wallet, phone: Phone
) -> None:
    fund(bob, Money(10_000, "KRW"))
    stolen = Phone(bob.holder, phone.key, phone.device)
    answer = stolen.post(f"/wallets/{bob.public_id}/transfers", body(), "k1")
    assert code(answer) == (403, "unknown_device")
    foreign = Caller(bob).client.delete(f"/api/v1/devices/{phone.device}")
    assert foreign.status_code == 404
    assert Caller(alice).client.delete(f"/api/v1/devices/{phone.device}").status_code == 204
    assert Caller(alice).client.delete(f"/api/v1/devices/{phone.device}").status_code == 204
    assert code(phone.post(path(alice), body(), "k2")) == (403, "unknown_device")
    assert Caller(alice).get("/devices").json() == []
    kinds = Event.objects.filter(wallet=alice, kind__startswith="device").order_by("pk")
    assert [event.kind for event in kinds] == ["device.bound", "device.revoked"]


def test_the_daily_amount_of_devices_is_less_than_the_pins(
    alice: Wallet, bob: Wallet, phone: Phone
) -> None:
    fund(alice, Money(200_000, "KRW"))
    Caller(alice).post(path(alice), body(1), "k0")
    assert phone.post(path(alice), body(60_000), "k1").status_code == 201
    over = phone.post(path(alice), body(40_001), "k2")
    assert code(over) == (403, "limit_exceeded")
    assert (over.json()["limit"], over.json()["left"]) == ("DAY DEVICE", "40000")
    assert Caller(alice).post(path(alice), body(40_001), "k3").status_code == 201


def test_a_device_does_not_replace_the_second_proof(
    alice: Wallet, bob: Wallet, phone: Phone
) -> None:
    fund(alice, Money(200_000, "KRW"))
    answer = phone.post(path(alice), body(100_001), "k1")
    assert code(answer) == (403, "step_up_required")


def test_binding_needs_a_second_proof_and_the_other_half(alice: Wallet, bob: Wallet) -> None:
    phone = Phone(alice.holder)
    plain = Caller(alice, steps_up=False).post("/devices", phone.registration())
    assert code(plain) == (403, "step_up_required")
    for change in (
        {"signature": Phone(alice.holder).registration()["signature"]},
        {"public_key": Phone(alice.holder).registration()["public_key"]},
    ):
        answer = Caller(alice).post("/devices", phone.registration() | change)
        assert code(answer) == (400, "invalid_device_key")
    assert code(Caller(bob).post("/devices", phone.registration())) == (400, "invalid_device_key")
    assert phone.bind(alice).status_code == 201
    assert code(phone.bind(alice)) == (409, "device_key_taken")
    for text in ("", "AAAA", "A" * 44, "!" * 43, None, 7):
        answer = Caller(alice).post("/devices", phone.registration() | {"public_key": text})
        assert code(answer) == (400, "invalid_request")
    assert Device.objects.count() == 1


def test_a_person_has_five_devices(alice: Wallet) -> None:
    for _ in range(5):
        assert Phone(alice.holder).bind(alice).status_code == 201
    assert code(Phone(alice.holder).bind(alice)) == (409, "too_many_devices")


def test_nonces_are_forgotten_when_their_requests_are_too_old(
    alice: Wallet, bob: Wallet, phone: Phone
) -> None:
    phone.post(path(alice), body(), "k1")
    now = timezone.now()
    assert (devices.prune(at=now + timedelta(minutes=9)), DeviceNonce.objects.count()) == (0, 1)
    assert (devices.prune(at=now + timedelta(minutes=11)), DeviceNonce.objects.count()) == (1, 0)


def test_checking_costs_two_queries(
    alice: Wallet, phone: Phone, django_assert_num_queries: Any
) -> None:
    headers = phone.headers("POST", "/x", b"", "k1")
    request = devices.SignedRequest(
        device=headers["Wallet-Device"],
        time=headers["Wallet-Time"],
        nonce=headers["Wallet-Nonce"],
        signature=headers["Wallet-Signature"],
        method="POST",
        path="/x",
        body=b"",
        key="k1",
    )
    with django_assert_num_queries(2):
        devices.check(user=alice.holder, request=request, at=timezone.now())


# What the key of the bytes 0 to 31 signs; the same stands in docs/security.md.
EXAMPLE = (
    "lwvUTnbqF8OGMwL9GRVfoH8OGxpRiQKlpUsEkPyoFJfRXzjkfWDa6IK3EZGH2pfg8R774wrWxSqUcSKAZMxMAg=="
)


def test_the_documented_example_verifies() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    request = devices.SignedRequest(
        device="", time="1774000000", nonce="abcdefghijklmnop", signature="",
        method="POST", path="/api/v1/wallets/w/transfers", body=b"{}", key="k-1",
    )  # fmt: skip
    assert request.signed.decode().splitlines() == [
        "jigap.request.v1",
        "POST",
        "/api/v1/wallets/w/transfers",
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "k-1",
        "1774000000",
        "abcdefghijklmnop",
    ]
    assert base64.urlsafe_b64encode(key.sign(request.signed)).decode() == EXAMPLE
    assert f"`{EXAMPLE}`" in (ROOT / "docs" / "security.md").read_text()
