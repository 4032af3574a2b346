"""One web server for all attacks of a file, with a cast whose rows are committed.

Each test makes people of its own, so that none disturbs another; what is committed is removed at
the end of the file.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone
from knox.models import AuthToken

from ledger.accounts import account_id
from ledger.money import Money
from tests.attacks.server import Server, request, serving
from tests.conftest import empty_tables
from tests.wallet.people import PASSWORD, PIN, fund, won
from wallet.chart import open_chart
from wallet.models import Wallet
from wallet.people import sign_up
from wallet.proof.pins import set_pin

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The web server on the test database."""
    account_id.cache_clear()
    with django_db_blocker.unblock():
        open_chart("KRW")
        with serving(tmp_path_factory.mktemp("live")) as running:
            yield running
        empty_tables()


@dataclass(frozen=True, slots=True)
class Victim:
    """Somebody with 50,000 won, signed in, and what the telephone shows with each request."""

    wallet: Wallet
    shown: dict[str, str]

    def sends(self, to: Wallet, amount: str, key: str) -> bytes:
        """Return a transfer as it goes over the wire."""
        return request(
            "POST",
            f"/wallets/{self.wallet.public_id}/transfers",
            self.shown | {"Idempotency-Key": key},
            {"phone": to.holder.phone, "amount": won(amount)},
        )


def newcomer() -> Wallet:
    """Return the empty wallet of somebody nobody else knows."""
    phone = f"+82103{next(_numbers):07}"
    return sign_up(phone=phone, password=PASSWORD, currency="KRW", at=timezone.now())


def victim() -> Victim:
    """Return somebody to be robbed."""
    wallet = newcomer()
    fund(wallet, Money(50_000, "KRW"))
    set_pin(user=wallet.holder, pin=PIN, password=PASSWORD, at=timezone.now())
    token = AuthToken.objects.create(user=wallet.holder)[1]
    return Victim(wallet, {"Authorization": f"Token {token}", "Wallet-Pin": PIN})


def counted(answers: list[tuple[int, dict[str, Any]]]) -> Counter[tuple[int, str]]:
    """Count answers by status and code."""
    return Counter((status, str(body.get("code", ""))) for status, body in answers)
