"""A store's code that asks for more than the amount, on the payer's pages."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ledger.money import Money
from merchants.models import Payment, Store, Terminal
from merchants.payments import orders
from merchants.payments.paying import Bill
from merchants.store_codes import order_code, printed_code
from tests.wallet.people import held
from tests.web.browser import Visitor
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


def test_a_tip_and_the_table_are_asked_for_and_shown_before_the_pin(
    visitor: Visitor, alice: Wallet, corner_shop: Store
) -> None:
    corner_shop.tip_rule, corner_shop.prompts = "PROMPT", ["bill_number"]
    corner_shop.save()
    visitor.get("/scan")
    visitor.post(payload=printed_code(corner_shop))
    visitor.post(amount="10,000", tip="1,000")
    assert visitor.errors  # the table is missing
    visitor.post(amount="10,000", tip="1,000", answer_bill_number="12")
    assert ("₩11,000" in visitor.text, "₩1,000" in visitor.text) == (True, True)

    visitor.confirm()

    payment = Payment.objects.get()
    assert (payment.amount_minor, payment.tip_minor, payment.bill_number) == (11_000, 1_000, "12")
    assert held(alice) == 39_000
    assert "₩1,000" in visitor.text


def test_what_the_store_adds_is_said_and_added(
    visitor: Visitor, alice: Wallet, corner_shop: Store
) -> None:
    corner_shop.tip_rule, corner_shop.tip_bps = "PERCENT", 1_000
    corner_shop.save()
    visitor.get("/scan")
    visitor.post(payload=printed_code(corner_shop))
    assert "10.00 %" in visitor.text

    visitor.post(amount="10,000")
    visitor.confirm()

    assert (Payment.objects.get().tip_minor, held(alice)) == (1_000, 39_000)


def test_a_payer_adds_what_they_like_to_what_a_till_asks(
    visitor: Visitor, alice: Wallet, corner_shop: Store
) -> None:
    scan(visitor, corner_shop, "A1")
    assert "10% · ₩1,200" in visitor.text

    visitor.post(share="1000", tip="")
    assert ("₩13,200" in visitor.text, "₩1,200" in visitor.text) == (True, True)
    visitor.confirm()

    payment = Payment.objects.get()
    assert (payment.amount_minor, payment.tip_minor, held(alice)) == (13_200, 1_200, 36_800)
    assert visitor.get(f"/payments/{payment.number}/tip").redirect_chain  # nothing to add any more
    assert visitor.path == f"/payments/{payment.number}"


def test_a_sum_that_was_typed_goes_before_a_part_and_no_tip_is_fine(
    visitor: Visitor, alice: Wallet, corner_shop: Store
) -> None:
    scan(visitor, corner_shop, "A1")
    visitor.post(share="1500", tip="-3")
    assert visitor.errors
    visitor.post(share="1500", tip="500")
    visitor.confirm()
    scan(visitor, corner_shop, "A2")
    visitor.post(share="0", tip="")
    visitor.confirm()

    tips = Payment.objects.order_by("pk").values_list("amount_minor", "tip_minor")
    assert (list(tips), held(alice)) == ([(12_500, 500), (12_000, 0)], 25_500)


def test_somebody_who_is_late_is_told_so(
    visitor: Visitor, bob: Wallet, corner_shop: Store
) -> None:
    number = scan(visitor, corner_shop, "A1").number
    visitor.post(share="0", tip="")
    visitor.confirm()

    late = Visitor().sign_in(bob)
    late.get(f"/payments/{number}/tip")
    late.post(share="500", tip="")
    late.confirm()

    assert "paid, closed, or is out of time" in late.text
    assert Payment.objects.get().tip_minor == 0


def test_the_till_of_a_store_that_takes_tips_asks_for_one(
    till: Visitor, corner_shop: Store, counter: Terminal
) -> None:
    corner_shop.tip_rule = Store.TipRule.PROMPT
    corner_shop.save()
    till.get("/till")

    till.post(amount="12,000", how="show")

    assert Payment.objects.get(store=counter.store).asks_tip


def scan(visitor: Visitor, store: Store, order_no: str) -> Payment:
    """Scan the code of a till that asks for 12,000 won and a tip."""
    bill = Bill(amount=Money(12_000, "KRW"), merchant_order_no=order_no, asks_tip=True)
    waiting = orders.ask(store=store, bill=bill, at=timezone.now())
    visitor.get("/scan")
    visitor.post(payload=order_code(waiting, store))
    assert visitor.path == f"/payments/{waiting.number}/tip", visitor.errors
    return waiting
