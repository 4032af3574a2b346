"""Tills, payers and cashiers who do the same at once, over the API, with real commits."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from knox.models import AuthToken

from ledger.balances import trial_balance
from ledger.models import Transaction
from merchants.models import MerchantEvent, Payment, Refund, Store
from tests.ledger.threads import all_at_once
from tests.merchants.cast import keyed
from tests.merchants.payments.stories import books
from tests.wallet.codes.phones import enrolled
from tests.wallet.people import PIN, Caller, held, won
from wallet.models import Wallet

pytestmark = pytest.mark.django_db(transaction=True)
SCOPES = ("payments:read", "payments:write", "refunds:write")
MOST_TRIES = 50


def key_of(store: Store) -> dict[str, str]:
    return {"Authorization": f"Bearer {keyed(store.merchant, *SCOPES)[1]}"}


def send(headers: dict[str, str], path: str, body: Any, key: str = "") -> dict[str, Any]:
    """Send as a client does that tries again while it is told to; return the last answer."""
    headers = headers | {"Idempotency-Key": key or str(uuid.uuid4())}
    client = Client(headers=headers)
    for _ in range(MOST_TRIES):
        answer = client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
        said: dict[str, Any] = answer.json()
        if answer.status_code != 503 and said.get("code") != "request_in_progress":
            return said
    raise AssertionError("still busy")


def outcome(said: dict[str, Any]) -> str:
    return str(said.get("code") or said.get("state") or said.get("action") or "done")


def order(store: Store, **changes: Any) -> dict[str, Any]:
    asked = {"store_id": store.public_id, "order_no": "A-1", "amount": won("12000")}
    return asked | changes


@pytest.mark.parametrize("key", ["", "the-same"], ids=["other-keys", "same-key"])
def test_the_same_order_sixteen_times_pays_once(
    alice: Wallet, corner_shop: Store, key: str
) -> None:
    till, body = key_of(corner_shop), order(corner_shop, code=enrolled(alice).code())

    said = all_at_once(lambda _: send(till, "/merchant/payments", body, key))

    assert Counter(map(outcome, said)) == {"SUCCEEDED": 16}
    assert len({each["number"] for each in said}) == 1
    assert books(alice, corner_shop) == (38_000, 11_790)
    assert Payment.objects.count() == Transaction.objects.filter(kind="PAYMENT").count() == 1
    assert MerchantEvent.objects.filter(kind="payment.succeeded").count() == 1


def test_the_same_order_asked_for_and_paid_sixteen_times_pays_once(
    alice: Wallet, corner_shop: Store
) -> None:
    till, payer = key_of(corner_shop), payer_headers(alice)

    def act(_: int) -> str:
        asked = send(till, "/merchant/orders", order(corner_shop))
        payload = asked["payload"]
        if payload is None:  # paid already
            return str(asked["number"])
        paid = {"wallet_id": str(alice.public_id), "payload": payload}
        return str(send(payer, "/payments", paid)["number"])

    assert len(set(all_at_once(act))) == 1
    assert books(alice, corner_shop) == (38_000, 11_790)


def payer_headers(wallet: Wallet) -> dict[str, str]:
    Caller(wallet)  # sets the PIN
    token = AuthToken.objects.create(user=wallet.holder)[1]
    return {"Authorization": f"Token {token}", "Wallet-Pin": PIN}


def paid(wallet: Wallet, store: Store) -> str:
    body = order(store, code=enrolled(wallet).code())
    said = send(key_of(store), "/merchant/payments", body)
    return str(said["number"])


@pytest.mark.parametrize(
    ("refund_no", "outcomes", "given_back"),
    [
        (lambda n: f"R-{n}", {"done": 12, "refund_too_large": 4}, 12),
        (lambda _: "R-1", {"done": 16}, 1),
    ],
    ids=["sixteen-refunds", "one-refund-sixteen-times"],
)
def test_sixteen_refunds_are_never_more_than_the_payment(
    alice: Wallet,
    corner_shop: Store,
    refund_no: Callable[[int], str],
    outcomes: dict[str, int],
    given_back: int,
) -> None:
    path = f"/merchant/payments/{paid(alice, corner_shop)}/refunds"
    till = key_of(corner_shop)

    def act(n: int) -> str:
        return outcome(send(till, path, {"refund_no": refund_no(n), "amount": won("1000")}))

    assert Counter(all_at_once(act)) == outcomes
    assert Refund.objects.count() == given_back
    assert held(alice) == 38_000 + 1_000 * given_back
    assert trial_balance() == {"KRW": 0}


def closed_or_given_back(said: Counter[str], payer: Wallet) -> Payment:
    """Whoever came first: the order is closed or given back, for good, and told once."""
    payment = Payment.objects.get()
    assert payment.state in {"CLOSED", "REFUNDED"}
    assert said["CLOSE"] + said["REFUND"] == 1
    assert Refund.objects.count() == (payment.state == "REFUNDED")
    assert held(payer) == 50_000
    return payment


def test_cancelling_while_it_is_paid_leaves_it_unpaid(alice: Wallet, corner_shop: Store) -> None:
    till, phone = key_of(corner_shop), enrolled(alice)
    body = order(corner_shop, code=phone.code())

    def act(n: int) -> str:
        if n % 2:
            return outcome(send(till, "/merchant/orders/A-1/cancel", None))
        return outcome(send(till, "/merchant/payments", body))

    said = Counter(all_at_once(act))

    payment = closed_or_given_back(said, alice)
    assert outcome(send(till, "/merchant/orders/A-1/cancel", None)) == "NONE"
    late = send(till, "/merchant/payments", body)
    assert (late["number"], late["state"]) == (payment.number, payment.state)


def test_a_code_shown_at_two_tills_at_once_pays_one_of_them(
    alice: Wallet, corner_shop: Store, rival: Store
) -> None:
    tills = [(key_of(store), store) for store in (corner_shop, rival)]
    code = enrolled(alice).code()

    def act(n: int) -> str:
        headers, store = tills[n % 2]
        return outcome(send(headers, "/merchant/payments", order(store, code=code)))

    said = all_at_once(act)

    assert Counter(said) == {"SUCCEEDED": 8, "consumer_code_refused": 8}
    assert len(set(said[::2])) == len(set(said[1::2])) == 1
    assert held(alice) == 38_000
    assert Payment.objects.count() == 1


def test_two_orders_of_one_till_cannot_share_a_code(alice: Wallet, corner_shop: Store) -> None:
    till, code = key_of(corner_shop), enrolled(alice).code()

    def act(n: int) -> str:
        body = order(corner_shop, code=code, order_no=f"A-{n}")
        return outcome(send(till, "/merchant/payments", body))

    assert Counter(all_at_once(act)) == {"SUCCEEDED": 1, "consumer_code_refused": 15}
    assert held(alice) == 38_000


def test_cancelling_an_order_while_its_payer_pays_leaves_it_unpaid(
    alice: Wallet, corner_shop: Store
) -> None:
    till, payer = key_of(corner_shop), payer_headers(alice)
    payload = send(till, "/merchant/orders", order(corner_shop))["payload"]
    scanned = {"wallet_id": str(alice.public_id), "payload": payload}

    def act(n: int) -> str:
        if n % 2:
            return outcome(send(till, "/merchant/orders/A-1/cancel", None))
        return outcome(send(payer, "/payments", scanned))

    said = Counter(all_at_once(act))

    closed_or_given_back(said, alice)
    assert trial_balance() == {"KRW": 0}


def test_capturing_and_voiding_at_once_end_an_authorized_payment_once(
    alice: Wallet, corner_shop: Store
) -> None:
    till, payer = key_of(corner_shop), payer_headers(alice)
    payload = send(till, "/merchant/orders", order(corner_shop, capture="LATER"))["payload"]
    scanned = {"wallet_id": str(alice.public_id), "payload": payload}
    path = f"/merchant/payments/{send(payer, '/payments', scanned)['number']}"
    assert Payment.objects.get().state == "AUTHORIZED"

    def act(n: int) -> str:
        if n % 2:
            return outcome(send(till, f"{path}/void", None))
        return outcome(send(till, f"{path}/capture", {"amount": won("12000")}))

    said = Counter(all_at_once(act))

    ended = Payment.objects.get().state
    assert ended in {"CAPTURED", "VOIDED"}
    assert said[ended] >= 1
    assert set(said) <= {ended, "payment_ended"}
    if ended == "VOIDED":
        assert (books(alice, corner_shop), said["VOIDED"]) == ((50_000, 0), 8)
    else:
        assert books(alice, corner_shop) == (38_000, 11_790)
    assert Transaction.objects.filter(kind="PAYMENT").count() == (ended == "CAPTURED")
    assert trial_balance() == {"KRW": 0}
