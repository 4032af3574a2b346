"""Who takes part: people with wallets, devices and money; stores with printed codes and keys.

``python -m tests.faults.scenario FILE PEOPLE STORES`` makes them and writes what clients need.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

START_MINOR = 1_000_000
CURRENCY = "KRW"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a wallet, and a device whose Ed25519 key (hexadecimal) stands for the PIN."""

    phone: str
    wallet: str
    account: int
    token: str
    device: str
    key: str


@dataclass(frozen=True, slots=True)
class Shop:
    """A store: the text of its printed code, and an API key that may refund."""

    payload: str
    secret: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, and how much money they were given in sum, in minor units."""

    people: list[Person]
    shops: list[Shop]
    funded_minor: int

    def save(self, file: Path) -> None:
        """Write it down for the clients."""
        file.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, file: Path) -> Cast:
        """Read what was saved."""
        made: dict[str, Any] = json.loads(file.read_text())
        people = [Person(**each) for each in made["people"]]
        return cls(people, [Shop(**each) for each in made["shops"]], made["funded_minor"])


def make(people: int, shops: int) -> Cast:
    """Make everybody, in the database of the settings."""
    from django.db import transaction

    from wallet.chart import open_chart
    from wallet.models import Limit

    with transaction.atomic():
        open_chart(CURRENCY)
        # Limits stay, wide: they are read and counted on each payment.
        Limit.objects.update(amount_minor=10**12, count=None)
    made = [_person(number) for number in range(1, people + 1)]
    return Cast(made, [_shop(number) for number in range(1, shops + 1)], people * START_MINOR)


def _person(number: int) -> Person:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from django.db import transaction
    from django.utils import timezone
    from knox.models import AuthToken

    from ledger.accounts import account_id
    from ledger.money import Money
    from ledger.posting import credit, debit, post
    from wallet.chart import SAFEGUARDING
    from wallet.models import Device, User
    from wallet.wallets import make_wallet

    now, key = timezone.now(), Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    with transaction.atomic():
        user = User.objects.create_user(f"+82102{number:07d}", "", phone_confirmed_at=now)
        wallet = make_wallet(holder=user, currency=CURRENCY, at=now)
        device = Device.objects.create(user=user, name="phone", public_key=public, bound_at=now)
        bank, amount = account_id(SAFEGUARDING, CURRENCY), Money(START_MINOR, CURRENCY)
        legs = [debit(bank, amount), credit(wallet.available_account_id, amount)]
        post(kind="TOP_UP", reference=f"seed:{number}", legs=legs)
    return Person(
        phone=user.phone,
        wallet=str(wallet.public_id),
        account=wallet.available_account_id,
        token=AuthToken.objects.create(user=user)[1],
        device=str(device.public_id),
        key=key.private_bytes_raw().hex(),
    )


def _shop(number: int) -> Shop:
    from django.utils import timezone

    from merchants.api_keys.keys import make_key
    from merchants.api_keys.secrets import new_secret
    from merchants.models import FeePlan
    from merchants.store_codes import printed_code
    from merchants.stores import take_on

    store = take_on(
        legal_name=f"가게 {number}",
        currency=CURRENCY,
        fee_plan=FeePlan.objects.get_or_create(name="standard", defaults={"rate_bps": 175})[0],
        name=f"가게 {number}",
        latin_name=f"Shop {number}",
        city="Seoul",
        merchant_category_code="5411",
    )
    secret = new_secret()
    make_key(
        merchant=store.merchant,
        label="till",
        scopes=["payments:read", "payments:write", "refunds:write"],
        store=None,
        terminal=None,
        secret=secret,
        actor="faults",
        at=timezone.now(),
    )
    return Shop(printed_code(store), secret)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.faults.settings")
    django.setup()
    make(int(sys.argv[2]), int(sys.argv[3])).save(Path(sys.argv[1]))
