"""One process that posts payments from Python for some seconds, and prints how many."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from django.db import transaction  # noqa: E402

from bench.peers.models import OrmAccount, OrmEntry, OrmTransaction  # noqa: E402
from ledger.balances import balance  # noqa: E402
from ledger.money import Money  # noqa: E402
from ledger.posting import Item, Leg, credit, debit, post, post_many  # noqa: E402
from ledger.statements import latest  # noqa: E402

AMOUNT, FEE = 12_000, 210


def legs(wallet: int, store: int, fee: int) -> list[Leg]:
    """Return the three legs of a payment."""
    return [
        debit(wallet, Money(AMOUNT, "KRW")),
        credit(store, Money(AMOUNT - FEE, "KRW")),
        credit(fee, Money(FEE, "KRW")),
    ]


def ours(wallet: int, store: int, fee: int, reference: str) -> None:
    """Post through the ledger."""
    with transaction.atomic():
        post(kind="PAYMENT", reference=reference, legs=legs(wallet, store, fee))


def orm(wallet: int, store: int, fee: int, reference: str) -> None:
    """Post with row locks and bulk_create."""
    amounts = {wallet: AMOUNT, store: FEE - AMOUNT, fee: -FEE}
    with transaction.atomic():
        found = OrmAccount.objects.select_for_update().filter(pk__in=amounts).order_by("pk")
        accounts = {account.pk: account for account in found}
        made = OrmTransaction.objects.create(reference=reference, kind="PAYMENT")
        OrmEntry.objects.bulk_create(
            OrmEntry(transaction=made, account=accounts[pk], amount_minor=minor)
            for pk, minor in amounts.items()
        )
        for pk, minor in amounts.items():
            accounts[pk].balance_minor += minor
        OrmAccount.objects.bulk_update(accounts.values(), ["balance_minor"])


def many(count: int, wallets: range, stores: range, fee: int) -> float:
    """Return the seconds one post_many of ``count`` payments takes."""
    items = [
        Item(
            "PAYMENT",
            f"many:{time.time_ns()}:{i}",
            legs(random.choice(wallets), random.choice(stores), fee),
        )
        for i in range(count)
    ]
    started = time.perf_counter()
    with transaction.atomic():
        outcomes = post_many(items)
    seconds = time.perf_counter() - started
    assert all(outcome.posted for outcome in outcomes)  # noqa: S101
    return seconds


def fill(count: int, wallets: range, stores: range, fee: int) -> float:
    """Post so many payments by ``post_many``, to fill a book; return the seconds it takes."""
    started = time.perf_counter()
    for first in range(0, count, BATCH):
        many(min(BATCH, count - first), wallets, stores, fee)
    return time.perf_counter() - started


def read_balance(wallet: int, _store: int) -> None:
    """Ask for a balance."""
    balance(wallet)


def read_statement(_wallet: int, store: int) -> None:
    """Ask for the last 50 lines of a store's account."""
    latest(store, limit=50)


def rate(act: Callable[[int, int], None], seconds: float, wallets: range, stores: range) -> float:
    """Return how often something can be done in a second."""
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        act(random.choice(wallets), random.choice(stores))
        count += 1
    return count / seconds


def main(case: str, figure: str, wallets: range, stores: range, fee: int) -> float:
    """Do what a case says; return how much of it a second."""
    if case == "many":
        return BATCH / many(BATCH, wallets, stores, fee)
    if case == "fill":
        return fill(int(figure), wallets, stores, fee)
    if case in READS:
        return rate(READS[case], float(figure), wallets, stores)

    def pay(wallet: int, store: int) -> None:
        POSTS[case](wallet, store, fee, f"{case}:{os.getpid()}:{time.time_ns()}")

    return rate(pay, float(figure), wallets, stores)


BATCH = 10_000
POSTS = {"ours": ours, "orm": orm}
READS = {"balance": read_balance, "statement": read_statement}

if __name__ == "__main__":
    first_wallet, last_wallet, first_store, last_store, fee_id = map(int, sys.argv[3:8])
    wallet_ids, store_ids = (
        range(first_wallet, last_wallet + 1),
        range(first_store, last_store + 1),
    )
    print(main(sys.argv[1], sys.argv[2], wallet_ids, store_ids, fee_id))
