"""A card's top-up is disputed after its money was spent: taken back, owed, repaid."""

from __future__ import annotations

import itertools
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ledger.balances import balance, trial_balance
from ledger.errors import InsufficientFunds
from ledger.money import Money
from tests.wallet.bank import Counter, call_back, stands, stays, told, until
from tests.wallet.people import BOB, PASSWORD, Caller, fund, held, won
from wallet import callbacks, topups, transfers
from wallet.errors import WalletNotOpen
from wallet.models import Event, TopUp, Wallet
from wallet.people import sign_up
from wallet.proof.proofs import Means, Proof
from wallet.topups.arriving import take_credit
from wallet.topups.numbers import keep
from wallet.wallets.debts import owed
from wallet.wallets.freezing import freeze_own
from wallet.wallets.obligations import obligations


def spend(wallet: Wallet, minor: int) -> None:
    transfers.send(
        sender=wallet,
        payee=BOB,
        amount=Money(minor, "KRW"),
        memo="",
        proof=Proof(wallet.holder_id, Means.PIN),
        at=timezone.now(),
    )


def top_up(wallet: Wallet, minor: int) -> TopUp:
    amount, at = Money(minor, "KRW"), timezone.now()
    asked = topups.ask(wallet=wallet, amount=amount, at=at)
    return topups.settle(public_id=asked.public_id, amount=amount, at=at)


def reverse(what: TopUp, reference: str = "D1") -> TopUp:
    return topups.reverse(
        public_id=what.public_id, amount=what.amount, reference=reference, at=timezone.now()
    )


def state(wallet: Wallet) -> tuple[str, int, int]:
    """Return the status, what is available and what is owed."""
    found = Wallet.objects.get(pk=wallet.pk)
    return found.status, held(found), owed(found).minor


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("amount", ["10000", "10093"], ids=["told", "found in the list"])
def test_a_disputed_top_up_is_taken_back_at_the_bank_and_here(
    alice: Wallet, bob: Wallet, bank: Counter, amount: str
) -> None:
    path = f"/wallets/{alice.public_id}/top-ups"
    made = Caller(alice).post(path, {"amount": won(amount)}).json()["id"]
    callbacks.read_feed(at=timezone.now())
    assert until(lambda: held(alice) == 50_000 + int(amount))
    spend(alice, 50_000 + int(amount) - 4_000)
    for _ in range(2):
        bank.do(f"/top-ups/{made}/reverse", reference="D1")
    callbacks.read_feed(at=timezone.now())
    due = int(amount) - 4_000
    assert until(lambda: state(alice) == ("FROZEN", 0, due))
    assert stays(lambda: state(alice) == ("FROZEN", 0, due))
    assert stands("bank:safeguarding") == bank.holds() == 0
    shown = Caller(alice).get(f"/top-ups/{made}").json()
    assert shown["status"] == "REVERSED"
    assert shown["reversed_at"] is not None


@pytest.mark.django_db
def test_what_is_still_there_is_taken_and_nothing_is_owed(alice: Wallet) -> None:
    reverse(top_up(alice, 10_000))
    assert state(alice) == ("OPEN", 50_000, 0)
    assert told(alice)[-1] == "top_up.reversed"


@pytest.mark.django_db
def test_the_shortfall_freezes_the_wallet_until_top_ups_repay_it(
    alice: Wallet, bob: Wallet
) -> None:
    disputed = top_up(alice, 10_000)
    spend(alice, 57_000)
    reverse(disputed)
    assert state(alice) == ("FROZEN", 0, 7_000)
    assert [one.kind for one in obligations(alice)] == ["DEBT"]
    with pytest.raises(WalletNotOpen):
        spend(alice, 1)
    top_up(alice, 3_000)
    assert state(alice) == ("FROZEN", 0, 4_000)
    top_up(alice, 5_000)
    assert state(alice) == ("OPEN", 1_000, 0)
    assert [one.kind for one in obligations(alice)] == []
    kinds = [kind for kind in told(alice) if kind.startswith("wallet.")]
    assert kinds == ["wallet.frozen", "wallet.unfrozen"]
    frozen = Event.objects.get(kind="wallet.frozen")
    assert frozen.facts == {"cause": "DEBT"}


@pytest.mark.django_db
def test_everything_spent_is_everything_owed(alice: Wallet, bob: Wallet) -> None:
    disputed = top_up(alice, 10_000)
    spend(alice, 60_000)
    reverse(disputed)
    assert state(alice) == ("FROZEN", 0, 10_000)


@pytest.mark.django_db
def test_money_paid_into_the_account_number_repays_too(alice: Wallet, bob: Wallet) -> None:
    disputed = top_up(alice, 10_000)
    spend(alice, 60_000)
    reverse(disputed)
    keep(wallet=alice, number="790000000001", at=timezone.now())
    paid = Money(12_000, "KRW")
    take_credit(reference="R1", number="790000000001", amount=paid, at=timezone.now())
    assert state(alice) == ("OPEN", 2_000, 0)


