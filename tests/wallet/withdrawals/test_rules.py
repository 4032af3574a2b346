"""Withdrawals: what may be asked for, and what of the bank's word is believed."""

from __future__ import annotations

import itertools
import logging
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from ledger.balances import trial_balance
from ledger.errors import CurrencyMismatch, InsufficientFunds
from ledger.money import Money
from tests.wallet.bank import call_back, stands
from tests.wallet.people import Caller, held, won
from tests.wallet.withdrawals.people import ask, asked, verified_without_bank
from wallet import withdrawals
from wallet.errors import BankAccountNotVerified, WalletNotOpen, WithdrawalState
from wallet.models import BankAccount, Wallet, Withdrawal
from wallet.proof.proofs import Means, Proof
from wallet.withdrawals import accounts
from wallet.withdrawals.deciding import EDGES, FEE_KEPT_FOR, move

FEE = 500


@pytest.fixture
def account(alice: Wallet, settings: LazySettings) -> BankAccount:
    settings.BANK_URL = "http://127.0.0.1:1"
    return verified_without_bank(alice)


@pytest.fixture
def on_its_way(alice: Wallet, account: BankAccount) -> dict[str, Any]:
    """Return the bank's message about a withdrawal that it has taken."""
    made = asked(alice, account, "7000")
    return {"kind": "WITHDRAWAL", "id": str(made.public_id), "status": "CONFIRMED", **won("7000")}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "http", "code"),
    [
        ({"id": str(uuid.UUID(int=0))}, 404, "unknown_withdrawal"),
        ({"amount": "7001"}, 404, "unknown_withdrawal"),
        ({"amount": "70.00", "currency": "USD"}, 404, "unknown_withdrawal"),
        ({"status": "SETTLED"}, 400, "unknown_bank_message"),
        ({"reason": "because"}, 400, "unknown_bank_message"),
        ({"kind": "TOP_UP", "status": "SETTLED"}, 404, "unknown_top_up"),
    ],
)
def test_a_callback_about_something_else_is_refused(
    alice: Wallet,
    on_its_way: dict[str, Any],
    settings: LazySettings,
    changes: dict[str, Any],
    http: int,
    code: str,
) -> None:
    answer = call_back(settings, {**on_its_way, **changes})
    assert (answer.status_code, answer.json()["code"]) == (http, code)
    assert stands("withdrawals:in_transit") == 7_000


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"secret": "another"}, {"timestamp": "1000000000"}])
def test_an_unsigned_or_old_callback_is_refused(
    alice: Wallet,
    on_its_way: dict[str, Any],
    settings: LazySettings,
    changes: dict[str, str],
) -> None:
    answer = call_back(settings, on_its_way, **changes)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert stands("withdrawals:in_transit") == 7_000


@pytest.mark.django_db
def test_what_was_returned_is_not_confirmed_any_more(
    alice: Wallet,
    on_its_way: dict[str, Any],
    settings: LazySettings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    returned = {**on_its_way, "status": "RETURNED", "reason": "BANK_FAILED"}
    for _ in range(2):
        assert call_back(settings, returned).status_code == 204
    with caplog.at_level(logging.WARNING, logger="wallet"):
        answer = call_back(settings, on_its_way)
    assert (answer.status_code, answer.json()["code"]) == (409, "withdrawal_state")
    assert "withdrawal_state" in caplog.text
    assert held(alice) == 50_000


@pytest.mark.django_db
def test_a_return_to_a_closed_wallet_waits_on_the_suspense_account(
    alice: Wallet, on_its_way: dict[str, Any], settings: LazySettings
) -> None:
    Wallet.objects.filter(pk=alice.pk).update(status="CLOSED", closed_at=timezone.now())
    returned = {**on_its_way, "status": "RETURNED", "reason": "ACCOUNT_CLOSED"}
    assert call_back(settings, returned).status_code == 204
    assert stands("suspense:unidentified") == 7_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "http", "code"),
    [("49501", 402, "insufficient_funds"), ("0", 400, "invalid_request")],
)
def test_the_wallet_holds_the_amount_and_the_fee(
    alice: Wallet, account: BankAccount, amount: str, http: int, code: str
) -> None:
    answer = ask(alice, account, amount)
    assert (answer.status_code, answer.json()["code"]) == (http, code)
    assert not Withdrawal.objects.exists()
    assert held(alice) == 50_000
    assert asked(alice, account, "49500").fee_minor == FEE
    assert held(alice) == 0


