"""Cancel makes it not have happened, whatever the state, and however often it is said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from ledger.errors import LedgerError
from merchants.errors import MerchantError
from merchants.models import Payment, Refund, Store
from tests.merchants.payments.stories import (
    ask,
    books,
    cancel,
    capture,
    charge,
    confirm,
    refund,
    state,
)
from wallet.models import Wallet


@pytest.mark.django_db
def test_an_unpaid_order_is_closed(alice: Wallet, corner_shop: Store) -> None:
    payment = ask(corner_shop)
    assert [cancel(corner_shop), cancel(corner_shop)] == ["CLOSE", "NONE"]
    assert state(payment) == "CLOSED"


@pytest.mark.django_db
def test_a_paid_order_is_refunded_with_its_whole_amount(alice: Wallet, corner_shop: Store) -> None:
    payment = confirm(ask(corner_shop), alice)
    assert [cancel(corner_shop), cancel(corner_shop)] == ["REFUND", "NONE"]
    assert (state(payment), books(alice, corner_shop)) == ("REFUNDED", (50_000, -210))


@pytest.mark.django_db
def test_only_what_was_not_given_back_before_is_refunded(
    alice: Wallet, corner_shop: Store
) -> None:
    payment = confirm(ask(corner_shop), alice)
    refund(payment, 5_000)
    assert [cancel(corner_shop), cancel(corner_shop)] == ["REFUND", "NONE"]
    assert books(alice, corner_shop) == (50_000, -210)


@pytest.mark.django_db
def test_money_set_aside_is_given_back(alice: Wallet, corner_shop: Store) -> None:
    payment = confirm(ask(corner_shop, manual=True), alice)
    assert books(alice, corner_shop) == (38_000, 0)
    assert [cancel(corner_shop), cancel(corner_shop)] == ["VOID", "NONE"]
    assert (state(payment), books(alice, corner_shop)) == ("VOIDED", (50_000, 0))


@pytest.mark.django_db
def test_a_captured_order_is_refunded(alice: Wallet, corner_shop: Store) -> None:
    payment = confirm(ask(corner_shop, manual=True), alice)
    capture(payment, 10_000)
    assert cancel(corner_shop) == "REFUND"
    assert books(alice, corner_shop) == (50_000, -175)


@pytest.mark.django_db
def test_an_order_nobody_heard_of_cannot_be_paid_later(alice: Wallet, corner_shop: Store) -> None:
    assert [cancel(corner_shop), cancel(corner_shop)] == ["CLOSE", "NONE"]
    assert charge(corner_shop, alice).state == "CLOSED"
    assert ask(corner_shop).state == "CLOSED"
    assert books(alice, corner_shop) == (50_000, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_paying_and_cancelling_at_once_ends_with_the_money_where_it_was(
    alice: Wallet, corner_shop: Store, attempt: int
) -> None:
    outcomes = together(
        *[lambda: charge(corner_shop, alice).state] * 4, *[lambda: cancel(corner_shop)] * 4
    )
    payment = Payment.objects.get()
    assert payment.state in {"CLOSED", "REFUNDED"}
    fee = 210 if payment.state == "REFUNDED" else 0
    assert books(alice, corner_shop) == (50_000, -fee)
    assert outcomes.count("REFUND") == Refund.objects.count() <= 1


@pytest.mark.django_db(transaction=True)
def test_one_order_charged_sixteen_times_at_once_is_paid_once(
    alice: Wallet, corner_shop: Store
) -> None:
    outcomes = together(*[lambda: charge(corner_shop, alice).state] * 16)
    assert outcomes == ["SUCCEEDED"] * 16
    assert books(alice, corner_shop) == (38_000, 11_790)


@pytest.mark.django_db(transaction=True)
def test_one_code_confirmed_sixteen_times_at_once_is_paid_once(
    alice: Wallet, corner_shop: Store
) -> None:
    payment = ask(corner_shop)
    outcomes = together(*[lambda: confirm(payment, alice).state] * 16)
    assert outcomes == ["SUCCEEDED"] * 16
    assert books(alice, corner_shop) == (38_000, 11_790)


def together(*acts: Callable[[], str]) -> list[str]:
    """Do all of it at once, each in a thread with a connection of its own."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], str]) -> str:
        barrier.wait()
        try:
            return act()
        except (MerchantError, LedgerError) as exc:
            return exc.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
