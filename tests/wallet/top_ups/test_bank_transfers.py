"""Money that a holder pays into the account number of a wallet, asked for or not."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from ledger.money import Money
from tests.wallet.bank import Counter, call_back, stands, stays, told, until
from tests.wallet.people import Caller, held, won
from wallet import callbacks, topups
from wallet.models import BankCredit, TopUp, VirtualAccount, Wallet
from wallet.topups.arriving import take_credit
from wallet.topups.numbers import keep


def number_of(wallet: Wallet) -> str:
    answer = Caller(wallet).get(f"/wallets/{wallet.public_id}/virtual-account")
    assert answer.status_code == 200, answer.json()
    return str(answer.json()["number"])


def ask(wallet: Wallet, amount: str) -> TopUp:
    body = {"amount": won(amount), "provider": "BANK_TRANSFER"}
    answer = Caller(wallet).post(f"/wallets/{wallet.public_id}/top-ups", body)
    assert answer.status_code == 201, answer.json()
    return TopUp.objects.get(public_id=answer.json()["id"])


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_for_and_paid_settles_the_top_up(alice: Wallet, bank: Counter) -> None:
    top_up = ask(alice, "10000")
    number = VirtualAccount.objects.get(wallet=alice).number
    assert number_of(alice) == number
    bank.do(f"/virtual-accounts/{number}/credits", **won("10000"))
    assert until(lambda: held(alice) == 60_000)
    found = TopUp.objects.get(pk=top_up.pk)
    assert (found.status, found.bank_credit.number) == ("SETTLED", number)
    assert found.provider_reference == found.bank_credit.reference
    assert stands("bank:safeguarding") == bank.holds() == 10_000
    assert told(alice)[-1] == "top_up.settled"


@pytest.mark.django_db(transaction=True)
def test_any_amount_paid_unasked_is_a_top_up_of_its_own(alice: Wallet, bank: Counter) -> None:
    pending = ask(alice, "10000")
    for amount in ("777", "778", "778"):
        bank.do(f"/virtual-accounts/{number_of(alice)}/credits", **won(amount))
    assert until(lambda: held(alice) == 52_333)
    assert TopUp.objects.get(pk=pending.pk).status == "PENDING"
    assert BankCredit.objects.filter(top_up__wallet=alice).count() == 3
    assert stands("bank:safeguarding") == bank.holds() == 2_333


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("amount", ["10092", "10093"], ids=["told twice", "never told"])
def test_a_credit_counts_once_however_often_it_is_told(
    alice: Wallet, bank: Counter, amount: str
) -> None:
    bank.do(f"/virtual-accounts/{number_of(alice)}/credits", **won(amount))
    if amount.endswith("93"):
        assert stays(lambda: held(alice) == 50_000)
    for _ in range(2):
        callbacks.read_feed(at=timezone.now())
    assert until(lambda: held(alice) == 50_000 + int(amount))
    assert stays(lambda: held(alice) == 50_000 + int(amount))
    assert stands("bank:safeguarding") == bank.holds() == int(amount)


@pytest.mark.django_db(transaction=True)
def test_money_for_an_unknown_number_waits_on_the_suspense_account(
    alice: Wallet, bank: Counter
) -> None:
    bank.do("/virtual-accounts/790000000000/credits", **won("300"))
    assert callbacks.read_feed(at=timezone.now()) == 1
    assert stands("suspense:unidentified") == stands("bank:safeguarding") == bank.holds() == 300
    assert BankCredit.objects.get().top_up is None
    assert held(alice) == 50_000


@pytest.mark.django_db(transaction=True)
def test_without_the_bank_there_is_no_number_yet(alice: Wallet, settings: LazySettings) -> None:
    settings.BANK_URL = "http://127.0.0.1:1"
    answer = Caller(alice).get(f"/wallets/{alice.public_id}/virtual-account")
    assert (answer.status_code, answer.json()["code"]) == (424, "bank_not_answering")
    assert not VirtualAccount.objects.exists()


@pytest.fixture
def paid(alice: Wallet) -> dict[str, str]:
    keep(wallet=alice, number="790000000001", at=timezone.now())
    return {"kind": "CREDIT", "reference": "R1", "number": "790000000001", **won("500")}


@pytest.mark.django_db
def test_a_reference_stands_for_one_credit(
    alice: Wallet, paid: dict[str, str], settings: LazySettings
) -> None:
    for _ in range(2):
        assert call_back(settings, paid).status_code == 204
    for change in ({"amount": "501"}, {"number": "790000000002"}):
        answer = call_back(settings, {**paid, **change})
        assert (answer.status_code, answer.json()["code"]) == (409, "bank_reference_reused")
    assert call_back(settings, {**paid, "reference": ""}).status_code == 400
    assert call_back(settings, {**paid, "number": "79-1"}).status_code == 400
    assert held(alice) == 50_500


@pytest.mark.django_db
def test_a_bank_transfer_is_not_settled_by_word_alone(
    alice: Wallet, settings: LazySettings
) -> None:
    top_up = topups.ask(
        wallet=alice, amount=Money(500, "KRW"), at=timezone.now(), provider="BANK_TRANSFER"
    )
    message = {"kind": "TOP_UP", "id": str(top_up.public_id), "status": "SETTLED", **won("500")}
    answer = call_back(settings, message)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_top_up")
    assert held(alice) == 50_000


@pytest.mark.django_db
def test_what_is_not_paid_within_a_week_fails_and_may_still_be_paid(
    alice: Wallet, paid: dict[str, str], settings: LazySettings
) -> None:
    asked_at = timezone.now()
    top_up = topups.ask(
        wallet=alice, amount=Money(500, "KRW"), at=asked_at, provider="BANK_TRANSFER"
    )
    assert topups.poll(at=asked_at + timedelta(days=6)) == 0
    assert topups.poll(at=asked_at + timedelta(days=8)) == 1
    top_up.refresh_from_db()
    assert (top_up.status, top_up.failure_reason) == ("FAILED", "NOT_PAID")
    assert call_back(settings, paid).status_code == 204
    assert held(alice) == 50_500


@pytest.mark.django_db
def test_a_closed_wallet_takes_no_credit(
    alice: Wallet, paid: dict[str, str], settings: LazySettings
) -> None:
    Wallet.objects.filter(pk=alice.pk).update(status="CLOSED", closed_at=timezone.now())
    assert call_back(settings, paid).status_code == 204
    assert stands("suspense:unidentified") == 500
    assert held(alice) == 50_000


@pytest.mark.django_db(transaction=True)
def test_eight_deliveries_of_one_credit_at_once_count_once(
    alice: Wallet, paid: dict[str, str]
) -> None:
    barrier = threading.Barrier(8)

    def act(_: int) -> Any:
        barrier.wait()
        try:
            return take_credit(
                reference="R1",
                number=paid["number"],
                amount=Money(500, "KRW"),
                at=timezone.now(),
            ).top_up_id
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(act, range(8)))) == 1
    assert held(alice) == 50_500
    assert stands("bank:safeguarding") == 500
