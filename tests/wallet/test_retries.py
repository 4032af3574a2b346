"""What another database transaction got in the way of is done again; nothing else is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection

from wallet import idempotency
from wallet.idempotency import MOST_ATTEMPTS, use_case
from wallet.models import Wallet


def locked(wallet: Wallet) -> None:
    Wallet.objects.select_for_update().get(pk=wallet.pk)


@pytest.mark.django_db(transaction=True)
def test_two_that_deadlock_both_get_through(alice: Wallet, bob: Wallet) -> None:
    first_hold = threading.Barrier(2)
    tries: list[int] = []

    @use_case
    def lock_in_order(*, wallets: tuple[Wallet, Wallet]) -> str:
        locked(wallets[0])
        if tries.count(wallets[0].pk) == 0:
            tries.append(wallets[0].pk)
            first_hold.wait()
        else:
            tries.append(wallets[0].pk)
        locked(wallets[1])
        return "done"

    def act(wallets: tuple[Wallet, Wallet]) -> str:
        try:
            return lock_in_order(wallets=wallets)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(act, [(alice, bob), (bob, alice)])) == ["done", "done"]
    assert len(tries) >= 3  # one more each time that they meet again


def refusal(state: str) -> Callable[[], None]:
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$")

    return act


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("state", "attempts"), [("40001", MOST_ATTEMPTS), ("40P01", MOST_ATTEMPTS), ("55P03", 1)]
)
def test_it_is_tried_five_times_and_a_lock_not_had_once(
    state: str, attempts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "LONGEST_PAUSE_SECONDS", 0.001)
    tried: list[int] = []

    @use_case
    def fail() -> None:
        tried.append(1)
        refusal(state)()

    with pytest.raises(OperationalError):
        fail()
    assert len(tried) == attempts
