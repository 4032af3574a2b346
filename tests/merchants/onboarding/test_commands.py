"""Deciding about merchants from the command line, as staff would."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from merchants.fees.agreements import plan_of, price_for
from merchants.models import Application, Merchant, MerchantBankAccount
from tests.merchants.cast import DOYUN, MINJI, SENA, Member, application, colleague, newcomer
from tests.wallet.people import Caller
from wallet.models import User

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def digest(text: str) -> str:
    return text.rsplit("digest: ", 1)[1].strip()


def test_a_shop_is_taken_on_by_two(sena: User, doyun: User) -> None:
    run("fee_plans", "make", "standard", "--bps", "175", "--rate", "CONSUMER:0:100:5")
    asked = Caller(newcomer(MINJI)).post("/merchant-applications", application()).json()["id"]
    assert asked in run("merchants", "applications")
    run("merchants", "review", asked, "--plan", "standard", "--by", SENA)
    seen = digest(run("merchants", "show", asked))
    made = run("merchants", "approve", asked, "--seen", seen, "--by", DOYUN)
    merchant = Merchant.objects.get()
    assert made == f"merchant {merchant.public_id}\n"
    assert run("merchants", "applications") == ""
    price = price_for(merchant=merchant, kind="CONSUMER", at=timezone.now())
    assert (price.rate_bps, price.fixed_minor) == (100, 5)


def test_a_shop_is_paid_elsewhere(owner: Member, sena: User) -> None:
    body = {"bank_code": "088", "number": "110-123-456789", "holder_name": "모퉁이가게"}
    change = owner.post("/merchant/bank-accounts", body).json()["id"]
    assert change in run("merchants", "accounts")
    shown = run("merchants", "show-account", change)
    assert "110123456789" in shown
    run("merchants", "approve-account", change, "--seen", digest(shown), "--by", SENA)
    assert MerchantBankAccount.objects.get(public_id=change).state == "APPROVED"


def test_a_shop_is_priced_anew_and_suspended(owner: Member, sena: User) -> None:
    run("fee_plans", "make", "cheap", "--bps", "90")
    merchant, now = Merchant.objects.get(), timezone.now()
    since = (now + timedelta(days=30)).isoformat()
    change = ("--plan", "cheap", "--from", since, "--by", SENA)
    run("fee_plans", "change", merchant.public_id, *change)
    assert plan_of(merchant=merchant, at=now + timedelta(days=31)).name == "cheap"
    assert run("fee_plans", "list").splitlines()[0] == "cheap KRW 90 bps + 0"
    for verb, status in (("suspend", "SUSPENDED"), ("lift", "ACTIVE")):
        run("merchants", verb, merchant.public_id, "--reason", "complaints", "--by", SENA)
        assert Merchant.objects.get().status == status


def test_an_application_and_a_request_are_turned_down(owner: Member, sena: User) -> None:
    caller = Caller(newcomer("+821077770000"))
    asked = caller.post("/merchant-applications", application()).json()["id"]
    run("merchants", "reject", asked, "--reason", "no papers", "--by", SENA)
    assert Application.objects.get().rejection == "no papers"
    body = {"bank_code": "088", "number": "110-123-456789", "holder_name": "x"}
    change = owner.post("/merchant/bank-accounts", body).json()["id"]
    run("merchants", "reject-account", change, "--reason", "other name", "--by", SENA)
    assert MerchantBankAccount.objects.get().state == "REJECTED"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("merchants show x", "not an id"),
        ("merchants show 00000000-0000-0000-0000-000000000000", "no such application"),
        ("merchants show-account 00000000-0000-0000-0000-000000000000", "no such request"),
        ("merchants suspend MNONE --reason x --by {SENA}", "no merchant MNONE"),
        ("merchants suspend {merchant} --reason x --by +821000000000", "nobody of our staff"),
        ("merchants suspend {merchant} --reason x --by {minji}", "nobody of our staff"),
        ("merchants suspend {merchant} --by {SENA}", "--reason"),
        ("fee_plans make standard --bps 1", "fee_plan_exists"),
        ("fee_plans make odd --bps 10001", "fee_plan_unsound"),
        ("fee_plans make odd --bps 1 --rate CASH:0:1", "fee_plan_unsound"),
        ("fee_plans make odd --bps 1 --rate ANY:1", "KIND:TURNOVER:BPS"),
        ("fee_plans make odd --bps 1 --currency XXX", "unknown_currency"),
        ("fee_plans change {merchant} --plan odd --by {SENA}", "no fee plan odd"),
        ("fee_plans change {merchant} --plan standard --from 2027-01-01 --by {SENA}", "2027"),
        (
            "fee_plans change {merchant} --plan standard --from 2020-01-01T00:00:00Z --by {SENA}",
            "agreement_backdated",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_done(
    owner: Member, sena: User, words: str, said: str
) -> None:
    before = Merchant.objects.get()
    named = words.format(SENA=SENA, minji=MINJI, merchant=before.public_id)
    with pytest.raises(CommandError, match=said):
        run(*named.split(" "))
    after = Merchant.objects.get()
    assert (after.status, after.agreements.count()) == (before.status, 1)


def test_one_person_does_not_do_both(sena: User) -> None:
    run("fee_plans", "make", "standard", "--bps", "175")
    asked = Caller(newcomer(MINJI)).post("/merchant-applications", application()).json()["id"]
    run("merchants", "review", asked, "--plan", "standard", "--by", SENA)
    seen = digest(run("merchants", "show", asked))
    with pytest.raises(CommandError, match="second_person_needed"):
        run("merchants", "approve", asked, "--seen", seen, "--by", SENA)
    colleague(DOYUN)
    with pytest.raises(CommandError, match="seen_other"):
        run("merchants", "approve", asked, "--seen", "0" * 64, "--by", DOYUN)
