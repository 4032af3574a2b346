"""Bank accounts: read, compared with the bank's name for them, and verified by a code."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from tests.wallet.bank import Counter, stands
from tests.wallet.people import Caller
from tests.wallet.withdrawals.people import NUMBER, add, added, read_code, say_code, verified
from wallet.errors import AccountCodeExpired, BankAccountState, WalletError
from wallet.models import BankAccount, Wallet
from wallet.withdrawals import accounts
from wallet.withdrawals.accounts import EDGES, code_of
from wallet.withdrawals.numbers import BANKS, normal_number


@pytest.mark.parametrize(
    ("bank_code", "text", "code", "number"),
    [
        ("090", "3333-01-1234567", "090", "3333011234567"),
        ("088", "110 123 456789", "088", "110123456789"),
        ("", "DE89 3704 0044 0532 0130 00", "IBAN", "DE89370400440532013000"),
        ("004", "gb29nwbk60161331926819", "IBAN", "GB29NWBK60161331926819"),
    ],
)
def test_a_number_is_read(bank_code: str, text: str, code: str, number: str) -> None:
    assert normal_number(bank_code=bank_code, text=text) == (code, number)


@pytest.mark.parametrize(
    ("bank_code", "text", "refusal"),
    [
        ("090", "333301123456", "invalid_account_number"),
        ("092", "1000-1234-56789", "invalid_account_number"),
        ("090", "333301123456x", "invalid_account_number"),
        ("090", "٣٣٣٣٠١١٢٣٤٥٦٧", "invalid_account_number"),
        ("090", "", "invalid_account_number"),
        ("090", "1" * 99, "invalid_account_number"),
        ("", "DE88 3704 0044 0532 0130 00", "invalid_account_number"),
        ("", "XX89370400440532013000", "invalid_account_number"),
        ("999", "3333011234567", "unknown_bank"),
        ("", "3333011234567", "unknown_bank"),
    ],
)
def test_what_is_no_account_number_is_refused(bank_code: str, text: str, refusal: str) -> None:
    with pytest.raises(WalletError) as caught:
        normal_number(bank_code=bank_code, text=text)
    assert caught.value.code == refusal


@pytest.mark.parametrize("code", sorted(BANKS))
def test_each_bank_takes_its_lengths_and_no_other(code: str) -> None:
    for length in range(6, 20):
        try:
            normal_number(bank_code=code, text="1" * length)
            taken = True
        except WalletError:
            taken = False
        assert taken == (length in BANKS[code].digits)


@pytest.mark.django_db(transaction=True)
def test_an_account_is_verified_by_the_code_beside_the_deposit(
    alice: Wallet, bank: Counter
) -> None:
    account = added(alice)
    shown = Caller(alice).get(f"/bank-accounts/{account.public_id}").json()
    assert (shown["status"], shown["number"]) == ("AWAITING_CODE", "*********4567")
    answer = say_code(alice, account, read_code(bank, account))
    assert (answer.status_code, answer.json()["status"]) == (200, "VERIFIED")
    again = say_code(alice, account, read_code(bank, account))
    assert (again.status_code, again.json()["code"]) == (409, "bank_account_state")
    assert stands("expense:provider_fees") == 1
    assert stands("bank:operating") == bank.holds("operating") == -1


@pytest.mark.django_db(transaction=True)
def test_three_wrong_codes_refuse_the_account(alice: Wallet, bank: Counter) -> None:
    account = added(alice)
    right = read_code(bank, account)
    wrong = "000" if right != "000" else "001"
    for _ in range(3):
        answer = say_code(alice, account, wrong)
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_account_code")
    answer = say_code(alice, account, right)
    assert (answer.status_code, answer.json()["code"]) == (409, "bank_account_state")
    account.refresh_from_db()
    assert (account.status, account.refusal) == ("REFUSED", "WRONG_CODES")
    for text in ("12", "1234", "١٢٣", ""):
        assert say_code(alice, account, text).json()["code"] == "invalid_request"


@pytest.mark.django_db(transaction=True)
def test_a_code_is_good_for_half_an_hour(alice: Wallet, bank: Counter) -> None:
    account = added(alice)
    late = timezone.now() + accounts.CODE_VALID + timedelta(seconds=1)
    with pytest.raises(AccountCodeExpired):
        accounts.verify(account=account, code=code_of(account), at=late)
    account.refresh_from_db()
    assert account.status == "AWAITING_CODE"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("number", "refusal"),
    [("3333-01-1234000", "ACCOUNT_UNKNOWN"), ("3333-01-1234999", "NAME_DIFFERS")],
)
def test_an_account_that_is_not_the_holders_is_refused(
    alice: Wallet, bank: Counter, number: str, refusal: str
) -> None:
    account = added(alice, number=number)
    assert (account.status, account.refusal) == ("REFUSED", refusal)
    assert bank.see(f"/accounts/{account.number}")["deposits"] == []
    assert stands("expense:provider_fees") == 0


@pytest.mark.django_db(transaction=True)
def test_a_bank_that_did_not_answer_is_asked_again(
    alice: Wallet, bank: Counter, settings: LazySettings
) -> None:
    url, settings.BANK_URL = settings.BANK_URL, "http://127.0.0.1:1"
    account = added(alice)
    assert account.status == "CHECKING"
    settings.BANK_URL = url
    assert accounts.check_waiting(at=timezone.now()) == 0
    later = timezone.now() + accounts.CHECK_AFTER
    assert accounts.check_waiting(at=later) == 1
    assert accounts.check_waiting(at=later + accounts.CHECK_AFTER) == 0
    account.refresh_from_db()
    assert account.status == "AWAITING_CODE"
    accounts.check(account=account, at=later)
    assert len(bank.see(f"/accounts/{account.number}")["deposits"]) == 1


@pytest.fixture
def no_bank(settings: LazySettings) -> None:
    settings.BANK_URL = "http://127.0.0.1:1"


@pytest.mark.django_db
def test_an_account_is_listed_and_removed_and_may_be_added_again(
    alice: Wallet, bob: Wallet, no_bank: None
) -> None:
    account, caller = added(alice), Caller(alice)
    path = f"/bank-accounts/{account.public_id}"
    known = add(alice, number=NUMBER.replace("-", ""))
    assert (known.status_code, known.json()["code"]) == (409, "bank_account_known")
    assert [each["id"] for each in caller.get("/bank-accounts").json()] == [str(account.public_id)]
    assert Caller(bob).get("/bank-accounts").json() == []
    assert Caller(bob).get(path).status_code == 404
    assert Caller(bob).client.delete(f"/api/v1{path}").status_code == 404
    assert caller.client.delete(f"/api/v1{path}").status_code == 204
    assert caller.client.delete(f"/api/v1{path}").status_code == 404
    assert caller.get("/bank-accounts").json() == []
    assert added(alice).pk != account.pk


@pytest.mark.django_db
def test_the_same_key_adds_one_account(alice: Wallet, no_bank: None) -> None:
    first, again = add(alice, "k1"), add(alice, "k1")
    assert first.json() == again.json()
    assert BankAccount.objects.count() == 1


@pytest.mark.django_db
def test_ten_accounts_are_enough_removed_ones_included_for_a_day(
    alice: Wallet, no_bank: None
) -> None:
    for last in range(10):
        accounts.remove(account=added(alice, number=f"333301123456{last}"), at=timezone.now())
    answer = add(alice, number="3333019999991")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_bank_accounts")
    yesterday = timezone.now() - timedelta(hours=25)
    BankAccount.objects.filter(number="3333011234560").update(added_at=yesterday)
    added(alice, number="3333019999991")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"bank_code": "998"}, 400, "unknown_bank"),
        ({"number": "1"}, 400, "invalid_account_number"),
        ({"number": "1\x002"}, 400, "invalid_request"),
        ({"holder_name": ""}, 400, "invalid_request"),
        ({"holder_name": "가" * 61}, 400, "invalid_request"),
    ],
)
def test_bad_input_adds_nothing(
    alice: Wallet, no_bank: None, changes: dict[str, str], status: int, code: str
) -> None:
    answer = add(alice, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not BankAccount.objects.exists()


@pytest.mark.django_db
def test_a_stranger_adds_nothing_through_the_wallet_of_another(
    alice: Wallet, bob: Wallet, no_bank: None
) -> None:
    body = {"wallet": str(alice.public_id), "bank_code": "090", "number": NUMBER}
    answer = Caller(bob).post("/bank-accounts", {**body, "holder_name": "김지갑"})
    assert answer.status_code == 404
    Wallet.objects.filter(pk=alice.pk).update(status="FROZEN")
    assert add(alice).json()["code"] == "wallet_not_open"
    assert not BankAccount.objects.exists()


STATUSES = list(itertools.product(BankAccount.Status, repeat=2))


@pytest.mark.parametrize(("before", "after"), STATUSES, ids=lambda s: s.value)
def test_a_bank_account_goes_along_the_edges_only(
    before: BankAccount.Status, after: BankAccount.Status
) -> None:
    account = BankAccount(status=before)
    if (before, after) in EDGES:
        accounts.move(account, after)
        assert account.status == after
    else:
        with pytest.raises(BankAccountState):
            accounts.move(account, after)
        assert account.status == before


def test_codes_are_three_digits_and_differ(django_user_model: Any) -> None:
    codes = {code_of(BankAccount()) for _ in range(300)}
    assert all(len(code) == 3 and code.isdigit() for code in codes)
    assert len(codes) > 200


@pytest.mark.django_db(transaction=True)
def test_a_verified_account_is_shown_by_its_last_digits_only(alice: Wallet, bank: Counter) -> None:
    account = verified(alice, bank)
    text = Caller(alice).get("/bank-accounts").content.decode()
    assert account.number not in text
    assert account.number[-4:] in text
