"""Idempotency keys, abused: each is its owner's, for one operation and one body, for ever."""

from __future__ import annotations

from typing import Any

import pytest

from tests.merchants.cast import newcomer
from tests.wallet.people import BOB, Caller, held, won
from wallet.models import Transfer, Wallet

pytestmark = pytest.mark.django_db
CAROL = "+821044440000"


@pytest.fixture
def bob(alice: Wallet) -> Wallet:
    return newcomer(BOB)


def test_any_other_field_under_a_used_key_is_refused_and_moves_nothing(
    alice: Wallet, bob: Wallet
) -> None:
    newcomer(CAROL)
    caller, path = Caller(alice), f"/wallets/{alice.public_id}/transfers"
    body: dict[str, Any] = {"phone": BOB, "amount": won("1000"), "memo": "rent"}
    assert caller.post(path, body, "k").status_code == 201
    for change in (
        {"phone": CAROL},
        {"amount": won("1001")},
        {"amount": won("1000.0")},
        {"memo": "Rent"},
        {"memo": ""},
        {"more": 1},
    ):
        answer = caller.post(path, body | change, "k")
        said = (answer.status_code, answer.json()["code"])
        assert said in {(422, "idempotency_key_reused"), (400, "invalid_request")}, change
    body.pop("memo")
    assert caller.post(path, body, "k").status_code == 422
    assert (held(alice), held(bob), Transfer.objects.count()) == (49_000, 1_000, 1)


def test_the_order_and_the_spaces_of_a_body_are_no_difference(alice: Wallet, bob: Wallet) -> None:
    caller, path = Caller(alice), f"/wallets/{alice.public_id}/transfers"
    first = caller.post(path, {"phone": BOB, "amount": won("1000")}, "k")
    again = caller.client.post(
        f"/api/v1{path}",
        '{ "amount":{"currency":"KRW",  "amount":"1000"},\n "phone":"' + BOB + '"}',
        content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )
    assert (again.status_code, again.json()) == (201, first.json())
    assert held(bob) == 1_000


def test_one_key_is_two_in_the_hands_of_two(alice: Wallet, bob: Wallet) -> None:
    to_bob = Caller(alice).post(
        f"/wallets/{alice.public_id}/transfers", {"phone": BOB, "amount": won("1000")}, "k"
    )
    back = Caller(bob).post(
        f"/wallets/{bob.public_id}/transfers",
        {"phone": alice.holder.phone, "amount": won("1000")},
        "k",
    )
    assert (to_bob.status_code, back.status_code) == (201, 201)
    assert to_bob.json()["id"] != back.json()["id"]
    assert (held(alice), held(bob)) == (50_000, 0)


def test_one_key_does_not_answer_another_operation(alice: Wallet, bob: Wallet) -> None:
    caller, base = Caller(alice), f"/wallets/{alice.public_id}"
    body = {"phone": BOB, "amount": won("1000")}
    sent = caller.post(f"{base}/transfers", body, "k")
    asked = caller.post(f"{base}/money-requests", body, "k")
    assert sent.status_code == 201
    assert asked.status_code in {201, 422}
    assert "status" not in sent.json() or sent.json() != asked.json()
    assert held(bob) == 1_000


@pytest.mark.parametrize("key", ["a b", "\t", "k\x7f", "é", "x" * 256, "\x00"])
def test_a_key_that_is_none_moves_nothing(alice: Wallet, bob: Wallet, key: str) -> None:
    path, body = f"/wallets/{alice.public_id}/transfers", {"phone": BOB, "amount": won("1000")}
    answer = Caller(alice).post(path, body, key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert held(bob) == 0
