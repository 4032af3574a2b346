"""Confirming: the PIN, a second proof, and doing it once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from ledger.money import Money
from tests.wallet.people import ALICE, BOB, PASSWORD, fund, held
from tests.wallet.sms import code_sent
from tests.web.browser import Visitor
from wallet.models import OneTimeCode, Transfer, Wallet

pytestmark = pytest.mark.django_db


def begin(visitor: Visitor, amount: str) -> str:
    """Fill the sending form in; return the address that asks for confirmation."""
    visitor.get("/send")
    visitor.post(payee="010-8765-4321", amount=amount, memo="lunch")
    assert visitor.path.startswith("/confirm/"), visitor.errors
    return visitor.path


def test_who_gets_it_is_shown_masked_before_it_is_sent(visitor: Visitor, bob: Wallet) -> None:
    begin(visitor, "1,000")
    assert "박*호" in visitor.text
    assert "010-8765-4321" not in visitor.text
    assert BOB not in visitor.text


def test_money_is_sent_after_the_pin(visitor: Visitor, alice: Wallet, bob: Wallet) -> None:
    begin(visitor, "12,000")
    visitor.confirm()
    assert visitor.path.startswith("/transfers/")
    assert (held(alice), held(bob)) == (38_000, 12_000)


def test_a_double_tap_and_a_reload_send_once(visitor: Visitor, alice: Wallet, bob: Wallet) -> None:
    asking = begin(visitor, "12,000")
    body = {"pin": "739164"}
    places = [visitor.client.post(asking, body)["Location"] for _ in range(3)]
    assert len(set(places)) == 1
    assert (held(alice), Transfer.objects.count()) == (38_000, 1)


def test_two_tabs_that_confirm_the_same_draft_send_once(
    visitor: Visitor, alice: Wallet, bob: Wallet
) -> None:
    asking = begin(visitor, "12,000")
    session = visitor.client.session
    kept = session["drafts"]
    visitor.client.post(asking, {"pin": "739164"})
    # As a second request sees it that began before the first one had ended.
    session = visitor.client.session
    session["drafts"] = kept
    session.save()
    visitor.client.post(asking, {"pin": "739164"})
    assert (held(alice), Transfer.objects.count()) == (38_000, 1)


def test_the_back_button_leads_to_what_was_done(visitor: Visitor, bob: Wallet) -> None:
    asking = begin(visitor, "12,000")
    visitor.confirm()
    done = visitor.path
    visitor.get(asking)
    assert visitor.path == done


def test_a_wrong_pin_says_how_many_tries_are_left_and_moves_nothing(
    visitor: Visitor, alice: Wallet, bob: Wallet
) -> None:
    begin(visitor, "12,000")
    visitor.confirm(pin="111222")
    assert visitor.errors == ["This is not your PIN. Tries left: 4."]
    assert held(alice) == 50_000
    visitor.confirm()
    assert held(alice) == 38_000


def test_five_wrong_pins_lock_and_say_the_way_out(visitor: Visitor, bob: Wallet) -> None:
    begin(visitor, "12,000")
    for _ in range(6):
        visitor.confirm(pin="111222")
    assert "locked" in visitor.errors[0]


def test_more_than_there_is_can_be_corrected(visitor: Visitor, alice: Wallet, bob: Wallet) -> None:
    begin(visitor, "60,000")
    visitor.confirm()
    assert "holds less" in visitor.errors[0]
    assert held(alice) == 50_000


def test_a_large_sum_to_somebody_new_asks_for_a_second_proof(
    visitor: Visitor, alice: Wallet, bob: Wallet
) -> None:
    fund(alice, Money(200_000, "KRW"))
    begin(visitor, "150,000")
    visitor.confirm()
    assert visitor.path.endswith("/code")
    visitor.post(code="000000")
    assert "does not fit" in visitor.errors[0]
    assert held(bob) == 0
    visitor.post(code=code_sent(ALICE))
    assert visitor.path.startswith("/transfers/"), visitor.errors
    assert held(bob) == 150_000


def test_the_second_proof_of_one_draft_is_none_for_another(
    visitor: Visitor, alice: Wallet, bob: Wallet
) -> None:
    fund(alice, Money(300_000, "KRW"))
    first = begin(visitor, "150,000")
    visitor.confirm()
    session = visitor.client.session
    key = first.split("/")[2]
    visitor.post(code=code_sent(ALICE))
    token = visitor.client.session["drafts"][key]["token"]
    OneTimeCode.objects.update(sent_at=F("sent_at") - timedelta(days=1))
    second = begin(visitor, "160,000").split("/")[2]
    session = visitor.client.session
    session["drafts"][second]["token"] = token
    session.save()
    visitor.get(f"/confirm/{second}")
    visitor.confirm()
    assert "used or is too old" in visitor.errors[0]
    assert held(bob) == 150_000


def test_a_draft_is_nobody_elses(visitor: Visitor, bob: Wallet) -> None:
    asking = begin(visitor, "12,000")
    other = Visitor().sign_in(bob)
    other.get(asking)
    assert other.answer.status_code == 404
    assert "Begin again" in other.text


def test_a_frozen_wallet_sends_nothing(visitor: Visitor, alice: Wallet, bob: Wallet) -> None:
    visitor.get("/settings/freeze")
    visitor.post(deed="freeze")
    begin(visitor, "1,000")
    visitor.confirm()
    assert "frozen" in visitor.errors[0]
    assert held(alice) == 50_000


def test_the_pin_shown_for_one_draft_is_asked_for_again_by_the_next(
    visitor: Visitor, bob: Wallet
) -> None:
    begin(visitor, "1,000")
    visitor.confirm()
    begin(visitor, "2,000")
    assert 'name="pin"' in visitor.answer.content.decode()


def test_a_password_is_not_in_the_session(visitor: Visitor, bob: Wallet) -> None:
    begin(visitor, "1,000")
    visitor.confirm()
    kept = str(dict(visitor.client.session))
    assert PASSWORD not in kept
    assert "739164" not in kept
