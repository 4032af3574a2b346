"""Transfers over the API: what they move, and what they refuse."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from ledger.balances import trial_balance
from tests.wallet.people import ALICE, BOB, PASSWORD, Caller, held, won
from tests.wallet.sms import code_sent
from wallet.models import IdempotencyRecord, Transfer, Wallet

pytestmark = pytest.mark.django_db


def send(caller: Caller, wallet: Wallet, key: str | None = None, **changes: Any) -> Any:
    body = {"phone": BOB, "amount": won("5000"), "memo": "점심", **changes}
    return caller.post(f"/wallets/{wallet.public_id}/transfers", body, key)


def test_a_transfer_moves_money_between_wallets(alice: Wallet, bob: Wallet) -> None:
    answer = send(Caller(alice), alice)
    assert answer.status_code == 201, answer.json()
    assert answer.json()["amount"] == won("5000")
    assert (held(alice), held(bob)) == (45_000, 5_000)
    assert trial_balance() == {"KRW": 0}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": won("50001")}, 402, "insufficient_funds"),
        ({"amount": won("10.5")}, 400, "invalid_request"),
        ({"amount": won("-1")}, 400, "invalid_request"),
        ({"amount": won("0")}, 400, "invalid_request"),
        ({"amount": won("1e3")}, 400, "invalid_request"),
        ({"amount": won("NaN")}, 400, "invalid_request"),
        ({"amount": won("١٢٣")}, 400, "invalid_request"),
        ({"amount": won("9" * 20)}, 400, "invalid_request"),
        ({"amount": {"amount": 5000, "currency": "KRW"}}, 400, "invalid_request"),
        ({"amount": won("5000", "XXX")}, 400, "invalid_request"),
        ({"amount": won("50.00", "USD")}, 400, "currency_mismatch"),
        ({"amount": "5000"}, 400, "invalid_request"),
        ({"phone": ALICE}, 400, "transfer_to_self"),
        ({"phone": "+821000000000"}, 404, "unknown_recipient"),
        ({"phone": "bob"}, 404, "unknown_recipient"),
        ({"memo": "x" * 101}, 400, "invalid_request"),
        ({"memo": "nul\x00"}, 400, "invalid_request"),
    ],
)
def test_a_bad_transfer_is_refused_with_a_code_and_moves_nothing(
    alice: Wallet, bob: Wallet, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = send(Caller(alice), alice, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert (held(alice), held(bob)) == (50_000, 0)
    assert Transfer.objects.count() == 0


def test_the_same_key_is_answered_the_same_and_moves_once(alice: Wallet, bob: Wallet) -> None:
    caller = Caller(alice)
    first, again = send(caller, alice, "k1"), send(caller, alice, "k1")
    assert first.json() == again.json()
    assert (first.status_code, again.status_code) == (201, 201)
    assert again["Idempotency-Replayed"] == "true"
    assert held(bob) == 5_000


def test_the_same_key_with_another_body_is_refused(alice: Wallet, bob: Wallet) -> None:
    caller = Caller(alice)
    send(caller, alice, "k1")
    answer = send(caller, alice, "k1", amount=won("5001"))
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert held(bob) == 5_000


def test_a_refusal_is_answered_again_even_when_it_would_now_succeed(
    alice: Wallet, bob: Wallet
) -> None:
    caller = Caller(alice)
    first = send(caller, alice, "k1", amount=won("60000"))
    send(caller, alice, "k2")
    again = send(caller, alice, "k1", amount=won("60000"))
    assert first.status_code == again.status_code == 402
    assert first.json() == again.json()
    assert IdempotencyRecord.objects.filter(key="k1").count() == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "caf\xe9"])
def test_a_key_that_is_missing_or_malformed_is_refused(
    alice: Wallet, bob: Wallet, key: str
) -> None:
    caller = Caller(alice)
    answer = caller.client.post(
        f"/api/v1/wallets/{alice.public_id}/transfers",
        {"phone": BOB, "amount": won("1")},
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert held(bob) == 0


def test_another_persons_wallet_is_not_there(alice: Wallet, bob: Wallet) -> None:
    stranger = Caller(bob)
    assert send(stranger, alice).status_code == 404
    for path in ("", "/activity"):
        assert stranger.get(f"/wallets/{alice.public_id}{path}").status_code == 404
    assert held(alice) == 50_000


def test_nobody_gets_in_without_a_token(alice: Wallet) -> None:
    answer = Client().get(f"/api/v1/wallets/{alice.public_id}")
    assert answer.status_code == 401


def test_sign_up_and_sign_in_give_a_wallet_and_a_token() -> None:
    client = Client()
    asked = client.post("/api/v1/phone-codes", {"phone": ALICE}, content_type="application/json")
    assert asked.status_code == 204
    body = {"phone": ALICE, "password": PASSWORD}
    made = client.post(
        "/api/v1/consumers",
        {**body, "code": code_sent(ALICE)},
        content_type="application/json",
        headers={"Idempotency-Key": "new"},
    )
    assert made.status_code == 201, made.json()
    assert made.json()["available"] == won("0")
    token = client.post("/api/v1/tokens", body, content_type="application/json")
    wrong = {"phone": ALICE, "password": "another one"}
    refused = client.post("/api/v1/tokens", wrong, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_credentials")
    listed = client.get(
        "/api/v1/wallets", headers={"Authorization": f"Token {token.json()['token']}"}
    )
    assert [wallet["id"] for wallet in listed.json()] == [made.json()["id"]]


def test_activity_is_paged_and_its_balances_follow(alice: Wallet, bob: Wallet) -> None:
    caller = Caller(alice)
    for _ in range(3):
        send(caller, alice)
    path = f"/wallets/{alice.public_id}/activity"
    first = caller.get(f"{path}?limit=2").json()
    rest = caller.get(f"{path}?limit=2&after={first['next']}").json()
    lines = first["lines"] + rest["lines"]
    assert [line["balance"]["amount"] for line in lines] == ["35000", "40000", "45000", "50000"]
    assert rest["next"] is None
    assert caller.get(f"{path}?limit=0").status_code == 400
    assert caller.get(f"{path}?after=made-up").status_code == 400


def test_a_transfer_costs_a_bounded_number_of_queries(
    alice: Wallet, bob: Wallet, django_assert_max_num_queries: Any
) -> None:
    caller = Caller(alice)
    # Who asks, the PIN, what decides and what follows from it; two savepoints of the test.
    with django_assert_max_num_queries(8):
        assert send(caller, alice).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_sixteen_requests_with_one_key_move_money_once(alice: Wallet, bob: Wallet) -> None:
    caller, barrier = Caller(alice), threading.Barrier(16)

    def act(_: int) -> tuple[int, Any]:
        barrier.wait()
        try:
            answer = send(caller, alice, "one")
            return answer.status_code, answer.json().get("id")
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(act, range(16)))
    assert len({identity for status, identity in answers if status == 201}) == 1
    assert {status for status, _ in answers} <= {201, 409}
    assert (held(alice), held(bob)) == (45_000, 5_000)
