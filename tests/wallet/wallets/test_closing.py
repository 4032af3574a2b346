"""Closing a wallet, what stands against it, and opening another one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ledger.models import Account
from ledger.money import Money
from tests.ledger.sql import refused
from tests.ledger.threads import all_at_once
from tests.wallet.people import ALICE, BOB, Caller, fund, held, won
from wallet import holds, topups
from wallet.errors import WalletError, WalletExists, WalletNotOpen
from wallet.models import Event, Freeze, Hold, Wallet, WalletAudit
from wallet.proof.proofs import Means, Proof
from wallet.wallets.closing import close
from wallet.wallets.freezing import freeze_own, impose, lift
from wallet.wallets.opening import open_wallet
from wallet.wallets.tiers import set_tier

pytestmark = pytest.mark.django_db


def ask_to_close(wallet: Wallet) -> Any:
    return Caller(wallet).post(f"/wallets/{wallet.public_id}/close", {})


def place(wallet: Wallet, minor: int) -> Hold:
    now = timezone.now()
    return holds.place(
        wallet=wallet,
        amount=Money(minor, "KRW"),
        payee="store",
        proof=Proof(wallet.holder_id, Means.PIN),
        expires_at=now + timedelta(days=1),
        at=now,
    )


def empty(wallet: Wallet, phone: str) -> None:
    body = {"phone": phone, "amount": won(str(held(wallet)))}
    sent = Caller(wallet).post(f"/wallets/{wallet.public_id}/transfers", body)
    assert sent.status_code == 201, sent.json()


def test_an_empty_wallet_is_closed_with_its_accounts(alice: Wallet, bob: Wallet) -> None:
    holds.release(public_id=place(alice, 1_000).public_id, at=timezone.now())
    empty(alice, BOB)
    answer = ask_to_close(alice)
    assert (answer.status_code, answer.json()["status"]) == (200, "CLOSED")
    alice.refresh_from_db()
    accounts = Account.objects.filter(pk__in=alice.account_ids)
    assert [account.status for account in accounts] == ["CLOSED", "CLOSED"]
    assert ask_to_close(alice).json()["status"] == "CLOSED"
    assert WalletAudit.objects.filter(action="CLOSE").count() == 1
    assert Event.objects.filter(wallet=alice, kind="wallet.closed").count() == 1


def test_a_wallet_with_money_is_not_closed(alice: Wallet) -> None:
    answer = ask_to_close(alice)
    assert (answer.status_code, answer.json()["code"]) == (409, "wallet_not_empty")
    assert (answer.json()["balance"], answer.json()["currency"]) == ("50000", "KRW")


def test_what_stands_against_closing_is_listed(alice: Wallet) -> None:
    place(alice, 10_000)
    place(alice, 5_000)
    topups.ask(wallet=alice, amount=Money(7_000, "KRW"), at=timezone.now())
    answer = ask_to_close(alice)
    assert (answer.status_code, answer.json()["code"]) == (409, "wallet_has_obligations")
    assert answer.json()["blocking"] == [
        {"kind": "HOLD", "count": 2, "amount": "15000"},
        {"kind": "TOP_UP", "count": 1, "amount": "7000"},
        {"kind": "BALANCE", "count": 1, "amount": "50000"},
    ]
    assert Wallet.objects.get(pk=alice.pk).status == "OPEN"


def test_a_top_up_that_was_not_heard_of_blocks_even_an_empty_wallet(bob: Wallet) -> None:
    topups.ask(wallet=bob, amount=Money(7_000, "KRW"), at=timezone.now())
    assert [one["kind"] for one in ask_to_close(bob).json()["blocking"]] == ["TOP_UP"]


def test_nothing_happens_on_a_closed_wallet_any_more(alice: Wallet, bob: Wallet) -> None:
    close(wallet=bob, at=timezone.now())
    body = {"phone": BOB, "amount": won("5000")}
    sent = Caller(alice).post(f"/wallets/{alice.public_id}/transfers", body)
    assert (sent.status_code, sent.json()["code"]) == (404, "unknown_recipient")
    now = timezone.now()
    for act in (
        lambda: topups.ask(wallet=bob, amount=Money(1, "KRW"), at=now),
        lambda: freeze_own(wallet=bob, at=now),
        lambda: set_tier(
            wallet=bob, tier=Wallet.Tier.VERIFIED, actor="staff:1", reason="x", at=now
        ),
    ):
        with pytest.raises(WalletNotOpen):
            act()
    bob.refresh_from_db()
    for change in (impose, lift):
        with pytest.raises(WalletNotOpen):
            change(bob, Freeze.Cause.HOLDER, at=now)


def test_after_closing_a_new_wallet_is_opened_and_found(alice: Wallet, bob: Wallet) -> None:
    again = Caller(bob).post("/wallets", {"currency": "KRW"})
    assert (again.status_code, again.json()["code"]) == (409, "wallet_exists")
    close(wallet=bob, at=timezone.now())
    made = Caller(bob).post("/wallets", {"currency": "KRW"})
    assert (made.status_code, made.json()["status"]) == (201, "OPEN")
    assert made.json()["tier"] == "UNVERIFIED"
    new = Wallet.objects.get(public_id=made.json()["id"])
    empty(alice, BOB)
    assert (held(new), held(bob)) == (50_000, 0)
    assert len(Caller(bob).get("/wallets").json()) == 2
    fund(alice, Money(1, "KRW"))
    empty(alice, BOB)
    empty(new, ALICE)
    assert ask_to_close(new).json()["status"] == "CLOSED"


@pytest.mark.parametrize(
    ("currency", "status", "code"),
    [
        ("CHF", 400, "currency_not_offered"),
        ("XXX", 400, "currency_not_offered"),
        ("", 400, "invalid_request"),
        ("K" * 13, 400, "invalid_request"),
    ],
)
def test_a_wallet_is_opened_only_in_a_currency_that_is_offered(
    bob: Wallet, currency: str, status: int, code: str
) -> None:
    answer = Caller(bob).post("/wallets", {"currency": currency})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Wallet.objects.filter(holder=bob.holder).count() == 1


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("status = 'CLOSED'", "wallet_wallet_closed_once"),
        ("closed_at = now()", "wallet_wallet_closed_once"),
        ("tier = 'GOLD'", "wallet_wallet_tier_known"),
        ("status = 'ASLEEP'", "wallet_wallet_status_known"),
    ],
)
def test_a_wallet_that_makes_no_sense_is_refused(
    bob: Wallet, change: str, constraint: str
) -> None:
    assert refused(f"UPDATE wallet_wallet SET {change}") == constraint


@pytest.mark.django_db(transaction=True)
def test_sixteen_new_wallets_at_once_are_one(bob: Wallet) -> None:
    close(wallet=bob, at=timezone.now())

    def act(_: int) -> bool:
        try:
            open_wallet(holder=bob.holder, currency="KRW", at=timezone.now())
        except WalletExists:
            return False
        return True

    assert sum(all_at_once(act)) == 1


@pytest.mark.django_db(transaction=True)
def test_closing_and_money_coming_in_do_not_pass_each_other(alice: Wallet, bob: Wallet) -> None:
    """Transfers to a wallet race with its closing: a closed wallet is empty."""

    def act(number: int) -> str:
        try:
            if number % 2:
                return str(close(wallet=bob, at=timezone.now()).status)
            body = {"phone": BOB, "amount": won("1000")}
            return str(
                Caller(alice).post(f"/wallets/{alice.public_id}/transfers", body).status_code
            )
        except WalletError as exc:
            return exc.code

    outcomes = all_at_once(act)
    arrived = outcomes.count("201")
    assert set(outcomes) <= {"201", "404", "409", "CLOSED", "wallet_not_empty"}
    assert held(bob) == 1_000 * arrived
    assert (Wallet.objects.get(pk=bob.pk).status == "CLOSED") is (arrived == 0)
