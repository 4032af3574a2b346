"""Paying from a scanned code, and giving money back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from ledger.balances import balance, trial_balance
from ledger.money import Money
from merchants.codes.pictures.images import draw_png, read_image
from merchants.errors import MerchantError, RefundConflict, RefundTooLarge
from merchants.fees import payment_fee
from merchants.models import FeePlan, Merchant, Payment, Store
from merchants.payments.refunds import refund
from merchants.states import PaymentState
from merchants.store_codes import printed_code
from tests.wallet.people import BOB, PASSWORD, Caller, held, won
from wallet.models import Wallet
from wallet.people import sign_up

pytestmark = pytest.mark.django_db


def pay(alice: Wallet, store: Store, key: str | None = None, **changes: Any) -> Any:
    body = {
        "wallet_id": str(alice.public_id),
        "payload": printed_code(store),
        "amount": won("12000"),
        **changes,
    }
    return Caller(alice).post("/payments", body, key)


def payable(store: Store) -> int:
    return balance(store.merchant.payable_account_id).minor


def give_back(payment: str, number: str, minor: int) -> None:
    refund(
        merchant=Merchant.objects.get(),
        number=payment,
        refund_no=number,
        amount=Money(minor, "KRW"),
        reason="",
        at=timezone.now(),
    )


def test_a_scanned_picture_pays_the_store_less_the_fee(alice: Wallet, corner_shop: Store) -> None:
    (payload,) = read_image(draw_png(printed_code(corner_shop)))
    answer = pay(alice, corner_shop, payload=payload)
    assert answer.status_code == 201, answer.json()
    assert answer.json()["state"] == "SUCCEEDED"
    assert (held(alice), payable(corner_shop)) == (38_000, 11_790)
    assert trial_balance() == {"KRW": 0}
    shown = Caller(alice).get(f"/payments/{answer.json()['number']}")
    assert shown.json() == answer.json()


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": won("50001")}, 402, "insufficient_funds"),
        ({"amount": won("1.00", "USD")}, 400, "currency_mismatch"),
        ({"payload": "https://example.com"}, 400, "code_not_emvco"),
        ({"memo": "a\u202eb"}, 400, "invalid_request"),
        ({"wallet_id": "00000000-0000-0000-0000-000000000000"}, 404, "not_found"),
        ({"wallet_id": "mine"}, 400, "invalid_request"),
    ],
)
def test_a_bad_payment_is_refused_and_moves_nothing(
    alice: Wallet, corner_shop: Store, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = pay(alice, corner_shop, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (held(alice), payable(corner_shop)) == (50_000, 0)


def test_every_altered_character_of_a_code_is_refused(alice: Wallet, corner_shop: Store) -> None:
    payload = printed_code(corner_shop)
    for place in range(0, len(payload), 9):
        altered = payload[:place] + ("X" if payload[place] != "X" else "Y") + payload[place + 1 :]
        answer = pay(alice, corner_shop, payload=altered)
        assert answer.status_code == 400, answer.json()
    assert held(alice) == 50_000


def test_a_store_that_does_not_accept_is_unknown(alice: Wallet, corner_shop: Store) -> None:
    Store.objects.filter(pk=corner_shop.pk).update(accepts=False)
    assert pay(alice, corner_shop).json()["code"] == "unknown_store"


def test_a_payment_is_not_shown_to_others(alice: Wallet, corner_shop: Store) -> None:
    number = pay(alice, corner_shop).json()["number"]
    mallory = sign_up(phone=BOB, password=PASSWORD, currency="KRW", at=timezone.now())
    absent = Caller(alice).get(f"/payments/{number}x")
    foreign = Caller(mallory).get(f"/payments/{number}")
    assert (absent.status_code, foreign.status_code) == (404, 404)
    assert absent.json() == foreign.json()


def test_refunds_come_back_in_parts_and_never_exceed_the_payment(
    alice: Wallet, corner_shop: Store
) -> None:
    number = pay(alice, corner_shop).json()["number"]
    give_back(number, "R1", 2_000)
    give_back(number, "R1", 2_000)
    assert (held(alice), payable(corner_shop)) == (40_000, 9_790)
    with pytest.raises(RefundConflict):
        give_back(number, "R1", 2_001)
    with pytest.raises(RefundTooLarge):
        give_back(number, "R2", 10_001)
    give_back(number, "R3", 10_000)
    assert Payment.objects.get(number=number).state == PaymentState.REFUNDED
    assert (held(alice), payable(corner_shop)) == (50_000, -210)
    assert trial_balance() == {"KRW": 0}


@pytest.mark.django_db(transaction=True)
def test_sixteen_refunds_at_once_never_exceed_the_payment(
    alice: Wallet, corner_shop: Store
) -> None:
    number = pay(alice, corner_shop).json()["number"]
    barrier = threading.Barrier(16)

    def act(i: int) -> str:
        barrier.wait()
        try:
            give_back(number, f"R{i}", 1_000)
        except MerchantError as exc:
            return exc.code
        finally:
            connection.close()
        return "refunded"

    with ThreadPoolExecutor(16) as pool:
        outcomes = sorted(pool.map(act, range(16)))
    assert outcomes == ["refund_too_large"] * 4 + ["refunded"] * 12
    assert held(alice) == 50_000


def test_a_payment_costs_a_bounded_number_of_queries(
    alice: Wallet, corner_shop: Store, django_assert_max_num_queries: Any
) -> None:
    Caller(alice)  # has set a PIN
    with django_assert_max_num_queries(27):
        assert pay(alice, corner_shop).status_code == 201


@given(st.integers(1, 10**12), st.integers(0, 10_000), st.integers(0, 5_000))
def test_a_fee_is_never_negative_and_never_more_than_the_payment(
    amount: int, rate: int, fixed: int
) -> None:
    fee = payment_fee(plan=FeePlan(rate_bps=rate, fixed_minor=fixed), amount_minor=amount)
    assert 0 <= fee <= amount
    exact = amount * rate + fixed * 10_000
    assert fee == amount or abs(fee * 10_000 - exact) <= 5_000


def test_merchants_keep_their_own_accounts(corner_shop: Store) -> None:
    merchant = Merchant.objects.get(pk=corner_shop.merchant_id)
    assert merchant.payable_account_id != merchant.in_transit_account_id
