"""A wallet that tops itself up when it holds less than its holder wants."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from ledger.money import Money
from tests.wallet.bank import Counter, told, until
from tests.wallet.people import Caller, held, won
from wallet import topups
from wallet.models import AutoTopUp, Event, TopUp, Wallet
from wallet.topups.automatic import run, set_rule

NOW = timezone.now()
DAY = timedelta(hours=24)


def rule(wallet: Wallet, **changes: Any) -> AutoTopUp:
    """Set a rule that is due at once: 20,000 whenever there is less than 60,000."""
    minor = {"threshold": 60_000, "amount": 20_000, "daily_ceiling": 50_000, **changes}
    at = minor.pop("at", NOW)
    money = {name: Money(value, "KRW") for name, value in minor.items()}
    return set_rule(wallet=wallet, **money, enabled=True, at=at)


@pytest.fixture
def no_bank(settings: LazySettings) -> None:
    settings.BANK_URL = "http://127.0.0.1:1"


def decide(status: str, at: datetime) -> None:
    """Let the provider decide about the one that is pending."""
    found = TopUp.objects.get(status="PENDING")
    if status == "SETTLED":
        topups.settle(public_id=found.public_id, amount=found.amount, at=at)
    else:
        topups.fail(public_id=found.public_id, at=at, reason="CARD_DECLINED")


@pytest.mark.django_db(transaction=True)
def test_a_low_wallet_is_topped_up_by_the_job(alice: Wallet, bank: Counter) -> None:
    rule(alice)
    assert run(at=timezone.now()) == 1
    assert until(lambda: held(alice) == 70_000)
    assert run(at=timezone.now()) == 0
    assert TopUp.objects.get(auto_top_up__wallet=alice).status == "SETTLED"


@pytest.mark.django_db
def test_nothing_is_asked_while_something_is_on_its_way(alice: Wallet, no_bank: None) -> None:
    rule(alice)
    assert run(at=NOW) == 1
    assert run(at=NOW) == 0
    decide("SETTLED", NOW)
    topups.ask(wallet=alice, amount=Money(1, "KRW"), at=NOW)
    rule(alice, threshold=90_000)
    assert run(at=NOW) == 0, "the holder's own top-up is on its way"


@pytest.mark.django_db
@pytest.mark.parametrize("threshold", [50_000, 49_999])
def test_a_wallet_at_its_threshold_is_left_alone(
    alice: Wallet, no_bank: None, threshold: int
) -> None:
    rule(alice, threshold=threshold)
    assert run(at=NOW) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["FROZEN", "CLOSED"])
def test_a_wallet_that_is_not_open_is_left_alone(
    alice: Wallet, no_bank: None, status: str
) -> None:
    rule(alice)
    Wallet.objects.filter(pk=alice.pk).update(
        status=status, closed_at=timezone.now() if status == "CLOSED" else None
    )
    assert run(at=NOW) == 0


@pytest.mark.django_db
def test_the_ceiling_holds_within_any_24_hours(alice: Wallet, no_bank: None) -> None:
    rule(alice, threshold=500_000)
    for _ in range(2):
        assert run(at=NOW) == 1
        decide("SETTLED", NOW)
    assert run(at=NOW) == 0, "a third would make 60,000"
    assert run(at=NOW + DAY - timedelta(seconds=1)) == 0
    assert run(at=NOW + DAY) == 1


@pytest.mark.django_db
def test_three_failures_in_a_row_pause_it_until_it_is_set_again(
    alice: Wallet, no_bank: None
) -> None:
    rule(alice)
    for status in ("FAILED", "FAILED", "SETTLED", "FAILED", "FAILED"):
        rule_now = AutoTopUp.objects.get(wallet=alice)
        assert rule_now.enabled
        AutoTopUp.objects.filter(pk=rule_now.pk).update(threshold_minor=200_000)
        assert run(at=NOW) == 1
        decide(status, NOW)
    assert "auto_top_up.paused" not in told(alice)
    assert run(at=NOW) == 1
    decide("FAILED", NOW)
    paused = Event.objects.get(wallet=alice, kind="auto_top_up.paused")
    assert paused.facts == {"failures": 3, "reason": "CARD_DECLINED"}
    assert run(at=NOW) == 0
    later = NOW + timedelta(minutes=1)
    rule(alice, threshold=200_000, at=later)
    assert run(at=later) == 1
    decide("FAILED", later)
    assert AutoTopUp.objects.get(wallet=alice).enabled, "earlier failures are forgotten"


@pytest.mark.django_db(transaction=True)
def test_parallel_jobs_ask_once(alice: Wallet, no_bank: None) -> None:
    rule(alice)
    barrier = threading.Barrier(6)

    def act(_: int) -> int:
        barrier.wait()
        try:
            return run(at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(act, range(6))) == 1
    assert TopUp.objects.filter(auto_top_up__wallet=alice).count() == 1


@pytest.mark.django_db
def test_the_rule_is_set_and_shown_over_the_api(alice: Wallet, bob: Wallet) -> None:
    caller, path = Caller(alice), f"/api/v1/wallets/{alice.public_id}/auto-top-up"
    body = {
        "threshold": won("10000"),
        "amount": won("20000"),
        "daily_ceiling": won("40000"),
        "enabled": True,
    }

    def put(**changes: Any) -> Any:
        return caller.client.put(path, {**body, **changes}, content_type="application/json")

    assert caller.client.get(path).status_code == 404
    shown = put()
    assert shown.status_code == 200, shown.json()
    assert shown.json() == {**body, "provider": "CARD", "paused_at": None}
    assert caller.client.get(path).json() == shown.json()
    assert put(enabled=False).json()["enabled"] is False
    for changes, code in (
        ({"daily_ceiling": won("19999")}, "invalid_amount"),
        ({"amount": won("1.00", "USD")}, "currency_mismatch"),
        ({"provider": "BANK_TRANSFER"}, "invalid_request"),
        ({"threshold": won("0")}, "invalid_request"),
    ):
        answer = put(**changes)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert AutoTopUp.objects.get().amount_minor == 20_000
    assert Caller(bob).client.get(path).status_code == 404
