"""Limits over the API, and sixteen people at one of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from ledger.money import Money
from tests.ledger.threads import all_at_once
from tests.wallet.people import BOB, Caller, fund, held, won
from wallet import topups, transfers
from wallet.errors import LimitExceeded, RecipientFull
from wallet.models import Limit, Spend, TopUp, Wallet
from wallet.proof.proofs import Means, Proof

pytestmark = pytest.mark.django_db


def only(period: str, minor: int) -> None:
    Limit.objects.all().delete()
    Limit.objects.create(tier="UNVERIFIED", currency="KRW", period=period, amount_minor=minor)


def send(caller: Caller, wallet: Wallet, amount: str) -> Any:
    body = {"phone": BOB, "amount": won(amount)}
    return caller.post(f"/wallets/{wallet.public_id}/transfers", body)


def test_a_transfer_above_a_limit_is_refused_and_says_what_is_left(
    alice: Wallet, bob: Wallet
) -> None:
    only("DAY", 10_000)
    caller = Caller(alice)
    assert send(caller, alice, "7000").status_code == 201
    answer = send(caller, alice, "3001")
    assert (answer.status_code, answer.json()["code"]) == (403, "limit_exceeded")
    assert (answer.json()["limit"], answer.json()["left"]) == ("DAY", "3000")
    assert answer.json()["currency"] == "KRW"
    assert answer.json()["resets_at"].endswith("Z")
    assert held(bob) == 7_000


def test_a_transfer_that_fails_afterwards_uses_nothing_of_the_limit(
    alice: Wallet, bob: Wallet
) -> None:
    caller = Caller(alice)
    assert send(caller, alice, "50001").json()["code"] == "insufficient_funds"
    assert Spend.objects.count() == 0


def test_a_recipient_who_is_full_is_not_sent_more_and_not_given_away(
    alice: Wallet, bob: Wallet
) -> None:
    only("BALANCE", 60_000)
    fund(bob, Money(55_000, "KRW"))
    answer = send(Caller(alice), alice, "5001")
    assert (answer.status_code, answer.json()["code"]) == (403, "recipient_full")
    assert set(answer.json()) == {"type", "title", "status", "detail", "code"}
    assert send(Caller(alice), alice, "5000").status_code == 201


def test_a_top_up_that_the_wallet_has_no_room_for_is_not_asked(alice: Wallet) -> None:
    only("BALANCE", 60_000)
    caller, path = Caller(alice), f"/wallets/{alice.public_id}/top-ups"
    assert caller.post(path, {"amount": won("6000")}).status_code == 201
    answer = caller.post(path, {"amount": won("4001")})
    assert (answer.status_code, answer.json()["code"]) == (403, "limit_exceeded")
    assert (answer.json()["limit"], answer.json()["left"]) == ("BALANCE", "4000")


def test_money_that_has_arrived_is_never_refused(alice: Wallet) -> None:
    top_up = topups.ask(wallet=alice, amount=Money(9_000, "KRW"), at=timezone.now())
    only("BALANCE", 1)
    topups.settle(public_id=top_up.public_id, amount=top_up.amount, at=timezone.now())
    assert held(alice) == 59_000


def test_the_limits_are_listed_for_their_holder_only(alice: Wallet, bob: Wallet) -> None:
    path = f"/wallets/{alice.public_id}/limits"
    send(Caller(alice), alice, "7000")
    listed = Caller(alice).get(path).json()
    day = next(one for one in listed if one["period"] == "DAY" and one["code_kind"] == "ANY")
    assert (day["amount"], day["used"], day["left"]) == (won("300000"), won("7000"), won("293000"))
    assert day["resets_at"] is not None
    balance = next(one for one in listed if one["period"] == "BALANCE")
    assert (balance["used"], balance["left"]) == (won("43000"), won("457000"))
    assert Caller(bob).get(path).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_sixteen_transfers_at_a_daily_limit_sum_to_it_exactly(alice: Wallet, bob: Wallet) -> None:
    only("DAY", 10_000)

    def act(_: int) -> bool:
        try:
            transfers.send(
                sender=alice,
                payee=BOB,
                amount=Money(1_000, "KRW"),
                memo="",
                proof=Proof(alice.holder_id, Means.PIN),
                at=timezone.now(),
            )
        except LimitExceeded:
            return False
        return True

    assert sum(all_at_once(act)) == 10
    assert (held(alice), held(bob)) == (40_000, 10_000)


@pytest.mark.django_db(transaction=True)
def test_sixteen_requests_at_a_daily_limit_sum_to_it_exactly(alice: Wallet, bob: Wallet) -> None:
    only("DAY", 7_500)
    caller = Caller(alice)
    answers = all_at_once(lambda _: send(caller, alice, "1000"))
    assert sorted(answer.status_code for answer in answers) == [201] * 7 + [403] * 9
    assert {a.json()["code"] for a in answers if a.status_code == 403} == {"limit_exceeded"}
    assert held(bob) == 7_000


@pytest.mark.django_db(transaction=True)
def test_sixteen_top_ups_at_the_balance_cap_fill_it_exactly(alice: Wallet) -> None:
    only("BALANCE", 55_000)

    def act(_: int) -> bool:
        try:
            topups.ask(wallet=alice, amount=Money(1_000, "KRW"), at=timezone.now())
        except LimitExceeded:
            return False
        return True

    assert sum(all_at_once(act)) == 5
    assert TopUp.objects.filter(status="PENDING").count() == 5


@pytest.mark.django_db(transaction=True)
def test_sixteen_transfers_at_a_recipients_cap_fill_it_exactly(alice: Wallet, bob: Wallet) -> None:
    only("BALANCE", 50_000)
    fund(bob, Money(44_000, "KRW"))

    def act(_: int) -> bool:
        try:
            transfers.send(
                sender=alice,
                payee=BOB,
                amount=Money(1_000, "KRW"),
                memo="",
                proof=Proof(alice.holder_id, Means.PIN),
                at=timezone.now(),
            )
        except RecipientFull:
            return False
        return True

    assert sum(all_at_once(act)) == 6
    assert held(bob) == 50_000
