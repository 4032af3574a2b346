"""A store's code that asks for more than the amount, on the payer's pages."""

from __future__ import annotations

import pytest

from merchants.models import Payment, Store
from merchants.store_codes import printed_code
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
