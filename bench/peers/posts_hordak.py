"""django-hordak's posting of the same payment; run with the Python of its own environment.

``prepare`` makes its book, ``run SECONDS`` posts and prints how many a second. Hordak keeps no
balances: a posting inserts a transaction and its legs, and its triggers check their sum.
"""

from __future__ import annotations

import os
import random
import sys
import time

import django
from django.conf import settings

WALLETS, STORES = 500, 100  # its accounts are a tree, slow to plant; payments lock none of them
AMOUNT, FEE = 12_000, 210

settings.configure(
    SECRET_KEY="only-for-benchmarks",  # noqa: S106
    USE_TZ=True,
    DEFAULT_CURRENCY="KRW",
    CURRENCIES=["KRW"],
    HORDAK_DECIMAL_PLACES=0,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["BENCH_DATABASE"],
            "USER": "postgres",
            "HOST": os.environ["BENCH_HOST"],
        }
    },
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from hordak.models import Account, Leg, Transaction  # noqa: E402
from moneyed import Money  # noqa: E402


def prepare() -> None:
    """Make its tables and accounts."""
    call_command("migrate", verbosity=0)
    with Account.objects.disable_mptt_updates():
        for number in range(WALLETS + STORES + 1):
            Account.objects.create(
                name=str(number), code=str(number), type="LI", currencies=["KRW"],
                lft=1, rght=2, tree_id=number + 1, level=0,
            )  # fmt: skip


def run(seconds: float) -> float:
    """Post for so many seconds; return payments per second."""
    accounts = list(Account.objects.order_by("pk"))
    wallets, stores, fee = accounts[:WALLETS], accounts[WALLETS:-1], accounts[-1]
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        with transaction.atomic():
            made = Transaction.objects.create(description="PAYMENT")
            wallet, store = random.choice(wallets), random.choice(stores)
            create = Leg.objects.create  # as its own transfer_to does; a bulk insert checks less
            create(transaction=made, account=wallet, debit=Money(AMOUNT, "KRW"))
            create(transaction=made, account=store, credit=Money(AMOUNT - FEE, "KRW"))
            create(transaction=made, account=fee, credit=Money(FEE, "KRW"))
        count += 1
    return count / seconds


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    else:
        print(run(float(sys.argv[2])))
