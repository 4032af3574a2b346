"""Nobody reads or touches another's data: every route with an object in it, asked by a stranger.

The routes come from the URL table: one that is added without an object here fails this file. What
is another's is answered like what is not there at all.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from merchants.models import Allowance, FeePlan
from merchants.offline import allowances
from merchants.store_codes import printed_code
from merchants.stores import take_on
from tests.wallet.devices.phones import Phone
from tests.wallet.people import ALICE, BOB, PASSWORD, Caller, fund, held, proven, won
from tests.wallet.withdrawals.people import verified_without_bank
from wallet.chart import open_chart
from wallet.models import Device, PushSubscription, Session, Wallet
from wallet.people import sign_up
from wallet.withdrawals import asking

from ledger.money import Money  # isort: skip

pytestmark = pytest.mark.django_db
SEOUL = ZoneInfo("Asia/Seoul")
MALLORY = "+821066660000"
ABSENT = str(uuid.UUID(int=0))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# A merchant's staff and keys have a matrix of their own.
OTHERS = re.compile(r"^(merchant|merchants|merchant-\w+)(/|$)|^stores/|^callbacks/")
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# What cannot be somebody's: a month is in everybody's calendar.
FREE = {"month": f"{timezone.localtime(timezone=SEOUL):%Y-%m}"}


def routes() -> list[str]:
    """Return the addresses under /api/v1 that have an object in them."""
    return sorted({path for path in _paths(get_resolver(), "") if "<" in path})


def _paths(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _paths(entry, path)
        elif path.startswith("api/v1/"):
            short = path.removeprefix("api/v1/")
            if not OTHERS.match(short):
                yield short


@pytest.fixture
def things() -> dict[str, str]:
    """What Alice has, one of each, by the name it has in addresses."""
    open_chart("KRW")
    alice, bob = (
        sign_up(phone=phone, password=PASSWORD, currency="KRW", at=timezone.now())
        for phone in (ALICE, BOB)
    )
    fund(alice, Money(90_000, "KRW"))
    caller, base = Caller(alice), f"/wallets/{alice.public_id}"
    to_bob = {"phone": BOB, "amount": won("1000")}

    def made(path: str, body: dict[str, Any]) -> str:
        answer = caller.post(path, body)
        assert answer.status_code == 201, answer.json()
        return str(answer.json().get("id") or answer.json().get("number"))

    found = {
        "wallet_id": str(alice.public_id),
        "transfer_id": made(f"{base}/transfers", to_bob),
        "claim_id": made(f"{base}/claims", {"phone": "+821099990000", "amount": won("1000")}),
        "scheduled_id": made(f"{base}/scheduled-transfers", to_bob | {"delay_seconds": 3600}),
        "request_id": made(f"{base}/money-requests", to_bob),
        "split_id": made(f"{base}/splits", {"total": won("3000"), "payees": [{"phone": BOB}]}),
        "top_up_id": made(f"{base}/top-ups", {"amount": won("1000")}),
        "step_up_id": made("/step-ups", {"method": "POST", "path": "/api/v1/pin"}),
    }
    found |= _kept(alice)
    (line, *_) = caller.get(f"{base}/activity").json()["lines"]
    assert bob.pk
    return found | {"entry_id": str(line["id"]), **FREE}


def _kept(alice: Wallet) -> dict[str, str]:
    now, phone = timezone.now(), Phone(alice.holder)
    phone.bind(alice)
    account = verified_without_bank(alice)
    withdrawal = asking.ask(
        wallet=alice,
        bank_account=account,
        amount=Money(5_000, "KRW"),
        proof=proven(alice),
        at=now,
    )
    browser = PushSubscription.objects.create(
        person=alice.holder,
        endpoint="https://push.example/1",
        public_key=b"k",
        auth_secret=b"s",
        made_at=now,
    )
    body = {"phone": ALICE, "password": PASSWORD}
    Client().post("/api/v1/tokens", body, content_type="application/json")
    plan = FeePlan.objects.create(name="standard", rate_bps=175)
    store = take_on(
        legal_name="Corner Shop",
        currency="KRW",
        fee_plan=plan,
        name="Corner Shop",
        latin_name="Corner Shop",
        city="Seoul",
        merchant_category_code="5411",
    )
    paid = {"wallet_id": str(alice.public_id), "payload": printed_code(store)}
    payment = Caller(alice).post("/payments", paid | {"amount": won("2000")})
    claim = {"reason": "NOT_RECEIVED", "statement": "It never came."}
    Caller(alice).post(f"/payments/{payment.json()['number']}/dispute", claim)
    return {
        "account_id": str(account.public_id),
        "allowance_id": str(_allowance(alice).public_id),
        "withdrawal_id": str(withdrawal.public_id),
        "subscription_id": str(browser.public_id),
        "device_id": phone.device,
        "session_id": str(Session.objects.get().public_id),
        "number": payment.json()["number"],
    }


def _allowance(alice: Wallet) -> Allowance:
    now = timezone.now()
    Wallet.objects.filter(pk=alice.pk).update(
        opened_at=now - timedelta(days=30), tier=Wallet.Tier.VERIFIED
    )
    alice.refresh_from_db()
    return allowances.issue(
        wallet=alice,
        device=Device.objects.get(user=alice.holder),
        amount=Money(1_000, "KRW"),
        proof=proven(alice),
        at=now,
    )


def fill(route: str, things: dict[str, str], *, absent: bool = False) -> str:
    """Put objects into an address; absent ones keep what cannot be somebody's."""

    def value(match: re.Match[str]) -> str:
        kind, name = match.groups()
        if not absent or name in FREE:
            return things[name]
        return {"uuid": ABSENT, "int": "999999999"}.get(kind, "000000000000000000")

    return _PARAMETER.sub(value, route)


