"""A till and a payer over the API: asked, looked at, paid, found, given back, cancelled."""

from __future__ import annotations

from typing import Any

import pytest

from merchants.codes.pictures.images import draw_png, read_image
from merchants.models import Payment, Role, Store
from merchants.payments.numbers import match_code
from merchants.store_codes import order_code
from tests.merchants.cast import Member, Program, employ, keyed, newcomer
from tests.merchants.payments.stories import charge
from tests.wallet.people import BOB, Caller, held, won
from wallet.models import Wallet

pytestmark = pytest.mark.django_db
SCOPES = ("payments:read", "payments:write", "refunds:write")


@pytest.fixture
def till(corner_shop: Store) -> Program:
    """A program with an API key."""
    return Program(keyed(corner_shop.merchant, *SCOPES)[1])


def order(store: Store, **changes: Any) -> dict[str, Any]:
    asked = {"store_id": store.public_id, "order_no": "A-1", "amount": won("12000")}
    return asked | changes


def test_a_till_is_paid_by_the_code_it_shows(
    alice: Wallet, corner_shop: Store, till: Program
) -> None:
    asked = till.post("/merchant/orders", order(corner_shop, tip=won("2000"), bill_number="B7"))
    assert asked.status_code == 201, asked.json()
    (payload,) = read_image(draw_png(asked.json()["payload"]))
    payer = Caller(alice)
    seen = payer.post("/codes/look", {"payload": payload}).json()
    assert (seen["store_name"], seen["amount"]) == ("모퉁이가게", won("12000"))
    number = asked.json()["number"]
    assert till.get(f"/merchant/payments/{number}").json()["state"] == "AWAITING_PAYER"
    paid = payer.post("/payments", {"wallet_id": str(alice.public_id), "payload": payload})
    assert (paid.status_code, paid.json()["state"]) == (201, "SUCCEEDED")
    shown = till.get(f"/merchant/payments/{number}").json()
    assert shown["match_code"] == paid.json()["match_code"] == match_code(number)
    assert (shown["captured"], shown["tip"], shown["payload"]) == (won("12000"), won("2000"), None)
    assert held(alice) == 38_000
    again = till.post("/merchant/orders", order(corner_shop, tip=won("2000"), bill_number="B7"))
    assert (again.json()["number"], again.json()["state"]) == (number, "SUCCEEDED")


def test_a_code_that_was_altered_pays_nobody(
    alice: Wallet, corner_shop: Store, till: Program
) -> None:
    first = till.post("/merchant/orders", order(corner_shop)).json()
    other = till.post("/merchant/orders", order(corner_shop, order_no="A-2", amount=won("1000")))
    cheap = Payment.objects.get(number=other.json()["number"])
    cheap.number = first["number"]
    forged = order_code(cheap, corner_shop)
    for path, body in (
        ("/codes/look", {"payload": forged}),
        ("/payments", {"wallet_id": str(alice.public_id), "payload": forged}),
    ):
        answer = Caller(alice).post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "code_outdated")
    assert held(alice) == 50_000


def test_set_aside_captured_and_voided(alice: Wallet, corner_shop: Store, till: Program) -> None:
    body = {"wallet_id": str(alice.public_id)}
    numbers = []
    for order_no in ("A-1", "A-2"):
        asked = till.post(
            "/merchant/orders", order(corner_shop, order_no=order_no, capture="LATER")
        )
        paid = Caller(alice).post("/payments", body | {"payload": asked.json()["payload"]})
        assert paid.json()["state"] == "AUTHORIZED"
        numbers.append(asked.json()["number"])
    first, second = numbers
    captured = till.post(f"/merchant/payments/{first}/capture", {"amount": won("10000")})
    assert (captured.status_code, captured.json()["state"]) == (200, "CAPTURED")
    over = till.post(f"/merchant/payments/{second}/capture", {"amount": won("12001")})
    assert (over.status_code, over.json()["code"]) == (400, "capture_too_large")
    assert till.post(f"/merchant/payments/{second}/void", None).json()["state"] == "VOIDED"
    assert held(alice) == 40_000


