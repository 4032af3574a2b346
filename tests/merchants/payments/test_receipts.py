"""Receipts for both sides: one number, one match code, and what was given back."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest

from merchants.models import Store
from merchants.payments.numbers import match_code
from tests.merchants.cast import Program, keyed
from tests.wallet.codes.phones import enrolled
from tests.wallet.people import Caller, won
from wallet.models import Wallet

pytestmark = pytest.mark.django_db
SCOPES = ("payments:read", "payments:write", "refunds:write")


@pytest.fixture
def till(corner_shop: Store) -> Program:
    """A program with an API key."""
    return Program(keyed(corner_shop.merchant, *SCOPES)[1])


@pytest.fixture
def number(alice: Wallet, corner_shop: Store, till: Program) -> str:
    """The number of a payment of 12,000 won, 2,000 of which are a tip."""
    asked = {
        "store_id": corner_shop.public_id,
        "order_no": "A-1",
        "amount": won("12000"),
        "tip": won("2000"),
        "bill_number": "B7",
        "code": enrolled(alice).code(),
    }
    return str(till.post("/merchant/payments", asked).json()["number"])


def text_of(answer: Any) -> str:
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(page.extract_text() for page in pages)


def test_both_sides_have_the_same_receipt(alice: Wallet, till: Program, number: str) -> None:
    payer = Caller(alice).get(f"/payments/{number}/receipt").json()
    store = till.get(f"/merchant/payments/{number}/receipt").json()

    assert (payer["number"], payer["match_code"]) == (number, match_code(number))
    assert (payer["paid"], payer["tip"], payer["bill_number"]) == (won("12000"), won("2000"), "B7")
    assert (payer["store_name"], payer["merchant_name"]) == ("모퉁이가게", "=모퉁이가게")
    assert store == payer | {"order_no": "A-1", "fee": won("210")}


def test_refunds_stand_on_both(alice: Wallet, till: Program, number: str) -> None:
    given = {"refund_no": "R-1", "amount": won("4000"), "reason": "cold soup"}
    refund = till.post(f"/merchant/payments/{number}/refunds", given).json()

    for side in (
        Caller(alice).get(f"/payments/{number}/receipt"),
        till.get(f"/merchant/payments/{number}/receipt"),
    ):
        said = side.json()
        (shown,) = said["refunds"]
        assert (shown["number"], shown["amount"], shown["reason"]) == (
            *(refund["number"], won("4000"), "cold soup"),
        )
        assert (said["paid"], said["kept"]) == (won("12000"), won("8000"))


@pytest.mark.parametrize(("language", "amount"), [("ko", "12,000"), ("en", "KRW 12,000")])
def test_both_print_theirs(
    alice: Wallet, till: Program, number: str, language: str, amount: str
) -> None:
    payer = text_of(Caller(alice).get(f"/payments/{number}/receipt.pdf?lang={language}"))
    store = text_of(till.get(f"/merchant/payments/{number}/receipt.pdf?lang={language}"))

    for text in (payer, store):
        assert all(part in text for part in (number, match_code(number), amount, "B7"))
    assert ("A-1" in store, "A-1" in payer) == (True, False)


def test_what_is_not_paid_has_none(alice: Wallet, corner_shop: Store, till: Program) -> None:
    order = {"store_id": corner_shop.public_id, "order_no": "A-9", "amount": won("100")}
    number = till.post("/merchant/orders", order).json()["number"]
    for path in ("receipt", "receipt.pdf"):
        answer = till.get(f"/merchant/payments/{number}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (409, "payment_ended")
        assert Caller(alice).get(f"/payments/{number}/{path}").status_code == 404


def test_nobody_else_gets_one(alice: Wallet, rival: Store, number: str) -> None:
    other = Program(keyed(rival.merchant, *SCOPES)[1])
    for path in ("receipt", "receipt.pdf"):
        assert other.get(f"/merchant/payments/{number}/{path}").status_code == 404
        assert Caller(rival_payer()).get(f"/payments/{number}/{path}").status_code == 404


def rival_payer() -> Wallet:
    from tests.merchants.cast import newcomer
    from tests.wallet.people import BOB

    return Wallet.objects.filter(holder__phone=BOB).first() or newcomer(BOB)


def test_a_receipt_costs_a_bounded_number_of_queries(
    till: Program, number: str, django_assert_max_num_queries: Any
) -> None:
    for n in range(5):
        given = {"refund_no": f"R-{n}", "amount": won("100")}
        till.post(f"/merchant/payments/{number}/refunds", given)
    with django_assert_max_num_queries(4):
        assert len(till.get(f"/merchant/payments/{number}/receipt").json()["refunds"]) == 5
