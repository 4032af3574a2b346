"""Asking for money: paid once, declined, taken back, forgotten."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ledger.balances import trial_balance
from tests.ledger.threads import all_at_once
from tests.wallet.people import ALICE, BOB, Caller, held, proven, won
from tests.wallet.transfers.cast import CAROL, NOON, act_on, krw, told
from wallet.errors import MoneyRequestNotOpen
from wallet.models import MoneyRequest, Transfer, Wallet
from wallet.transfers import money_requests
from wallet.transfers.money_requests import EDGES, EXPIRES_AFTER, MAX_OPEN

Joins = Callable[[], Wallet]
Status = MoneyRequest.Status


def ask(wallet: Wallet, **changes: Any) -> Any:
    body = {"phone": ALICE, "amount": won("5000"), "memo": "점심", **changes}
    return Caller(wallet).post(f"/wallets/{wallet.public_id}/money-requests", body)


def asked(asker: Wallet, payee: str = ALICE, minor: int = 5_000) -> MoneyRequest:
    return money_requests.ask(asker=asker, payee=payee, amount=krw(minor), memo="", at=NOON)


@pytest.mark.django_db
def test_a_request_is_paid_by_a_transfer_linked_to_it(
    alice: Wallet, bob: Wallet, named: None
) -> None:
    made = ask(bob)
    assert made.status_code == 201, made.json()
    request_id = made.json()["id"]
    assert made.json()["direction"] == "ASKED"
    assert made.json()["counterparty"] == {"name": "김*지", "phone": "+82********78"}
    seen = Caller(alice).get(f"/money-requests/{request_id}").json()
    assert (seen["direction"], seen["counterparty"]["name"]) == ("RECEIVED", "M*** K**")
    paid = act_on(alice, request_id, "pay")
    assert (paid.status_code, paid.json()["status"]) == (200, "PAID"), paid.json()
    transfer = Caller(bob).get(f"/transfers/{paid.json()['transfer_id']}").json()
    assert (transfer["memo"], transfer["direction"]) == ("점심", "RECEIVED")
    assert act_on(alice, request_id, "pay").json()["code"] == "money_request_not_open"
    assert (held(alice), held(bob)) == (45_000, 5_000)
    assert told(alice) == ["request.received", "transfer.sent"]
    assert told(bob) == ["transfer.received", "request.paid"]


@pytest.mark.django_db
def test_each_side_answers_its_own_way_and_strangers_not_at_all(
    alice: Wallet, bob: Wallet, carol_joins: Joins
) -> None:
    first, second = ask(bob).json()["id"], ask(bob).json()["id"]
    for action in ("pay", "decline"):
        assert act_on(bob, first, action).status_code == 404
    assert act_on(alice, first, "cancel").status_code == 404
    assert Caller(carol_joins()).get(f"/money-requests/{first}").status_code == 404
    assert act_on(alice, first, "decline").json()["status"] == "DECLINED"
    assert act_on(bob, second, "cancel").json()["status"] == "CANCELLED"
    assert told(bob) == ["request.declined"]
    for wallet in (alice, bob):
        path = f"/wallets/{wallet.public_id}/money-requests"
        listed = Caller(wallet).get(path).json()["money_requests"]
        assert [row["status"] for row in listed] == ["CANCELLED", "DECLINED"]
    assert held(alice) == 50_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"phone": CAROL}, 404, "unknown_recipient"),
        ({"phone": BOB}, 400, "transfer_to_self"),
        ({"amount": won("1.00", "USD")}, 400, "currency_mismatch"),
        ({"handle": "mary"}, 400, "invalid_request"),
    ],
)
def test_a_bad_request_is_refused(
    alice: Wallet, bob: Wallet, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = ask(bob, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not MoneyRequest.objects.exists()


@pytest.mark.django_db
def test_nobody_is_pestered(alice: Wallet, bob: Wallet) -> None:
    asked_before = [ask(bob).json()["id"] for _ in range(MAX_OPEN)]
    assert ask(bob).json()["code"] == "too_many_requests"
    act_on(alice, asked_before[0], "decline")
    assert ask(bob).status_code == 201


@pytest.mark.django_db
def test_a_request_that_cannot_be_paid_stays_open(alice: Wallet, bob: Wallet) -> None:
    made = ask(alice, phone=BOB).json()
    answer = act_on(bob, made["id"], "pay")
    assert (answer.status_code, answer.json()["code"]) == (402, "insufficient_funds")
    assert Caller(bob).get(f"/money-requests/{made['id']}").json()["status"] == "OPEN"
    assert not Transfer.objects.exists()


@pytest.mark.django_db
def test_an_old_request_cannot_be_paid_and_is_closed_by_the_job(
    alice: Wallet, bob: Wallet
) -> None:
    request = asked(bob)
    with pytest.raises(MoneyRequestNotOpen, match="expired"):
        money_requests.pay(request=request, proof=proven(alice), at=request.expires_at)
    assert money_requests.expire_due(at=request.expires_at - timedelta(seconds=1)) == 0
    assert money_requests.expire_due(at=request.expires_at) == 1
    assert money_requests.expire_due(at=request.expires_at) == 0
    request.refresh_from_db()
    assert (request.status, request.expires_at) == ("EXPIRED", NOON + EXPIRES_AFTER)
    assert held(alice) == 50_000


def bring(request: MoneyRequest, status: str, payer: Wallet) -> None:
    if status == Status.PAID:
        money_requests.pay(request=request, proof=proven(payer), at=NOON)
    elif status == Status.DECLINED:
        money_requests.decline(request=request, at=NOON)
    elif status == Status.CANCELLED:
        money_requests.cancel(request=request, at=NOON)
    elif status != Status.EXPIRED or not money_requests.expire(at=request.expires_at):
        raise MoneyRequestNotOpen(status)


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), list(itertools.product(Status, Status)))
def test_every_edge_but_those_of_the_table_is_refused(
    alice: Wallet, bob: Wallet, before: str, after: str
) -> None:
    request = asked(bob)
    if before != Status.OPEN:
        bring(request, before, alice)
    if (before, after) in EDGES:
        bring(request, after, alice)
    else:
        with pytest.raises(MoneyRequestNotOpen):
            bring(request, after, alice)
    request.refresh_from_db()
    assert request.status == (after if (before, after) in EDGES else before)
    assert held(bob) == (5_000 if request.status == Status.PAID else 0)


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"status": "PAID", "decided_at": NOON}, {"decided_at": NOON}])
def test_the_database_refuses_a_payment_without_its_transfer(
    alice: Wallet, bob: Wallet, changes: dict[str, Any]
) -> None:
    asked(bob)
    with (
        pytest.raises(IntegrityError, match="wallet_money_request_paid_once"),
        transaction.atomic(),
    ):
        MoneyRequest.objects.update(**changes)


@pytest.mark.django_db(transaction=True)
def test_sixteen_answers_at_once_are_one(alice: Wallet, bob: Wallet) -> None:
    request = asked(bob)
    answers = (
        lambda: money_requests.pay(request=request, proof=proven(alice), at=NOON),
        lambda: money_requests.decline(request=request, at=NOON),
        lambda: money_requests.cancel(request=request, at=NOON),
    )

    def act(number: int) -> bool:
        try:
            answers[0 if number < 8 else number % 3]()
        except MoneyRequestNotOpen:
            return False
        return True

    assert sum(all_at_once(act)) == 1
    request.refresh_from_db()
    moved = 5_000 if request.status == Status.PAID else 0
    assert (held(alice), held(bob)) == (50_000 - moved, moved)
    assert Transfer.objects.count() == (request.status == Status.PAID)
    assert trial_balance() == {"KRW": 0}
