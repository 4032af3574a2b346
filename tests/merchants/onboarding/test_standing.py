"""A suspended merchant takes no payments; all else goes on."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from ledger.money import Money
from merchants.errors import NotStaff
from merchants.models import MerchantAudit, Store
from merchants.onboarding.standing import lift, suspend
from merchants.payments.refunds import refund
from merchants.store_codes import printed_code
from tests.wallet.people import Caller, held, won
from wallet.models import User, Wallet

pytestmark = pytest.mark.django_db


def pay(alice: Wallet, store: Store) -> Any:
    payload = printed_code(store)
    body = {"wallet_id": str(alice.public_id), "payload": payload, "amount": won("12000")}
    return Caller(alice).post("/payments", body)


def test_a_suspended_merchant_refunds_but_is_not_paid(
    alice: Wallet, corner_shop: Store, sena: User
) -> None:
    merchant, at = corner_shop.merchant, timezone.now()
    number = pay(alice, corner_shop).json()["number"]
    suspend(merchant=merchant, reason="complaints", by=sena, at=at)
    answer = pay(alice, corner_shop)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_store")
    refund(
        merchant=merchant,
        number=number,
        refund_no="R1",
        amount=Money(12_000, "KRW"),
        reason="",
        at=at,
    )
    assert held(alice) == 50_000
    lift(merchant=merchant, reason="settled", by=sena, at=at)
    assert pay(alice, corner_shop).status_code == 201
    lines = MerchantAudit.objects.order_by("pk").values_list("action", "reason")
    assert list(lines) == [("merchant.suspended", "complaints"), ("merchant.lifted", "settled")]


def test_only_our_people_suspend(corner_shop: Store, alice: Wallet) -> None:
    with pytest.raises(NotStaff):
        suspend(merchant=corner_shop.merchant, reason="x", by=alice.holder, at=timezone.now())