def ask_directly(wallet: Wallet, account: BankAccount, amount: Money) -> Withdrawal:
    return withdrawals.ask(
        wallet=wallet,
        bank_account=account,
        amount=amount,
        proof=Proof(wallet.holder_id, Means.PIN),
        at=timezone.now(),
    )


@pytest.mark.django_db
def test_only_an_open_wallet_pays_out_and_only_to_its_holders_verified_account(
    alice: Wallet, bob: Wallet, account: BankAccount
) -> None:
    ten = Money(10, "KRW")
    with pytest.raises(BankAccountNotVerified):
        ask_directly(bob, account, ten)
    with pytest.raises(CurrencyMismatch):
        ask_directly(alice, account, Money(10, "USD"))
    assert ask(bob, account, "10").status_code == 404
    Wallet.objects.filter(pk=alice.pk).update(status="FROZEN")
    with pytest.raises(WalletNotOpen):
        ask_directly(alice, account, ten)
    Wallet.objects.filter(pk=alice.pk).update(status="OPEN")
    accounts.remove(account=account, at=timezone.now())
    with pytest.raises(BankAccountNotVerified):
        ask_directly(alice, account, ten)
    assert not Withdrawal.objects.exists()


@pytest.mark.django_db
def test_one_key_withdraws_once_and_strangers_see_nothing(
    alice: Wallet, bob: Wallet, account: BankAccount
) -> None:
    first, again = ask(alice, account, "1000", "k1"), ask(alice, account, "1000", "k1")
    assert first.json() == again.json()
    ask(alice, account, "2000")
    path = f"/wallets/{alice.public_id}/withdrawals"
    page = Caller(alice).get(f"{path}?limit=1").json()
    rest = Caller(alice).get(f"{path}?limit=1&after={page['next']}").json()
    amounts = [each["amount"]["amount"] for each in page["items"] + rest["items"]]
    assert (amounts, rest["next"]) == (["2000", "1000"], None)
    shown = Caller(alice).get(f"/withdrawals/{first.json()['id']}").json()
    assert (shown["fee"], shown["number"]) == (won("500"), "*********4567")
    assert Caller(bob).get(f"/withdrawals/{first.json()['id']}").status_code == 404
    assert Caller(bob).get(path).status_code == 404


@pytest.mark.django_db
def test_asking_costs_a_bounded_number_of_queries(
    alice: Wallet, account: BankAccount, django_assert_max_num_queries: Any
) -> None:
    caller = Caller(alice)
    body = {"bank_account": str(account.public_id), "amount": won("1000")}
    with django_assert_max_num_queries(22):
        answer = caller.post(f"/wallets/{alice.public_id}/withdrawals", body)
    assert answer.status_code == 201


@pytest.mark.django_db(transaction=True)
def test_eight_withdrawals_at_once_take_no_more_than_there_is(
    alice: Wallet, account: BankAccount
) -> None:
    barrier = threading.Barrier(8)

    def act(_: int) -> int:
        barrier.wait()
        try:
            ask_directly(alice, account, Money(9_500, "KRW"))
        except InsufficientFunds:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(act, range(8))) == 5
    assert held(alice) == 0
    assert stands("withdrawals:in_transit") == 47_500
    assert trial_balance() == {"KRW": 0}


STATUSES = list(itertools.product(Withdrawal.Status, repeat=2))


@pytest.mark.parametrize(("before", "after"), STATUSES, ids=lambda s: s.value)
def test_a_withdrawal_goes_along_the_edges_only(
    before: Withdrawal.Status, after: Withdrawal.Status
) -> None:
    withdrawal = Withdrawal(status=before)
    if (before, after) in EDGES:
        move(withdrawal, after)
        assert withdrawal.status == after
    else:
        with pytest.raises(WithdrawalState) as caught:
            move(withdrawal, after)
        assert (caught.value.current, caught.value.wanted) == (before, after)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", [*sorted(FEE_KEPT_FOR), "BANK_FAILED", ""])
def test_the_fee_stays_only_where_the_holder_gave_an_account_that_takes_nothing(
    alice: Wallet, on_its_way: dict[str, Any], settings: LazySettings, reason: str
) -> None:
    returned = {**on_its_way, "status": "RETURNED", "reason": reason}
    assert call_back(settings, returned).status_code == 204
    assert held(alice) == 50_000 - (FEE if reason in FEE_KEPT_FOR else 0)
