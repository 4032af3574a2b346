"""Make stores with API keys, payers, and the codes that payers show; write what the load needs.

``shops PEOPLE STORES FILE`` once, then ``codes COUNT FILE`` for codes that are good for a day.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.http.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.http.prepare import people  # noqa: E402
from ledger.accounts import account_id  # noqa: E402
from merchants.api_keys.keys import make_key  # noqa: E402
from merchants.api_keys.secrets import new_secret  # noqa: E402
from merchants.models import FeePlan, Store  # noqa: E402
from merchants.stores import take_on  # noqa: E402
from wallet.chart import MERCHANT_FEES  # noqa: E402
from wallet.codes.digits import HANDLE_DIGITS, ConsumerCode, one_time_digits  # noqa: E402
from wallet.codes.handles import key_of  # noqa: E402
from wallet.models import CodeHandle, Wallet  # noqa: E402
from wallet.models.codes import SALT_BYTES  # noqa: E402

SCOPES = ("payments:read", "payments:write")


def shops(count: int, stores: int, file: Path) -> None:
    """Make people with money, and stores that each have an API key."""
    people(count, file)
    plan = FeePlan.objects.create(name="bench", rate_bps=175)
    made = [_shop(number, plan) for number in range(stores)]
    file.write_text(json.dumps(made))


def _shop(number: int, plan: FeePlan) -> dict[str, object]:
    store: Store = take_on(
        legal_name=f"Bench {number}",
        currency="KRW",
        fee_plan=plan,
        name=f"Bench {number}",
        latin_name=f"Bench {number}",
        city="Seoul",
        merchant_category_code="5411",
    )
    secret = new_secret()
    make_key(
        merchant=store.merchant,
        label="till",
        scopes=SCOPES,
        store=None,
        terminal=None,
        secret=secret,
        actor="bench",
        at=timezone.now(),
    )
    accounts = [store.merchant.payable_account_id, account_id(MERCHANT_FEES, "KRW")]
    return {"store": store.public_id, "secret": secret, "accounts": accounts}


def codes(count: int, file: Path) -> None:
    """Make codes as a phone with a network shows them, one for each payment."""
    now = timezone.now()
    wallets = list(Wallet.objects.all())
    taken = set(CodeHandle.objects.values_list("handle", flat=True))
    free = (f"{secrets.randbelow(10**HANDLE_DIGITS):0{HANDLE_DIGITS}d}" for _ in iter(int, 1))
    rows, shown = [], []
    for number in range(count):
        handle = next(each for each in free if each not in taken)
        taken.add(handle)
        wallet, salt = wallets[number % len(wallets)], secrets.token_bytes(SALT_BYTES)
        rows.append(
            CodeHandle(
                handle=handle,
                wallet=wallet,
                device=None,
                salt=salt,
                issued_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
        code = str(ConsumerCode(handle, one_time_digits(key_of(salt), 0)))
        shown.append([code, wallet.available_account_id])
    with transaction.atomic():
        CodeHandle.objects.bulk_create(rows, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    file.write_text(json.dumps(shown))


if __name__ == "__main__":
    if sys.argv[1] == "shops":
        shops(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        codes(int(sys.argv[2]), Path(sys.argv[3]))
