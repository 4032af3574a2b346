"""A payment followed to the bank's statement, with a real bank that makes mistakes."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from merchants.models import Break, Payout, ReconciliationDay, Store
from merchants.reconciliation.daily import reconcile
from merchants.reconciliation.rules import HOME_ZONE
from merchants.statements.importing import import_file
from tests.merchants.cast import Program, keyed, other_shop
from tests.merchants.payouts.conftest import bank, shop
from tests.merchants.payouts.desk import HOUSE, close_now, hear, sent
from tests.merchants.settlement.days import sell
from tests.wallet.bank import Counter
from wallet.models import User, Wallet
from wallet.providers import payout_files

__all__ = ["bank", "shop"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def till(shop: Store) -> Program:
    return Program(keyed(shop.merchant, "settlements:read")[1])


def sold(alice: Wallet, shop: Store, minor: int) -> str:
    return sell(alice, shop, minor, timezone.now())


def statement() -> ReconciliationDay:
    """Import the bank's statement of today, and reconcile."""
    today = timezone.now().astimezone(HOME_ZONE).date()
    raw = payout_files.statement(account=HOUSE, currency="KRW", day=today)
    assert raw is not None
    verdict = import_file(file=io.BytesIO(raw), name="camt053", at=timezone.now())
    assert verdict.state == "LOADED", list(verdict.lines())
    (day,) = reconcile(day=today, at=timezone.now())
    return day


def where(till: Program, number: str) -> dict[str, Any]:
    answer = till.get(f"/merchant/payments/{number}/whereabouts")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_payment_is_followed_to_the_statement(  # noqa: PLR0913, PLR0917 - the whole cast.
    alice: Wallet,
    shop: Store,
    till: Program,
    sena: User,
    doyun: User,
    bank: Counter,
    capsys: pytest.CaptureFixture[str],
) -> None:
    number = sold(alice, shop, 12_000)
    found = where(till, number)
    assert (found["where"], found["settlement"], found["payout"]) == ("DAY_OPEN", None, None)
    assert found["next_on"] is not None
    close_now(shop)
    found = where(till, number)
    assert (found["where"], found["settlement"]["state"]) == ("DUE", "PAYABLE")
    payout = sent(sena, doyun)
    found = where(till, number)
    assert (found["where"], found["payout"]["number"]) == ("BEING_PAID", payout.number)
    hear()
    found = where(till, number)
    assert (found["where"], found["bank"]) == ("PAID_OUT", None)
    assert found["next_on"] is not None
    day = statement()
    assert (day.statement_closing_minor, day.ledger_closing_minor) == (-12_000, -12_000)
    assert (day.residual_minor, day.breaks) == (0, {})
    found = where(till, number)
    assert (found["where"], found["next_on"]) == ("AT_BANK", None)
    assert found["bank"]["reference"]
    assert found["payout"]["state"] == "RECONCILED"
    call_command("where_is", number)
    told = capsys.readouterr().out
    assert f"payout {payout.number}" in told
    assert "AT_BANK: it is on the bank's statement" in told
    with pytest.raises(CommandError, match="there is no payment"):
        call_command("where_is", "1" * 18)


def test_the_statement_is_the_first_to_say_that_it_was_paid_and_that_it_came_back(
    alice: Wallet, shop: Store, till: Program, sena: User, doyun: User, bank: Counter
) -> None:
    number = sold(alice, shop, 12_096)
    close_now(shop)
    payout = sent(sena, doyun)
    day = statement()
    assert (day.residual_minor, day.breaks, day.statement_closing_minor) == (0, {}, 0)
    payout.refresh_from_db()
    assert (payout.state, payout.reason_code) == ("FUNDS_RESTORED", "AC04")
    assert where(till, number)["where"] == "CAME_BACK"
    assert not Break.objects.exclude(state="RESOLVED").exists()


def test_what_the_bank_books_twice_and_takes_back_is_its_own_affair(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_092)
    close_now(shop)
    sent(sena, doyun)
    hear()
    day = statement()
    assert (day.residual_minor, day.breaks, day.unidentified_minor) == (0, {}, 0)
    assert Payout.objects.get().state == "RECONCILED"
    assert not Break.objects.exclude(state="RESOLVED").exists()


def test_a_stranger_and_a_till_without_the_right_learn_nothing(
    alice: Wallet, shop: Store, till: Program
) -> None:
    number = sold(alice, shop, 12_000)
    stranger = Program(keyed(other(shop).merchant, "settlements:read")[1])
    assert stranger.get(f"/merchant/payments/{number}/whereabouts").status_code == 404
    cashier = Program(keyed(shop.merchant, "payments:read")[1])
    assert cashier.get(f"/merchant/payments/{number}/whereabouts").status_code == 403
    assert till.get("/merchant/payments/123/whereabouts").status_code == 404


def other(shop: Store) -> Store:
    from merchants.fees.agreements import plan_of

    return other_shop(plan_of(merchant=shop.merchant, at=timezone.now() + timedelta(seconds=1)))