@pytest.mark.django_db
def test_a_freeze_for_another_reason_outlives_the_debt(alice: Wallet, bob: Wallet) -> None:
    disputed = top_up(alice, 10_000)
    spend(alice, 60_000)
    freeze_own(wallet=alice, at=timezone.now())
    reverse(disputed)
    top_up(alice, 10_000)
    assert state(alice) == ("FROZEN", 0, 0)
    with pytest.raises(WalletNotOpen):
        topups.ask(wallet=alice, amount=Money(1, "KRW"), at=timezone.now())


@pytest.mark.django_db
def test_a_closed_wallet_owes_and_stays_closed(alice: Wallet) -> None:
    disputed = top_up(alice, 10_000)
    Wallet.objects.filter(pk=alice.pk).update(status="CLOSED", closed_at=timezone.now())
    reverse(disputed)
    assert state(alice) == ("CLOSED", 60_000, 10_000)


@pytest.mark.django_db
def test_a_reversal_counts_once_and_only_for_what_was_settled(
    alice: Wallet, settings: LazySettings
) -> None:
    first, second = top_up(alice, 7_000), top_up(alice, 7_000)
    pending = topups.ask(wallet=alice, amount=Money(7_000, "KRW"), at=timezone.now())

    def say(what: TopUp, reference: str, amount: str = "7000") -> tuple[int, str]:
        message = {"kind": "REVERSAL", "id": str(what.public_id), "reference": reference}
        answer = call_back(settings, {**message, **won(amount)})
        return answer.status_code, answer.json()["code"] if answer.content else ""

    assert say(first, "D1") == (204, "")
    assert say(first, "D1") == (204, "")
    assert say(first, "D2") == (409, "top_up_not_settled")
    assert say(second, "D1") == (409, "reversal_reference_reused")
    assert say(pending, "D3") == (409, "top_up_not_settled")
    assert say(second, "D4", "6999") == (404, "unknown_top_up")
    assert say(TopUp(public_id=uuid.uuid4()), "D5") == (404, "unknown_top_up")
    assert say(second, "") == (400, "unknown_bank_message")
    assert state(alice) == ("OPEN", 57_000, 0)
    settled_late = {"kind": "TOP_UP", "id": str(first.public_id), "status": "SETTLED"}
    assert call_back(settings, {**settled_late, **won("7000")}).status_code == 204
    assert state(alice) == ("OPEN", 57_000, 0)


@pytest.mark.django_db(transaction=True)
def test_eight_reversals_at_once_take_the_money_back_once(alice: Wallet, bob: Wallet) -> None:
    disputed, barrier = top_up(alice, 10_000), threading.Barrier(8)

    def act(_: int) -> str:
        barrier.wait()
        try:
            return reverse(disputed).status
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(act, range(8))) == {"REVERSED"}
    assert state(alice) == ("OPEN", 50_000, 0)
    assert told(alice).count("top_up.reversed") == 1


@pytest.mark.django_db(transaction=True)
def test_a_payment_and_a_reversal_at_once_lose_no_money(alice: Wallet, bob: Wallet) -> None:
    disputed, barrier = top_up(alice, 10_000), threading.Barrier(2)

    def act(step: Any) -> None:
        barrier.wait()
        try:
            step()
        except (InsufficientFunds, WalletNotOpen):
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, [lambda: spend(alice, 55_000), lambda: reverse(disputed)]))
    status, available, due = state(alice)
    assert (status, available, due) in [("OPEN", 50_000, 0), ("FROZEN", 0, 5_000)]
    assert available - due + held(bob) == 50_000
    assert trial_balance() == {"KRW": 0}


_numbers = itertools.count(10_000_000)
STEPS = st.lists(
    st.tuples(st.sampled_from(["TOP_UP", "SPEND", "REVERSE"]), st.integers(1, 9_999)), max_size=12
)


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_no_sequence_of_top_ups_payments_and_reversals_makes_or_loses_money(
    bob: Wallet, steps: list[tuple[str, int]]
) -> None:
    phone = f"+8210{next(_numbers)}"
    carol = sign_up(phone=phone, password=PASSWORD, currency="KRW", at=timezone.now())
    before = {code: stands(code) for code in ("provider:bank:receivable", "bank:safeguarding")}
    came, went, settled = 0, 0, []
    for step, minor in steps:
        if step == "TOP_UP":
            settled.append(top_up(carol, minor))
            came += minor
        elif step == "SPEND":
            try:
                spend(carol, minor)
                went += minor
            except (InsufficientFunds, WalletNotOpen):
                pass
        elif settled:
            taken = settled.pop(minor % len(settled))
            reverse(taken, f"D{taken.public_id}")
            came -= taken.amount_minor
    status, available, due = state(carol)
    assert available - due == came - went
    assert min(available, due) == 0
    assert (status == "FROZEN") == (due > 0)
    assert sum(stands(code) - was for code, was in before.items()) == came
    assert trial_balance() == {"KRW": 0}


@pytest.mark.django_db
def test_a_reversal_costs_a_bounded_number_of_queries(
    alice: Wallet, bob: Wallet, django_assert_max_num_queries: Any
) -> None:
    disputed = top_up(alice, 10_000)
    spend(alice, 55_000)
    with django_assert_max_num_queries(23):
        reverse(disputed)
    fund(alice, Money(5_000, "KRW"))
    found = Wallet.objects.get(pk=alice.pk)
    assert (found.status, balance(found.debt.account_id).minor) == ("OPEN", 0)