def test_every_route_with_an_object_has_one_here(things: dict[str, str]) -> None:
    named = {name for route in routes() for _, name in _PARAMETER.findall(route)}
    assert named == set(things)
    assert len(routes()) > 35


def test_a_stranger_finds_nothing_and_moves_nothing(things: dict[str, str]) -> None:
    mallory = Caller(sign_up(phone=MALLORY, password=PASSWORD, currency="KRW", at=timezone.now()))
    alice = Wallet.objects.get(public_id=things["wallet_id"])
    before = held(alice)
    wrong = []
    for route in routes():
        for method in METHODS:
            foreign, absent = (
                mallory.once(method, "/" + fill(route, things, absent=is_absent), {}, "")
                for is_absent in (False, True)
            )
            if foreign.status_code == 405:
                continue
            said = [(a.status_code, a.json().get("code")) for a in (foreign, absent)]
            # Without a body it is looked for first; a missing body or key is refused either way.
            if said[0] != said[1] or said[0][0] not in {404, 400}:
                wrong.append((method, route, said))
            if method in {"GET", "DELETE"} and said[0][0] != 404:
                wrong.append((method, route, said))
    assert wrong == []
    assert held(alice) == before
    assert Wallet.objects.get(pk=alice.pk).status == "OPEN"


def test_nobody_at_all_is_told_to_sign_in(things: dict[str, str]) -> None:
    client, wrong = Client(), []
    for route in routes():
        for method in METHODS:
            answer = client.generic(method, "/api/v1/" + fill(route, things))
            if answer.status_code not in {401, 405}:
                wrong.append((method, route, answer.status_code))
    assert wrong == []


def test_the_owner_reads_each_of_them(things: dict[str, str]) -> None:
    alice = Caller(Wallet.objects.get(public_id=things["wallet_id"]))
    wrong = []
    for route in routes():
        answer = alice.once("GET", "/" + fill(route, things), None, "")
        if answer.status_code not in {200, 405} and "virtual" not in route and "auto" not in route:
            wrong.append((route, answer.status_code))
    assert wrong == []
