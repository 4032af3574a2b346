"""Holding money: placing, capturing, releasing, expiring; over the API and in races."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from ledger.accounts import account_id
from ledger.balances import balance, trial_balance
from ledger.errors import (
    CurrencyMismatch,
    InsufficientFunds,
    LedgerError,
    UnbalancedTransaction,
)
from ledger.money import Money
from ledger.posting import Leg, credit
from tests.ledger.sql import refused
from tests.ledger.threads import all_at_once
from tests.wallet.people import Caller, held, proven, won
from wallet import holds, tasks
from wallet.chart import MERCHANT_FEES, VAT_PAYABLE
from wallet.errors import CaptureTooLarge, HoldEnded, LimitExceeded, UnknownHold, WalletError
from wallet.limits.spending import what_is_left
from wallet.models import Event, Hold, Limit, Wallet

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EXPIRY = NOW + timedelta(days=7)


def krw(minor: int) -> Money:
    return Money(minor, "KRW")


def place(wallet: Wallet, minor: int = 10_000, **changes: Any) -> Hold:
    arguments: dict[str, Any] = {
        "wallet": wallet,
        "amount": krw(minor),
        "payee": "store:1",
        "proof": proven(wallet),
        "expires_at": EXPIRY,
        "at": NOW,
    }
    return holds.place(**arguments | changes)


def legs(minor: int) -> list[Leg]:
    return [credit(account_id(VAT_PAYABLE, "KRW"), krw(minor))]


def take(hold: Hold, minor: int, at: datetime = NOW) -> Hold:
    amount = krw(minor)
    return holds.capture(public_id=hold.public_id, amount=amount, credits=legs(minor), at=at)


def amounts(wallet: Wallet) -> tuple[int, int, int]:
    """Return what is available, what is held, and what was taken."""
    wallet.refresh_from_db()
    set_aside = 0 if wallet.held_account_id is None else balance(wallet.held_account_id).minor
    taken = balance(account_id(VAT_PAYABLE, "KRW")).minor
    return held(wallet), set_aside, taken


def used(wallet: Wallet) -> tuple[int, int]:
    day = next(
        one
        for one in what_is_left(wallet=wallet, at=NOW)
        if (one.period, one.code_kind) == ("DAY", "ANY")
    )
    return day.used.minor, day.used_count


def test_held_money_is_still_the_holders_but_not_available(alice: Wallet) -> None:
    hold = place(alice)
    assert amounts(alice) == (40_000, 10_000, 0)
    assert (hold.state, hold.amount, hold.captured) == ("HELD", krw(10_000), krw(0))
    shown = Caller(alice).get(f"/wallets/{alice.public_id}").json()
    assert shown["posted"] == won("50000")
    assert shown["held"] == won("10000")
    assert shown["available"] == won("40000")


def test_a_capture_of_the_whole_leaves_nothing_held(alice: Wallet) -> None:
    hold = take(place(alice), 10_000)
    assert amounts(alice) == (40_000, 0, 10_000)
    assert (hold.state, hold.captured, hold.ended_at) == ("CAPTURED", krw(10_000), NOW)
    assert used(alice) == (10_000, 1)


def test_a_capture_of_a_part_gives_the_rest_back_to_wallet_and_limits(alice: Wallet) -> None:
    take(place(alice), 7_000)
    assert amounts(alice) == (43_000, 0, 7_000)
    assert used(alice) == (7_000, 1)


def test_a_capture_may_credit_several_accounts(alice: Wallet) -> None:
    hold = place(alice)
    fee = credit(account_id(MERCHANT_FEES, "KRW"), krw(175))
    holds.capture(public_id=hold.public_id, amount=krw(9_000), credits=[*legs(8_825), fee], at=NOW)
    assert amounts(alice) == (41_000, 0, 8_825)
    assert balance(fee.account_id) == krw(175)


@pytest.mark.parametrize(
    ("amount", "credited", "error"),
    [
        (krw(10_001), 10_001, CaptureTooLarge),
        (krw(0), 1, CaptureTooLarge),
        (krw(-1), 1, CaptureTooLarge),
        (Money(5_000, "USD"), 5_000, CaptureTooLarge),
        (krw(5_000), 4_999, UnbalancedTransaction),
        (krw(5_000), 5_001, UnbalancedTransaction),
    ],
)
def test_a_capture_that_does_not_fit_changes_nothing(
    alice: Wallet, amount: Money, credited: int, error: type[Exception]
) -> None:
    hold = place(alice)
    with pytest.raises(error), transaction.atomic():
        holds.capture_hold(public_id=hold.public_id, amount=amount, credits=legs(credited), at=NOW)
    hold.refresh_from_db()
    assert hold.state == "HELD"
    assert amounts(alice) == (40_000, 10_000, 0)


def test_a_release_gives_everything_back(alice: Wallet) -> None:
    hold = holds.release(public_id=place(alice).public_id, at=NOW)
    assert (hold.state, amounts(alice)) == ("RELEASED", (50_000, 0, 0))
    assert used(alice) == (0, 0)


def test_what_is_past_its_time_is_not_captured_and_expires(alice: Wallet) -> None:
    due, later = place(alice), place(alice, expires_at=EXPIRY + timedelta(days=1))
    with pytest.raises(HoldEnded) as caught:
        take(due, 10_000, EXPIRY)
    assert caught.value.state == "EXPIRED"
    assert holds.expire_due(at=EXPIRY - timedelta(seconds=1)) == 0
    assert holds.expire_due(at=EXPIRY) == 1
    assert holds.expire_due(at=EXPIRY) == 0
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.state, later.state) == ("EXPIRED", "HELD")
    assert amounts(alice) == (40_000, 10_000, 0)


def test_the_job_expires_what_is_due(alice: Wallet) -> None:
    place(alice)
    tasks.expire_holds()
    assert Hold.objects.get().state == "EXPIRED"


def test_one_hold_that_cannot_expire_keeps_no_other_waiting(alice: Wallet, bob: Wallet) -> None:
    stuck = place(alice, expires_at=NOW + timedelta(hours=1))
    place(alice)
    Hold.objects.filter(pk=stuck.pk).update(transaction_id=2**40)
    assert holds.expire_due(at=EXPIRY) == 1
    stuck.refresh_from_db()
    assert (stuck.state, amounts(alice)) == ("HELD", (40_000, 10_000, 0))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": krw(50_001)}, InsufficientFunds),
        ({"amount": Money(10_000, "USD")}, CurrencyMismatch),
        ({"amount": krw(300_001)}, LimitExceeded),
    ],
)
def test_a_hold_that_cannot_be_placed_leaves_nothing_behind(
    alice: Wallet, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error), transaction.atomic():
        holds.place_hold(
            **{
                "wallet": alice,
                "payee": "store:1",
                "proof": proven(alice),
                "expires_at": EXPIRY,
                "at": NOW,
                **changes,
            }
        )
    assert (Hold.objects.count(), amounts(alice), used(alice)) == (0, (50_000, 0, 0), (0, 0))


def test_held_money_counts_for_the_balance_cap(alice: Wallet) -> None:
    Limit.objects.filter(period="BALANCE").update(amount_minor=50_000)
    place(alice)
    path = f"/wallets/{alice.public_id}/top-ups"
    assert Caller(alice).post(path, {"amount": won("1")}).json()["code"] == "limit_exceeded"


ACTS: dict[str, Callable[[Hold], object]] = {
    "capture": lambda hold: take(hold, 10_000),
    "release": lambda hold: holds.release(public_id=hold.public_id, at=NOW),
    "expire": lambda _: holds.expire_due(at=EXPIRY),
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(Hold.State, ACTS)))
def test_every_state_meets_every_event(alice: Wallet, state: Hold.State, event: str) -> None:
    hold = place(alice)
    reached = {"CAPTURED": "capture", "RELEASED": "release", "EXPIRED": "expire"}.get(state)
    if reached:
        ACTS[reached](hold)
    before, following = amounts(alice), holds.HOLD_EDGES.get((state, event))
    if following is None and event != "expire":
        with pytest.raises(HoldEnded):
            ACTS[event](hold)
    else:
        ACTS[event](hold)
    hold.refresh_from_db()
    assert hold.state == (following or state)
    assert (amounts(alice) == before) is (following is None)


def test_the_table_has_three_edges_all_from_held() -> None:
    assert {(state.value, event) for state, event in holds.HOLD_EDGES} == {
        ("HELD", "capture"),
        ("HELD", "release"),
        ("HELD", "expire"),
    }


def test_a_hold_that_is_not_there_is_unknown(alice: Wallet) -> None:
    with pytest.raises(UnknownHold):
        holds.release(public_id=uuid.uuid4(), at=NOW)


def test_the_holder_is_told_each_step(alice: Wallet) -> None:
    take(place(alice), 7_000)
    holds.release(public_id=place(alice).public_id, at=NOW)
    place(alice)
    holds.expire_due(at=EXPIRY)
    events = Event.objects.filter(wallet=alice).order_by("pk")
    assert [event.kind for event in events if event.kind.startswith("hold.")] == [
        "hold.placed",
        "hold.captured",
        "hold.placed",
        "hold.released",
        "hold.placed",
        "hold.expired",
    ]
    captured = events.get(kind="hold.captured").facts
    assert (captured["amount"], captured["captured"]) == (won("10000"), won("7000"))


def test_holds_are_listed_the_newest_first_and_paged(
    alice: Wallet, bob: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet.api.holds.PAGE", 2)
    made = [str(place(alice, minor).public_id) for minor in (100, 200, 300)]
    holds.release(public_id=uuid.UUID(made[0]), at=NOW)
    caller, path = Caller(alice), f"/wallets/{alice.public_id}/holds"
    first = caller.get(path).json()
    rest = caller.get(f"{path}?after={first['next']}").json()
    assert [hold["id"] for hold in first["holds"] + rest["holds"]] == made[::-1]
    assert rest["next"] is None
    assert len(caller.get(f"{path}?state=HELD").json()["holds"]) == 2
    assert caller.get(f"{path}?state=LOST").status_code == 400
    assert caller.get(f"{path}?after=made-up").status_code == 400
    assert Caller(bob).get(path).status_code == 404


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("amount_minor = 0", "wallet_hold_amount_positive"),
        ("expires_at = placed_at", "wallet_hold_lasts"),
        ("captured_minor = 1", "wallet_hold_captured_within"),
        (
            "state = 'CAPTURED', ended_at = now(), captured_minor = 10001",
            "wallet_hold_captured_within",
        ),
        ("state = 'RELEASED'", "wallet_hold_ended_once"),
        ("ended_at = now()", "wallet_hold_ended_once"),
        ("state = 'LOST', ended_at = now()", "wallet_hold_captured_within"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused(
    alice: Wallet, change: str, constraint: str
) -> None:
    place(alice)
    assert refused(f"UPDATE wallet_hold SET {change}") == constraint


def attempt(act: Callable[[], object]) -> str:
    try:
        act()
    except (WalletError, LedgerError) as exc:
        return exc.code
    finally:
        connection.close()
    return "done"


@pytest.mark.django_db(transaction=True)
def test_sixteen_captures_of_one_hold_are_one(alice: Wallet) -> None:
    hold = place(alice)
    outcomes = all_at_once(lambda _: attempt(lambda: take(hold, 6_000)))
    assert sorted(outcomes) == ["done"] + ["hold_ended"] * 15
    assert amounts(alice) == (44_000, 0, 6_000)


@pytest.mark.django_db(transaction=True)
def test_captures_releases_and_expiries_of_one_hold_end_it_once(alice: Wallet) -> None:
    hold = place(alice)
    acts = list(ACTS.values())
    all_at_once(lambda number: attempt(lambda: acts[number % 3](hold)))
    hold.refresh_from_db()
    taken = 10_000 if hold.state == "CAPTURED" else 0
    assert hold.state != "HELD"
    assert amounts(alice) == (50_000 - taken, 0, taken)
    assert used(alice)[0] == taken


@pytest.mark.django_db(transaction=True)
def test_sixteen_holds_of_a_wallet_hold_no_more_than_it_has(alice: Wallet) -> None:
    outcomes = all_at_once(lambda _: attempt(lambda: place(alice, 4_000)))
    assert outcomes.count("done") == 12
    assert amounts(alice) == (2_000, 48_000, 0)
    assert used(alice) == (48_000, 12)
    assert trial_balance() == {"KRW": 0}


@pytest.mark.django_db(transaction=True)
def test_sixteen_jobs_expire_each_hold_once(alice: Wallet) -> None:
    for _ in range(8):
        place(alice, 1_000)
    counts = all_at_once(lambda _: holds.expire_due(at=EXPIRY))
    assert sum(counts) == 8
    assert amounts(alice) == (50_000, 0, 0)