def test_refunds_are_within_what_a_cashier_may(
    alice: Wallet, corner_shop: Store, till: Program
) -> None:
    payload = till.post("/merchant/orders", order(corner_shop)).json()["payload"]
    paid = (
        Caller(alice)
        .post("/payments", {"wallet_id": str(alice.public_id), "payload": payload})
        .json()
    )
    path, sena = f"/merchant/payments/{paid['number']}/refunds", newcomer(BOB)
    employ(corner_shop.merchant, sena, Role.CASHIER, store=corner_shop, refund_limit_minor=5_000)
    cashier = Member(sena, corner_shop.merchant)
    over = cashier.post(path, {"refund_no": "R1", "amount": won("5001")})
    assert (over.status_code, over.json()["code"]) == (403, "refund_above_limit")
    done = cashier.post(path, {"refund_no": "R1", "amount": won("5000"), "reason": "반품"})
    again = cashier.post(path, {"refund_no": "R1", "amount": won("5000"), "reason": "반품"})
    assert (done.status_code, again.json()) == (201, done.json())
    rest = till.post(path, {"refund_no": "R2", "amount": won("7001")})
    assert (rest.status_code, rest.json()["code"]) == (409, "refund_too_large")
    assert held(alice) == 43_000
    assert Caller(alice).get(f"/payments/{paid['number']}").json()["refunded"] == won("5000")


def test_cancel_says_what_it_did_and_an_unknown_order_stays_closed(
    alice: Wallet, corner_shop: Store, till: Program
) -> None:
    known = till.post("/merchant/orders/A-9/cancel", None).json()
    assert (known["action"], known["payment"]["state"]) == ("CLOSE", "CLOSED")
    assert till.post("/merchant/orders/A-9/cancel", None).json()["action"] == "NONE"
    late = till.post("/merchant/orders", order(corner_shop, order_no="A-9"))
    assert (late.json()["state"], late.json()["payload"]) == ("CLOSED", None)


def test_a_cashier_cancels_at_the_own_store_alone(
    alice: Wallet, corner_shop: Store, till: Program
) -> None:
    other = Store.objects.create(
        public_id="SOTHER",
        merchant=corner_shop.merchant,
        name="Other",
        latin_name="Other",
        city="Seoul",
        merchant_category_code="5411",
    )
    sena = newcomer(BOB)
    employ(corner_shop.merchant, sena, Role.CASHIER, store=corner_shop)
    cashier = Member(sena, corner_shop.merchant)
    for store, order_no in ((corner_shop, "A-1"), (other, "B-1")):
        assert till.post("/merchant/orders", order(store, order_no=order_no)).status_code == 201
    assert cashier.post("/merchant/orders/A-1/cancel", None).json()["action"] == "CLOSE"
    refused = cashier.post("/merchant/orders/B-1/cancel", None)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_payment")
    assert Payment.objects.get(merchant_order_no="B-1").state == "CREATED"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": won("0")}, 400, "invalid_request"),
        ({"amount": won("1.00", "USD")}, 400, "currency_mismatch"),
        ({"tip": won("12000")}, 400, "invalid_request"),
        ({"tip": won("1.00", "USD")}, 400, "invalid_request"),
        ({"order_no": "no spaces"}, 400, "invalid_request"),
        ({"order_no": None}, 400, "invalid_request"),
        ({"store_id": "SNOWHERE"}, 404, "not_found"),
        ({"time_out_seconds": 1}, 400, "invalid_request"),
        ({"capture": "NEVER"}, 400, "invalid_request"),
        ({"bill_number": "가"}, 400, "invalid_request"),
    ],
)
def test_bad_orders_ask_for_nothing(
    corner_shop: Store, till: Program, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = till.post("/merchant/orders", order(corner_shop, **changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Payment.objects.exists()


def test_a_payer_confirms_or_declines_what_was_charged(alice: Wallet, corner_shop: Store) -> None:
    waits = charge(corner_shop, alice, minor=40_000)
    bob, payer = Caller(newcomer(BOB)), Caller(alice)
    body = {"wallet_id": str(alice.public_id)}
    assert bob.post(f"/payments/{waits.number}/confirm", body).status_code == 404
    assert bob.post(f"/payments/{waits.number}/decline", None).status_code == 404
    declined = payer.post(f"/payments/{waits.number}/decline", None)
    assert (declined.status_code, declined.json()["state"]) == (200, "CLOSED")
    gone = payer.post(f"/payments/{waits.number}/confirm", body)
    assert (gone.status_code, gone.json()["code"]) == (409, "payment_ended")
