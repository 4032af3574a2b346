"""Alice and Bob, each with a wallet; the chart of accounts is open."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ledger.money import Money
from tests.wallet.people import ALICE, BOB, PASSWORD, fund
from wallet.chart import open_chart
from wallet.models import Wallet
from wallet.people import sign_up


def _open(phone: str) -> Wallet:
    return sign_up(phone=phone, password=PASSWORD, currency="KRW", at=timezone.now())


@pytest.fixture
def alice() -> Wallet:
    """Alice's wallet, holding 50,000 won."""
    open_chart("KRW")
    wallet = _open(ALICE)
    fund(wallet, Money(50_000, "KRW"))
    return wallet


@pytest.fixture
def bob(alice: Wallet) -> Wallet:
    """Bob's wallet, empty."""
    return _open(BOB)
