"""Bodies that ask for more than their fields: others' columns, and amounts that are none."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from ledger.balances import trial_balance
from ledger.models import Transaction
from merchants.models import Store
from merchants.store_codes import printed_code
from tests.merchants.cast import Member, employ, newcomer
from tests.wallet.people import ALICE, BOB, PASSWORD, Caller, held, won
from tests.wallet.sms import code_sent
from wallet.models import ScheduledTransfer, TopUp, Transfer, User, Wallet

pytestmark = pytest.mark.django_db

# What the server alone decides, whatever a body says.
EXTRA: dict[str, Any] = {
    "id": str(uuid.UUID(int=7)),
    "pk": 1,
    "public_id": str(uuid.UUID(int=7)),
    "is_staff": True,
    "is_superuser": True,
    "is_active": False,
    "tier": "BUSINESS",
    "status": "SUCCEEDED",
    "state": "PAID",
    "balance": won("1000000"),
    "available": won("1000000"),
    "balance_minor": 10**9,
    "holder": 1,
    "holder_id": 1,
    "user_id": 1,
    "sender": str(uuid.UUID(int=7)),
    "sender_id": 1,
    "merchant": 1,
    "merchant_id": "M0",
    "fee": won("0"),
    "fee_plan": 1,
    "rate_bps": 0,
    "opened_at": "2001-01-01T00:00:00Z",
    "recorded_at": "2001-01-01T00:00:00Z",
}


@pytest.fixture
def bob(alice: Wallet) -> Wallet:
    return newcomer(BOB)


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each request body of the OpenAPI document, by its operation."""
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    for path in document["paths"].values():
        for operation in path.values():
            content = operation.get("requestBody", {}).get("content", {})
            name = content.get("application/json", {}).get("schema", {}).get("$ref", "")
            if name:
                shape = document["components"]["schemas"][name.rpartition("/")[2]]
                yield operation["operationId"], shape


def test_no_body_has_a_field_for_what_the_server_decides() -> None:
    found = {
        (operation, field)
        for operation, shape in bodies()
        for field in shape.get("properties", {})
        if field in EXTRA
    }
    assert found == set()
    assert len(dict(bodies())) > 50


def test_who_signs_up_is_nobody_special() -> None:
    client, phone = Client(), "+821077770001"
    client.post("/api/v1/phone-codes", {"phone": phone}, content_type="application/json")
    body = {"phone": phone, "password": PASSWORD, "code": code_sent(phone)}
    made = client.post(
        "/api/v1/consumers",
        EXTRA | body,
        content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )
    assert made.status_code == 201, made.json()
    user = User.objects.get(phone=phone)
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)
    wallet = Wallet.objects.get(holder=user)
    assert (wallet.tier, str(wallet.public_id)) == ("UNVERIFIED", made.json()["id"])
    assert str(wallet.public_id) != EXTRA["id"]
    assert held(wallet) == 0


def test_a_profile_changes_no_rights(alice: Wallet) -> None:
    Caller(alice).put("/profile", EXTRA | {"display_name": "Alice", "handle": None})
    user = User.objects.get(pk=alice.holder_id)
    assert (user.is_staff, user.is_superuser, user.phone) == (False, False, ALICE)


def test_a_transfer_is_from_the_wallet_in_the_address_and_nothing_is_settled_by_saying_so(
    alice: Wallet, bob: Wallet
) -> None:
    caller, base = Caller(alice), f"/wallets/{alice.public_id}"
    sent = caller.post(
        f"{base}/transfers",
        EXTRA | {"sender_id": bob.pk, "phone": BOB, "amount": won("1000")},
    )
    assert sent.status_code == 201, sent.json()
    assert Transfer.objects.get().sender_id == alice.pk
    asked = caller.post(f"{base}/top-ups", EXTRA | {"amount": won("7000")})
    assert asked.status_code == 201, asked.json()
    assert TopUp.objects.latest("pk").status == "PENDING"
    assert (held(alice), held(bob)) == (49_000, 1_000)


def test_a_store_belongs_to_who_adds_it(corner_shop: Store, alice: Wallet) -> None:
    employ(corner_shop.merchant, alice)
    member = Member(alice, corner_shop.merchant)
    before = Store.objects.filter(pk=corner_shop.pk).values().get()
    member.patch(f"/merchant/stores/{corner_shop.public_id}", EXTRA)
    assert Store.objects.filter(pk=corner_shop.pk).values().get() == before


