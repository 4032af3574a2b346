"""Withdrawals against a real bank process that confirms, returns, repeats, or says nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from tests.wallet.bank import Counter, stands, stays, told, until
from tests.wallet.people import Caller, held, won
from tests.wallet.withdrawals.people import asked, status, verified, verified_without_bank
from wallet import callbacks, topups, withdrawals
from wallet.models import Wallet
from wallet.wallets.obligations import obligations

FEE = 500
LATER = withdrawals.POLL_AFTER + timedelta(seconds=1)


def at_the_bank(bank: Counter) -> int:
    """Return what the bank holds for customers, which the book agrees with."""
    assert stands("bank:safeguarding") == bank.holds()
    return bank.holds()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("amount", "ends", "left", "paid_out", "fees"),
    [
        ("10000", "CONFIRMED", 39_500, 10_000, FEE),
        ("10092", "CONFIRMED", 39_408, 10_092, FEE),
        ("10094", "CONFIRMED", 39_406, 10_094, FEE),
        ("10095", "CONFIRMED", 39_405, 10_095, FEE),
        ("10091", "RETURNED", 50_000, 0, 0),
        ("10090", "RETURNED", 49_500, 0, FEE),
        ("10096", "RETURNED", 49_500, 0, FEE),
        ("10089", "RETURNED", 49_500, 0, FEE),
    ],
    ids=[
        "confirmed",
        "callback twice",
        "callback late",
        "callback before the answer",
        "returned: the bank failed",
        "returned: account closed",
        "returned after it was confirmed",
        "RETURNED before CONFIRMED",
    ],
)
def test_the_bank_decides_a_withdrawal_once(  # noqa: PLR0913, PLR0917 - one story, eight endings.
    alice: Wallet, bank: Counter, amount: str, ends: str, left: int, paid_out: int, fees: int
) -> None:
    made = asked(alice, verified(alice, bank), amount)
    assert until(lambda: status(made) == ends)
    assert stays(lambda: status(made) == ends)
    assert held(alice) == left
    assert at_the_bank(bank) == -paid_out
    assert stands("withdrawals:in_transit") == 0
    assert stands("income:withdrawal_fees") == fees
    assert told(alice)[-1] == f"withdrawal.{ends.lower()}"
    assert told(alice).count(f"withdrawal.{ends.lower()}") == 1
    assert [one.kind for one in obligations(alice)] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "amount", ["10093", "10097"], ids=["callback lost", "answer and callback lost"]
)
def test_an_unknown_outcome_is_resolved_by_the_poll_and_paid_once(
    alice: Wallet, bank: Counter, amount: str
) -> None:
    made = asked(alice, verified(alice, bank), amount)
    before = "SENT" if amount.endswith("93") else "ASKED"
    assert stays(lambda: status(made) == before)
    assert held(alice) == 49_500 - int(amount)
    assert [one.kind for one in obligations(alice)] == ["WITHDRAWAL"]
    assert withdrawals.poll(at=timezone.now()) == 0, "its turn has not come"
    withdrawals.send(withdrawal=made, at=timezone.now())
    assert withdrawals.poll(at=timezone.now() + LATER) == 1
    assert withdrawals.poll(at=timezone.now() + 2 * LATER) == 0
    assert status(made) == "CONFIRMED"
    assert at_the_bank(bank) == -int(amount)


@pytest.mark.django_db(transaction=True)
def test_a_request_that_never_reached_the_bank_is_sent_again_by_the_poll(
    alice: Wallet, bank: Counter
) -> None:
    made = asked(alice, verified(alice, bank), "10099")
    assert stays(lambda: status(made) == "ASKED")
    assert withdrawals.poll(at=timezone.now() + LATER) == 0
    assert until(lambda: status(made) == "CONFIRMED")
    assert at_the_bank(bank) == -10_099


@pytest.mark.django_db(transaction=True)
def test_a_return_days_after_the_confirmation_is_found_in_the_list(
    alice: Wallet, bank: Counter
) -> None:
    made = asked(alice, verified(alice, bank), "10098")
    assert status(made) == "SENT"
    path = f"/withdrawals/{made.public_id}/decide"
    bank.do(path, status="CONFIRMED")
    assert until(lambda: status(made) == "CONFIRMED")
    read = callbacks.read_feed(at=timezone.now())
    bank.do(path, status="RETURNED", reason="BANK_FAILED")
    assert (read, callbacks.read_feed(at=timezone.now())) == (1, 1)
    assert stays(lambda: status(made) == "RETURNED")
    assert held(alice) == 50_000
    assert at_the_bank(bank) == 0


@pytest.mark.django_db(transaction=True)
def test_a_bank_that_is_down_leaves_the_money_in_transit(
    alice: Wallet, settings: LazySettings
) -> None:
    settings.BANK_URL = "http://127.0.0.1:1"
    made = asked(alice, verified_without_bank(alice), "10000")
    assert withdrawals.poll(at=timezone.now() + LATER) == 0
    assert status(made) == "ASKED"
    assert stands("withdrawals:in_transit") == 10_000
    assert held(alice) == 39_500


@pytest.mark.django_db(transaction=True)
def test_what_comes_in_and_goes_out_is_the_same_at_the_bank_and_in_the_book(
    alice: Wallet, bank: Counter
) -> None:
    account = verified(alice, bank)
    path = f"/wallets/{alice.public_id}/top-ups"
    for amount in ("10000", "10091", "10092", "10096"):
        assert Caller(alice).post(path, {"amount": won(amount)}).status_code == 201
    for amount in ("3000", "3091", "3092", "3096", "3089", "3093"):
        asked(alice, account, amount)
    for _ in range(2):
        topups.poll(at=timezone.now() + LATER)
        withdrawals.poll(at=timezone.now() + LATER)
        callbacks.read_feed(at=timezone.now())
    assert until(lambda: at_the_bank(bank) == 30_188 - 9_185)
    assert [one.kind for one in obligations(alice)] == []
    fees = stands("income:withdrawal_fees")
    assert held(alice) == 50_000 + 30_188 - 9_185 - fees
    assert fees == 5 * FEE
