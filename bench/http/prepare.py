"""Make people with wallets, tokens and devices; write what the load needs to know of them.

``people COUNT FILE``, or ``history ENTRIES`` for one wallet with so many lines; prints its id.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.http.settings")
django.setup()

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from knox.models import AuthToken  # noqa: E402

from ledger.accounts import account_id  # noqa: E402
from ledger.money import Money  # noqa: E402
from ledger.posting import Item, credit, debit, post_many  # noqa: E402
from wallet.chart import SAFEGUARDING, open_chart  # noqa: E402
from wallet.models import Device, Limit, User, Wallet  # noqa: E402
from wallet.wallets import make_wallet  # noqa: E402

START_MINOR = 1_000_000_000
OUT_OF_REACH = 10**18
BATCH = 10_000
_NOTES = """
    INSERT INTO wallet_activitynote (wallet_id, reference, kind, counterparty, memo, at, words)
    SELECT %s, t.reference, t.kind, '+8210****0001', '', t.effective_at, ''
    FROM ledger_transaction AS t WHERE t.reference LIKE %s
"""


def person(number: int) -> dict[str, object]:
    """Make somebody with a wallet and a bound device."""
    now, key = timezone.now(), Ed25519PrivateKey.generate()
    user = User(phone=f"+8210{number:08d}", phone_confirmed_at=now)
    user.set_unusable_password()  # a hash of one takes longer than all the rest
    user.save()
    wallet = make_wallet(holder=user, currency="KRW", at=now)
    public = key.public_key().public_bytes_raw()
    device = Device.objects.create(user=user, name="phone", public_key=public, bound_at=now)
    return {
        "phone": user.phone,
        "wallet": str(wallet.public_id),
        "account": wallet.available_account_id,
        "token": AuthToken.objects.create(user=user)[1],
        "device": str(device.public_id),
        "key": key.private_bytes_raw().hex(),
    }


def raise_limits() -> None:
    """Raise every limit out of reach; each is still read, counted and decided by."""
    Limit.objects.filter(amount_minor__isnull=False).update(amount_minor=OUT_OF_REACH)
    Limit.objects.filter(count__isnull=False).update(count=OUT_OF_REACH // START_MINOR)


def move(items: list[Item]) -> None:
    """Post in batches."""
    for first in range(0, len(items), BATCH):
        with transaction.atomic():
            outcomes = post_many(items[first : first + BATCH])
        if any(outcome.refusal is not None for outcome in outcomes):
            sys.exit("a posting was refused")


def people(count: int, file: Path) -> None:
    """Make so many people, each with money."""
    with transaction.atomic():
        open_chart("KRW")
        raise_limits()
        made = [person(number) for number in range(1, count + 1)]
    bank, amount = account_id(SAFEGUARDING, "KRW"), Money(START_MINOR, "KRW")
    accounts = [int(str(each["account"])) for each in made]
    move([
        Item("TOP_UP", f"seed:{pk}", [debit(bank, amount), credit(pk, amount)]) for pk in accounts
    ])  # fmt: skip
    file.write_text(json.dumps(made))


def history(lines: int) -> str:
    """Make a wallet with so many lines, and return its id and its holder's token."""
    with transaction.atomic():
        made = person(90_000_000 + lines % 9_999_999)
    wallet = Wallet.objects.get(public_id=str(made["wallet"]))
    bank, one = account_id(SAFEGUARDING, "KRW"), Money(1, "KRW")
    for first in range(0, lines, 10 * BATCH):
        numbers = range(first, min(first + 10 * BATCH, lines))
        legs = [debit(bank, one), credit(wallet.available_account_id, one)]
        move([Item("TRANSFER", f"h{wallet.pk}:{number}", legs) for number in numbers])
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a million take longer than a page may
        cursor.execute(_NOTES, [wallet.pk, f"h{wallet.pk}:%"])
        cursor.execute("ANALYZE")
    return json.dumps(made)


if __name__ == "__main__":
    if sys.argv[1] == "people":
        people(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        print(history(int(sys.argv[2])))
