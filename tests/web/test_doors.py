"""Signing up, in and out."""

from __future__ import annotations

import pytest

from tests.wallet.people import ALICE, PASSWORD, PIN, held
from tests.wallet.sms import code_sent
from tests.web.browser import Visitor
from wallet.chart import open_chart
from wallet.models import Pin, Wallet

pytestmark = pytest.mark.django_db


def test_somebody_signs_up_with_a_code_and_lands_in_a_wallet_with_a_pin() -> None:
    open_chart("KRW")
    visitor = Visitor()
    visitor.get("/sign-up")
    visitor.post(phone="010-1234-5678")
    assert visitor.path == "/sign-up/code"
    visitor.post(code=code_sent(ALICE), password=PASSWORD, pin=PIN)
    assert visitor.path == "/"
    wallet = Wallet.objects.get()
    assert (wallet.holder.phone, held(wallet)) == (ALICE, 0)
    assert Pin.objects.filter(user=wallet.holder).exists()
    assert "Nothing has happened yet" in visitor.text


def test_a_wrong_code_a_weak_password_and_a_weak_pin_are_said_by_their_fields() -> None:
    open_chart("KRW")
    visitor = Visitor()
    visitor.get("/sign-up")
    visitor.post(phone="010-1234-5678")
    visitor.post(code=code_sent(ALICE), password="1234", pin="123456")
    assert visitor.answer.status_code == 422
    assert any("harder to guess" in error for error in visitor.errors)
    visitor.post(code="000000", password=PASSWORD, pin=PIN)
    assert any("That code does not fit" in error for error in visitor.errors)
    assert not Wallet.objects.exists()


def test_the_sign_up_form_sent_twice_opens_one_wallet() -> None:
    open_chart("KRW")
    visitor, other = Visitor(), Visitor()
    visitor.get("/sign-up")
    visitor.post(phone="010-1234-5678")
    other.client.cookies = visitor.client.cookies.copy()  # type: ignore[assignment]
    other.get("/sign-up/code")
    for tab in (visitor, other):
        tab.post(code=code_sent(ALICE), password=PASSWORD, pin=PIN)
    assert Wallet.objects.count() == 1


def test_a_wrong_password_is_refused_and_the_number_typed_is_still_there(alice: Wallet) -> None:
    visitor = Visitor()
    visitor.get("/sign-in")
    visitor.post(phone="010-1234-5678", password="not this one")
    assert visitor.answer.status_code == 422
    assert any("do not fit together" in error for error in visitor.errors)
    assert 'value="010-1234-5678"' in visitor.answer.content.decode()


def test_who_is_not_signed_in_is_asked_to_and_then_goes_on(alice: Wallet) -> None:
    visitor = Visitor()
    visitor.get("/limits")
    assert visitor.path.startswith("/sign-in?next=")
    visitor.post(phone=ALICE, password=PASSWORD)
    assert visitor.path == "/limits"


def test_signing_in_never_leads_elsewhere(alice: Wallet) -> None:
    visitor = Visitor()
    visitor.get("/sign-in?next=https://evil.example/")
    visitor.post(phone=ALICE, password=PASSWORD)
    assert visitor.path == "/"


def test_signing_out_ends_it(visitor: Visitor) -> None:
    visitor.get("/settings")
    visitor.client.post("/sign-out")
    visitor.get("/settings")
    assert visitor.path.startswith("/sign-in")
