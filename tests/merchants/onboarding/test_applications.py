"""From an application to a merchant: reviewed by one person, approved by another."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from ledger.accounts import account_id
from ledger.models import Account
from merchants.errors import (
    ApplicationState,
    MerchantError,
    NotStaff,
    PlanCurrencyOther,
    SecondPersonNeeded,
    SeenOther,
)
from merchants.fees.agreements import plan_of
from merchants.models import Application, FeePlan, Merchant, MerchantAudit, Store
from merchants.onboarding.applications import EDGES, move
from merchants.onboarding.bank_accounts import paid_to
from merchants.onboarding.decisions import approve, reject, review
from merchants.onboarding.digests import application_facts, digest_of
from merchants.store_codes import printed_code
from merchants.stores import make_merchant
from tests.merchants.cast import MINJI, Member, application, newcomer, refused_by
from tests.wallet.people import Caller, won
from wallet.models import User, Wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def minji() -> Wallet:
    return newcomer(MINJI)


@pytest.fixture
def plan() -> FeePlan:
    return FeePlan.objects.create(name="standard", rate_bps=175)


@pytest.fixture
def asked(minji: Wallet) -> Application:
    answer = Caller(minji).post("/merchant-applications", application())
    assert answer.status_code == 201, answer.json()
    return Application.objects.get()


@pytest.fixture
def reviewed(asked: Application, plan: FeePlan, sena: User) -> Application:
    return review(application=asked, plan=plan, by=sena, at=timezone.now())


def seen(found: Application) -> str:
    return digest_of(application_facts(Application.objects.get(pk=found.pk)))


def test_a_business_applies_is_approved_by_two_and_is_paid(
    alice: Wallet, minji: Wallet, reviewed: Application, doyun: User, sena: User
) -> None:
    at = timezone.now()
    merchant = approve(application=reviewed, seen=seen(reviewed), by=doyun, at=at)
    shown = Caller(minji).get(f"/merchant-applications/{reviewed.public_id}").json()
    assert (shown["state"], shown["merchant_id"]) == ("APPROVED", merchant.public_id)
    account = paid_to(merchant=merchant, at=at)
    assert account is not None
    assert account.masked == "*********4567"
    assert plan_of(merchant=merchant, at=at).name == "standard"
    for part, stripes in (("payable", 16), ("in_transit", 1), ("reserve", 1)):
        opened = Account.objects.get(pk=account_id(f"merchant:{merchant.public_id}:{part}", "KRW"))
        assert opened.stripes == stripes
    member = Member(minji, merchant)
    (store,) = member.get("/merchant/stores").json()["items"]
    body = {
        "wallet_id": str(alice.public_id),
        "payload": printed_code(Store.objects.get(public_id=store["id"])),
        "amount": won("12000"),
    }
    assert Caller(alice).post("/payments", body).status_code == 201
    actions = MerchantAudit.objects.filter(application=reviewed).order_by("pk")
    assert [(line.action, line.actor) for line in actions] == [
        ("application.submitted", f"user:{minji.holder_id}"),
        ("application.reviewed", f"user:{sena.pk}"),
        ("application.approved", f"user:{doyun.pk}"),
    ]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"registration_number": "124-81-00997"}, 400, "invalid_registration_number"),
        ({"registration_number": "124810099"}, 400, "invalid_registration_number"),
        ({"registration_number": "\u0661248100998"}, 400, "invalid_registration_number"),
        ({"registration_number": "1" * 99}, 400, "invalid_request"),
        ({"contact_phone": "110"}, 400, "invalid_phone"),
        ({"contact_email": "nobody"}, 400, "invalid_request"),
        ({"bank_code": "998"}, 400, "unknown_bank"),
        ({"bank_number": "1"}, 400, "invalid_account_number"),
        ({"currency": "XXX"}, 400, "unknown_currency"),
        ({"kind": "CAT"}, 400, "invalid_request"),
        ({"store_latin_name": "모퉁이"}, 400, "invalid_request"),
        ({"store_city": "S" * 16}, 400, "invalid_request"),
        ({"merchant_category_code": "\u0665411"}, 400, "invalid_request"),
        ({"legal_name": "\u202e가게"}, 400, "invalid_request"),
        ({"legal_name": "\x00"}, 400, "invalid_request"),
        ({"store_address": ""}, 400, "invalid_request"),
        ({"legal_name": ["a"]}, 400, "invalid_request"),
    ],
)
def test_a_bad_application_is_refused(
    minji: Wallet, changes: dict[str, str], status: int, code: str
) -> None:
    answer = Caller(minji).post("/merchant-applications", application(**changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    assert not Application.objects.exists()
    assert not MerchantAudit.objects.exists()


def test_a_business_applies_once_and_is_a_merchant_once(
    minji: Wallet, reviewed: Application, doyun: User
) -> None:
    again = Caller(newcomer("+821077770000")).post("/merchant-applications", application())
    assert (again.status_code, again.json()["code"]) == (409, "application_open")
    approve(application=reviewed, seen=seen(reviewed), by=doyun, at=timezone.now())
    again = Caller(minji).post("/merchant-applications", application())
    assert (again.status_code, again.json()["code"]) == (409, "already_merchant")


def test_an_application_sent_again_with_its_key_is_one(minji: Wallet) -> None:
    caller = Caller(minji)
    first = caller.post("/merchant-applications", application(), "k1")
    again = caller.post("/merchant-applications", application(), "k1")
    assert first.json() == again.json()
    other = caller.post("/merchant-applications", application(kind="SOLE"), "k1")
    assert other.status_code == 422


def test_an_application_is_its_applicants_own(asked: Application) -> None:
    stranger = Caller(newcomer("+821077770000"))
    path = f"/merchant-applications/{asked.public_id}"
    assert stranger.get(path).status_code == 404
    assert stranger.put(path, application()).status_code == 404
    assert stranger.post(f"{path}/withdraw", {}).status_code == 404
    assert stranger.get("/merchant-applications").json()["items"] == []


def test_an_amended_application_is_reviewed_again_and_not_approved_unseen(
    minji: Wallet, reviewed: Application, plan: FeePlan, sena: User, doyun: User
) -> None:
    looked_at = seen(reviewed)
    path, caller = f"/merchant-applications/{reviewed.public_id}", Caller(minji)
    amended = caller.put(path, application(bank_number="3333-01-7654321"))
    assert (amended.status_code, amended.json()["state"]) == (200, "SUBMITTED")
    with pytest.raises(ApplicationState):
        approve(application=reviewed, seen=looked_at, by=doyun, at=timezone.now())
    review(application=reviewed, plan=plan, by=sena, at=timezone.now())
    with pytest.raises(SeenOther):
        approve(application=reviewed, seen=looked_at, by=doyun, at=timezone.now())
    assert not Merchant.objects.exists()
    approve(application=reviewed, seen=seen(reviewed), by=doyun, at=timezone.now())
    assert caller.put(path, application()).json()["code"] == "application_state"


def test_another_plan_than_was_seen_is_not_approved(
    reviewed: Application, sena: User, doyun: User
) -> None:
    looked_at = seen(reviewed)
    free = FeePlan.objects.create(name="free", rate_bps=0)
    review(application=reviewed, plan=free, by=sena, at=timezone.now())
    with pytest.raises(SeenOther):
        approve(application=reviewed, seen=looked_at, by=doyun, at=timezone.now())


def test_it_takes_two_of_our_own_people(
    minji: Wallet, asked: Application, plan: FeePlan, sena: User, doyun: User
) -> None:
    at = timezone.now()
    with pytest.raises(NotStaff):
        review(application=asked, plan=plan, by=minji.holder, at=at)
    with pytest.raises(NotStaff):
        reject(application=asked, reason="no", by=minji.holder, at=at)
    minji.holder.is_staff = True
    with pytest.raises(SecondPersonNeeded):
        review(application=asked, plan=plan, by=minji.holder, at=at)
    review(application=asked, plan=plan, by=sena, at=at)
    for one in (sena, minji.holder):
        with pytest.raises(SecondPersonNeeded):
            approve(application=asked, seen=seen(asked), by=one, at=at)
    doyun.is_active = False
    with pytest.raises(NotStaff):
        approve(application=asked, seen=seen(asked), by=doyun, at=at)


def test_a_plan_in_another_currency_is_not_proposed(asked: Application, sena: User) -> None:
    plan = FeePlan.objects.create(name="usd", rate_bps=175, currency="USD")
    with pytest.raises(PlanCurrencyOther):
        review(application=asked, plan=plan, by=sena, at=timezone.now())


def test_a_rejection_says_why_and_lets_the_business_apply_again(
    minji: Wallet, asked: Application, sena: User
) -> None:
    reject(application=asked, reason="서류 미비", by=sena, at=timezone.now())
    caller = Caller(minji)
    shown = caller.get(f"/merchant-applications/{asked.public_id}").json()
    assert (shown["state"], shown["rejection"]) == ("REJECTED", "서류 미비")
    assert caller.post("/merchant-applications", application()).status_code == 201


def test_an_application_is_withdrawn_once(minji: Wallet, asked: Application) -> None:
    path = f"/merchant-applications/{asked.public_id}/withdraw"
    for _ in range(2):
        answer = Caller(minji).post(path, {})
        assert (answer.status_code, answer.json()["state"]) == (200, "WITHDRAWN")
    assert MerchantAudit.objects.filter(action="application.withdrawn").count() == 1


EVENTS = ("amend", "review", "approve", "reject", "withdraw")


@pytest.mark.parametrize(("state", "event"), list(product(Application.State, EVENTS)))
def test_an_application_goes_along_the_edges_only(state: Application.State, event: str) -> None:
    found = Application(state=state)
    if (state, event) in EDGES:
        move(found, event)
        assert found.state == EDGES[state, event]
    else:
        with pytest.raises(ApplicationState):
            move(found, event)
        assert found.state == state
    decided = {"APPROVED", "REJECTED", "WITHDRAWN"}
    assert ((state, event) in EDGES) <= (state.value not in decided)


@pytest.mark.django_db(transaction=True)
def test_eight_approvals_at_once_make_one_merchant(reviewed: Application, doyun: User) -> None:
    looked_at, barrier = seen(reviewed), threading.Barrier(8)

    def act(_: int) -> str:
        barrier.wait()
        try:
            approve(application=reviewed, seen=looked_at, by=doyun, at=timezone.now())
        except MerchantError as exc:
            return exc.code
        finally:
            connection.close()
        return "approved"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(act, range(8))) == ["application_state"] * 7 + ["approved"]
    assert Merchant.objects.count() == Store.objects.count() == 1


def test_the_database_keeps_applications_whole(
    reviewed: Application, sena: User, doyun: User
) -> None:
    at = timezone.now()
    approve(application=reviewed, seen=seen(reviewed), by=doyun, at=at)
    for name, changes in (
        ("merchants_application_two_persons", {"decided_by": sena}),
        ("merchants_application_two_persons", {"decided_by": reviewed.applicant}),
        ("merchants_application_two_persons", {"reviewed_by": reviewed.applicant}),
        ("merchants_application_two_persons", {"reviewed_by": None}),
        ("merchants_application_approval_whole", {"approved_digest": ""}),
        ("merchants_application_approval_whole", {"merchant": None}),
        ("merchants_application_state_known", {"state": "ODD"}),
        ("merchants_application_rejection_says_why", {"state": "REJECTED"}),
    ):
        with refused_by(name):
            Application.objects.update(**changes)
    found = Application.objects.get()
    found.pk, found.public_id = None, "00000000-0000-0000-0000-000000000001"
    found.state, found.merchant = "SUBMITTED", None
    found.save(force_insert=True)
    found.pk, found.public_id = None, "00000000-0000-0000-0000-000000000002"
    with refused_by("merchants_application_open_once"):
        found.save(force_insert=True)


def test_the_database_keeps_merchants_whole(reviewed: Application, doyun: User) -> None:
    merchant = approve(application=reviewed, seen=seen(reviewed), by=doyun, at=timezone.now())
    for name, changes in (
        ("merchants_merchant_status_known", {"status": "ODD"}),
        ("merchants_merchant_registration_number_formed", {"registration_number": "12"}),
    ):
        with refused_by(name):
            Merchant.objects.update(**changes)
    with refused_by("merchants_merchant_registered_once"):
        make_merchant(
            legal_name="x", currency="KRW", registration_number=merchant.registration_number
        )


def test_audit_lines_are_never_changed(asked: Application) -> None:
    lines: Any = MerchantAudit.objects.all()
    for act in (lambda: lines.update(reason="x"), lines.delete):
        with pytest.raises(DatabaseError, match="history is final"), transaction.atomic():
            act()
    at = timezone.now()
    with refused_by("merchants_audit_of_something"):
        MerchantAudit.objects.create(action="x", actor="x", happened_at=at)
    with refused_by("merchants_audit_says_who_and_what"):
        MerchantAudit.objects.create(application=asked, action="x", actor="", happened_at=at)
