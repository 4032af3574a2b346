"""A merchant's bank account changes by a request, another person's approval, and time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from merchants.errors import BankAccountDecided, NotStaff, SecondPersonNeeded, SeenOther
from merchants.models import MerchantBankAccount, Store
from merchants.onboarding.bank_accounts import (
    COOLING_OFF,
    approve_change,
    paid_to,
    reject_change,
)
from merchants.onboarding.digests import account_facts, digest_of
from tests.merchants.cast import NUMBER, Member, refused_by
from wallet.models import User, Wallet

pytestmark = pytest.mark.django_db


def ask(owner: Member, key: str | None = None, **changes: str) -> Any:
    body = {"bank_code": "090", "number": NUMBER, "holder_name": "모퉁이가게", **changes}
    return owner.post("/merchant/bank-accounts", body, key)


def requested(owner: Member, **changes: str) -> MerchantBankAccount:
    answer = ask(owner, **changes)
    assert answer.status_code == 201, answer.json()
    return MerchantBankAccount.objects.select_related("merchant").get(
        public_id=answer.json()["id"]
    )


def seen(account: MerchantBankAccount) -> str:
    return digest_of(account_facts(account))


def test_a_changed_account_is_paid_to_after_the_cooling_off(
    owner: Member, corner_shop: Store, sena: User
) -> None:
    merchant, now = corner_shop.merchant, timezone.now()
    first = requested(owner)
    approve_change(account=first, seen=seen(first), by=sena, at=now)
    second = requested(owner, number="3333-01-7654321")
    later = now + COOLING_OFF
    approve_change(account=second, seen=seen(second), by=sena, at=later)
    before = later + COOLING_OFF - timedelta(microseconds=1)
    assert paid_to(merchant=merchant, at=now) is None
    assert paid_to(merchant=merchant, at=later) == paid_to(merchant=merchant, at=before) == first
    assert paid_to(merchant=merchant, at=later + COOLING_OFF) == second
    items = owner.get("/merchant/bank-accounts").json()["items"]
    assert [item["number"] for item in items] == ["*********4321", "*********4567"]


def test_a_request_is_approved_by_our_people_who_saw_it(
    owner: Member, minji: Wallet, sena: User
) -> None:
    account, now = requested(owner), timezone.now()
    with pytest.raises(NotStaff):
        approve_change(account=account, seen=seen(account), by=minji.holder, at=now)
    with pytest.raises(SeenOther):
        approve_change(account=account, seen="0" * 64, by=sena, at=now)
    minji.holder.is_staff = True
    with pytest.raises(SecondPersonNeeded):
        approve_change(account=account, seen=seen(account), by=minji.holder, at=now)
    approve_change(account=account, seen=seen(account), by=sena, at=now)
    with pytest.raises(BankAccountDecided):
        approve_change(account=account, seen=seen(account), by=sena, at=now)
    with pytest.raises(BankAccountDecided):
        reject_change(account=account, reason="no", by=sena, at=now)


def test_one_request_at_a_time_which_is_taken_back_or_rejected(owner: Member, sena: User) -> None:
    first = requested(owner)
    answer = ask(owner, number="3333-01-7654321")
    assert (answer.status_code, answer.json()["code"]) == (409, "bank_account_requested")
    path = f"/merchant/bank-accounts/{first.public_id}"
    assert owner.delete(path).json()["state"] == "CANCELLED"
    assert owner.delete(path).json()["code"] == "bank_account_decided"
    second = requested(owner)
    reject_change(account=second, reason="다른 명의", by=sena, at=timezone.now())
    shown = owner.get("/merchant/bank-accounts").json()["items"][0]
    assert (shown["state"], shown["reason"]) == ("REJECTED", "다른 명의")


def test_an_owner_objects_while_it_cools_off(
    owner: Member, corner_shop: Store, sena: User
) -> None:
    account, now = requested(owner), timezone.now()
    approve_change(account=account, seen=seen(account), by=sena, at=now)
    path = f"/merchant/bank-accounts/{account.public_id}"
    assert owner.delete(path).json()["state"] == "CANCELLED"
    assert paid_to(merchant=corner_shop.merchant, at=now + COOLING_OFF) is None
    used = requested(owner)
    approve_change(account=used, seen=seen(used), by=sena, at=now - COOLING_OFF)
    answer = owner.delete(f"/merchant/bank-accounts/{used.public_id}")
    assert answer.json()["code"] == "bank_account_decided"


def test_asking_needs_a_second_proof_and_a_real_account(
    owner: Member, minji: Wallet, corner_shop: Store
) -> None:
    without = Member(minji, corner_shop.merchant, steps_up=False)
    assert ask(without).json()["code"] == "step_up_required"
    for changes, code in (
        ({"bank_code": "998"}, "unknown_bank"),
        ({"number": "1"}, "invalid_account_number"),
        ({"holder_name": ""}, "invalid_request"),
        ({"number": "1\x00"}, "invalid_request"),
    ):
        answer = ask(owner, **changes)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not MerchantBankAccount.objects.exists()


def test_the_same_key_asks_once(owner: Member) -> None:
    assert ask(owner, "k1").json() == ask(owner, "k1").json()
    assert MerchantBankAccount.objects.count() == 1


def test_the_database_keeps_accounts_whole(owner: Member, sena: User) -> None:
    account, now = requested(owner), timezone.now()
    approve_change(account=account, seen=seen(account), by=sena, at=now)
    early = now - timedelta(seconds=1)
    for name, changes in (
        ("merchants_bank_account_state_known", {"state": "ODD", "usable_from": None}),
        ("merchants_bank_account_two_persons", {"decided_by": account.requested_by_id}),
        ("merchants_bank_account_two_persons", {"decided_by": None}),
        ("merchants_bank_account_two_persons", {"approved_digest": ""}),
        ("merchants_bank_account_usable_once_approved", {"usable_from": early}),
        ("merchants_bank_account_usable_once_approved", {"usable_from": None}),
        ("merchants_bank_account_usable_once_approved", {"state": "REJECTED"}),
    ):
        with refused_by(name):
            MerchantBankAccount.objects.update(**changes)
    requested(owner)
    with refused_by("merchants_bank_account_one_request"):
        MerchantBankAccount.objects.update(state="REQUESTED", usable_from=None)
