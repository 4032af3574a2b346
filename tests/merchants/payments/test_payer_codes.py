"""A till charges the code on a payer's phone, which may have no network."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from merchants.models import Payment, Store
from merchants.payments.numbers import match_code
from tests.merchants.cast import Program, keyed
from tests.wallet.codes.phones import CodePhone, enrolled
from tests.wallet.people import Caller, held, won
from wallet.codes import handles
from wallet.codes.digits import ConsumerCode
from wallet.models import CodeHandle, CodeMisses, CodeUse, Spend, Wallet
from wallet.wallets.freezing import freeze_own

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(corner_shop: Store) -> Program:
    """A program with an API key."""
    return Program(keyed(corner_shop.merchant, "payments:read", "payments:write")[1])


@pytest.fixture
def phone(alice: Wallet) -> CodePhone:
    return enrolled(alice)


def charge(store: Store, code: str, **changes: Any) -> dict[str, Any]:
    asked = {"store_id": store.public_id, "order_no": "A-1", "amount": won("12000"), "code": code}
    return asked | changes


def said(answer: Any) -> tuple[int, str]:
    body = answer.json()
    return answer.status_code, body.get("state") or body["code"]


def test_a_small_amount_is_paid_by_the_code_alone(
    alice: Wallet, corner_shop: Store, till: Program, phone: CodePhone
) -> None:
    paid = till.post("/merchant/payments", charge(corner_shop, phone.code(), tip=won("2000")))
    assert said(paid) == (201, "SUCCEEDED")
    body = paid.json()
    assert (body["captured"], body["tip"], body["payload"]) == (won("12000"), won("2000"), None)
    seen = Caller(alice).get(f"/payments/{body['number']}").json()
    assert seen["match_code"] == body["match_code"] == match_code(body["number"])
    assert held(alice) == 38_000
    spent = Spend.objects.get()
    assert (spent.means, spent.code_kind) == ("CODE", "CONSUMER")


def test_a_code_we_made_pays_too(alice: Wallet, corner_shop: Store, till: Program) -> None:
    code = Caller(alice).post(f"/wallets/{alice.public_id}/codes", None).json()["code"]
    assert said(till.post("/merchant/payments", charge(corner_shop, code))) == (201, "SUCCEEDED")
    other = charge(corner_shop, code, order_no="A-2")
    assert said(till.post("/merchant/payments", other)) == (403, "consumer_code_refused")
    assert held(alice) == 38_000


def test_a_larger_amount_waits_while_the_till_asks_again(
    alice: Wallet, corner_shop: Store, till: Program, phone: CodePhone
) -> None:
    asked = till.post("/merchant/payments", charge(corner_shop, phone.code(), amount=won("40000")))
    assert said(asked) == (201, "AWAITING_PAYER")
    path = f"/merchant/payments/{asked.json()['number']}"
    first = till.get(path)
    assert said(first) == (200, "AWAITING_PAYER")
    unchanged = till.client.get(f"/api/v1{path}", headers={"If-None-Match": first["ETag"]})
    assert unchanged.status_code == 304
    payer, body = Caller(alice), {"wallet_id": str(alice.public_id)}
    confirmed = payer.post(f"/payments/{asked.json()['number']}/confirm", body)
    assert said(confirmed) == (200, "SUCCEEDED")
    found = till.client.get(f"/api/v1{path}", headers={"If-None-Match": first["ETag"]})
    assert said(found) == (200, "SUCCEEDED")
    assert held(alice) == 10_000


def test_the_eleventh_payment_of_a_day_waits_for_the_payer(
    alice: Wallet, corner_shop: Store, till: Program
) -> None:
    states = []
    for number in range(11):
        code = handles.show(wallet=alice, at=timezone.now()).code
        body = charge(corner_shop, code, order_no=f"A-{number}", amount=won("100"))
        states.append(till.post("/merchant/payments", body).json()["state"])
    assert states == ["SUCCEEDED"] * 10 + ["AWAITING_PAYER"]


def test_said_again_it_is_the_same_payment(
    alice: Wallet, corner_shop: Store, till: Program, phone: CodePhone
) -> None:
    body = charge(corner_shop, phone.code())
    first = till.post("/merchant/payments", body, "k1")
    replay = till.post("/merchant/payments", body, "k1")
    assert (replay["Idempotency-Replayed"], replay.json()) == ("true", first.json())
    another_key = till.post("/merchant/payments", body, "k2")
    assert another_key.json()["number"] == first.json()["number"]
    # The next code of the same phone, for the same order.
    shown = handles.show(wallet=alice, at=timezone.now()).code
    next_code = till.post("/merchant/payments", charge(corner_shop, shown), "k3")
    assert next_code.json()["number"] == first.json()["number"]
    CodeHandle.objects.all().delete()
    late = till.post("/merchant/payments", body, "k1")
    assert (late["Idempotency-Replayed"], late.json()) == ("true", first.json())
    altered = till.post("/merchant/payments", body | {"amount": won("11999")}, "k1")
    assert said(altered) == (422, "idempotency_key_reused")
    assert held(alice) == 38_000


def test_a_copy_at_another_till_loses(
    alice: Wallet, corner_shop: Store, rival: Store, till: Program, phone: CodePhone
) -> None:
    theirs = Program(keyed(rival.merchant, "payments:write")[1])
    code = phone.code()
    assert said(till.post("/merchant/payments", charge(corner_shop, code))) == (201, "SUCCEEDED")
    copied = theirs.post("/merchant/payments", charge(rival, code))
    assert said(copied) == (403, "consumer_code_refused")
    assert held(alice) == 38_000
    assert CodeMisses.objects.get(subject__startswith="merchant").misses == 1


def test_what_the_wallet_cannot_pay_uses_the_code_up(
    alice: Wallet, corner_shop: Store, till: Program, phone: CodePhone
) -> None:
    first = till.post("/merchant/payments", charge(corner_shop, phone.code(), amount=won("30000")))
    assert said(first) == (201, "SUCCEEDED")
    code = handles.show(wallet=alice, at=timezone.now()).code
    body = charge(corner_shop, code, amount=won("29000"), order_no="A-2")
    assert said(till.post("/merchant/payments", body)) == (402, "insufficient_funds")
    again = till.post("/merchant/payments", body | {"order_no": "A-3", "amount": won("1000")})
    assert said(again) == (403, "consumer_code_refused")
    assert held(alice) == 20_000


def test_guesses_stay_counted_whatever_follows(
    alice: Wallet, corner_shop: Store, till: Program, phone: CodePhone
) -> None:
    right = phone.code()
    guess = str(ConsumerCode(phone.handle, f"{(int(right[10:18]) + 1) % 10**8:08d}"))
    for number in range(5):
        answer = till.post(
            "/merchant/payments", charge(corner_shop, guess, order_no=f"A-{number}")
        )
        assert said(answer) == (403, "consumer_code_refused")
    locked = till.post("/merchant/payments", charge(corner_shop, right))
    assert said(locked) == (403, "consumer_code_refused")
    assert held(alice) == 50_000


def test_a_frozen_wallet_is_not_told_apart_from_a_wrong_code(
    alice: Wallet, corner_shop: Store, till: Program, phone: CodePhone
) -> None:
    freeze_own(wallet=alice, at=timezone.now())
    frozen = till.post("/merchant/payments", charge(corner_shop, phone.code()))
    unknown = till.post(
        "/merchant/payments", charge(corner_shop, str(ConsumerCode("00000000", "00000000")))
    )
    assert frozen.json() == unknown.json()
    assert not CodeUse.objects.exists()


def test_a_cancelled_order_is_not_paid_by_a_code(
    alice: Wallet, corner_shop: Store, till: Program, phone: CodePhone
) -> None:
    assert till.post("/merchant/orders/A-1/cancel", None).json()["action"] == "CLOSE"
    late = till.post("/merchant/payments", charge(corner_shop, phone.code()))
    assert said(late) == (201, "CLOSED")
    assert held(alice) == 50_000


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "7112345678461192460"}, (400, "invalid_request")),
        ({"code": "71" + "0" * 18}, (400, "consumer_code_malformed")),
        ({"code": "28" + "0" * 18}, (400, "consumer_code_malformed")),
        ({"code": "71" + "\u0661" * 18}, (400, "invalid_request")),
        ({"code": "71" + "0" * 17 + "\n"}, (400, "invalid_request")),
        ({"code": None}, (400, "invalid_request")),
        ({"code": 71}, (400, "invalid_request")),
        ({"code": "\x00" * 20}, (400, "invalid_request")),
        ({"amount": won("0")}, (400, "invalid_request")),
        ({"amount": won("1.00", "USD")}, (400, "currency_mismatch")),
        ({"store_id": "SNOWHERE"}, (404, "not_found")),
    ],
)
def test_bad_charges_take_nothing(
    corner_shop: Store,
    till: Program,
    phone: CodePhone,
    changes: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    body = charge(corner_shop, phone.code()) | changes
    assert said(till.post("/merchant/payments", body)) == expected
    assert not Payment.objects.exists()
    assert not CodeUse.objects.exists()
    assert not CodeMisses.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_charge_costs_six_statements_and_a_transaction(
    alice: Wallet,
    corner_shop: Store,
    till: Program,
    phone: CodePhone,
    django_assert_num_queries: Any,
) -> None:
    now = timezone.now()
    till.post("/merchant/payments", charge(corner_shop, phone.code(now)))  # the key's first use
    code = phone.code(now + timedelta(seconds=30))
    with django_assert_num_queries(6 + 2):
        paid = till.post("/merchant/payments", charge(corner_shop, code, order_no="A-2"))
    assert said(paid) == (201, "SUCCEEDED")