NO_AMOUNTS: tuple[Any, ...] = (
    *("-1", "-0", "0", "0.0", "", " ", " 1", "1 ", "+1", "1e3", "1E3", "NaN", "Infinity", "-inf"),
    *("10.5", "0.1", "1.", ".5", "1,000", "1_000", "0x10", "1/2", "null"),
    *("\uff11\uff10\uff10", "\u0661\u0660\u0660", "1\x00", "\ud800"),
    *("9223372036854775808", "9" * 24, "9" * 2000, "'; --"),
    *(1, 1.5, -1, 10**30, True, None, [], ["1"], {}, {"amount": "1"}),
)
NO_CURRENCIES: tuple[Any, ...] = ("", "krw", "KR", "WON", "KRW\x00", "USD", "XXX", 410, None, [])
WRONG: list[Any] = [{"amount": amount, "currency": "KRW"} for amount in NO_AMOUNTS]
WRONG += [{"amount": "1000", "currency": currency} for currency in NO_CURRENCIES]
WRONG += [None, "1000", 1000, [], {}, {"amount": "1000"}, {"currency": "KRW"}]


def asking(alice: Wallet, store: Store) -> dict[str, tuple[Caller, str, dict[str, Any], str]]:
    """Return each route that takes an amount: who asks, where, with what else, and its field."""
    base, phone = f"/wallets/{alice.public_id}", {"phone": BOB}
    caller, member = Caller(alice), Member(alice, store.merchant)
    paid = {"wallet_id": str(alice.public_id), "payload": printed_code(store)}
    payment = caller.post("/payments", paid | {"amount": won("2000")}).json()
    order = {"store_id": store.public_id, "order_no": "ORDER1"}
    return {
        "transfer": (caller, f"{base}/transfers", phone, "amount"),
        "later": (caller, f"{base}/scheduled-transfers", phone | {"delay_seconds": 60}, "amount"),
        "claim": (caller, f"{base}/claims", {"phone": "+821099990000"}, "amount"),
        "request": (caller, f"{base}/money-requests", phone, "amount"),
        "split": (caller, f"{base}/splits", {"payees": [phone]}, "total"),
        "top-up": (caller, f"{base}/top-ups", {}, "amount"),
        "payment": (caller, "/payments", paid, "amount"),
        "order": (member, "/merchant/orders", order, "amount"),
        "refund": (
            member,
            f"/merchant/payments/{payment['number']}/refunds",
            {"refund_no": "R1"},
            "amount",
        ),
    }


ROUTES = [
    *("transfer", "later", "claim", "request", "split", "top-up", "payment", "order", "refund"),
]


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_no_amount_moves_nothing(
    alice: Wallet, bob: Wallet, corner_shop: Store, route: str
) -> None:
    employ(corner_shop.merchant, alice)
    caller, path, body, field = asking(alice, corner_shop)[route]
    before, posted, odd = held(alice), Transaction.objects.count(), []
    for money in WRONG:
        if route == "refund" and money is None:
            continue  # the whole rest
        answer = caller.post(path, body | {field: money})
        # Money that is some, but not this wallet's, is refused by the use-case.
        if answer.status_code not in {400, 403, 404, 409}:
            odd.append((money, answer.status_code, answer.json()))
    assert odd == []
    assert (held(alice), Transaction.objects.count()) == (before, posted)
    assert trial_balance()["KRW"] == 0


def test_money_is_not_sent_to_oneself_or_to_the_house(alice: Wallet) -> None:
    caller, base = Caller(alice), f"/wallets/{alice.public_id}"
    for phone in (
        ALICE,
        "bank:safeguarding",
        "income:merchant_fees",
        "1",
        "+8210",
        str(uuid.UUID(int=0)),
    ):
        answer = caller.post(f"{base}/transfers", {"phone": phone, "amount": won("1000")})
        assert answer.status_code in {400, 404, 409}, (phone, answer.json())
    assert held(alice) == 50_000


def test_no_delay_is_before_now_or_beyond_the_calendar(alice: Wallet, bob: Wallet) -> None:
    path = f"/wallets/{alice.public_id}/scheduled-transfers"
    for delay in (-1, 10**18, 1.5, "60\x00", None, timedelta(days=10**6).total_seconds()):
        body = {"phone": BOB, "amount": won("1000"), "delay_seconds": delay}
        assert Caller(alice).post(path, body).status_code == 400, delay
    assert not ScheduledTransfer.objects.exists()
