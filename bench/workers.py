"""One process that posts payments from Python for some seconds, and prints how many."""

from __future__ import annotations

import os
import random
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from django.db import transaction  # noqa: E402

from bench.peers.models import OrmAccount, OrmEntry, OrmTransaction  # noqa: E402
from ledger.money import Money  # noqa: E402
from ledger.posting import Item, Leg, credit, debit, post, post_many  # noqa: E402

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


if __name__ == "__main__":
    case, seconds, first_wallet, last_wallet, first_store, last_store, fee_id = sys.argv[1:8]
    wallet_ids = range(int(first_wallet), int(last_wallet) + 1)
    store_ids = range(int(first_store), int(last_store) + 1)
    if case == "many":
        print(10_000 / many(10_000, wallet_ids, store_ids, int(fee_id)))
        sys.exit()
    act = {"ours": ours, "orm": orm}[case]
    count, end = 0, time.perf_counter() + float(seconds)
    while time.perf_counter() < end:
        reference = f"{case}:{os.getpid()}:{count}:{time.time_ns()}"
        act(random.choice(wallet_ids), random.choice(store_ids), int(fee_id), reference)
        count += 1
    print(count / float(seconds))
