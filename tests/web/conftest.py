"""Alice and Bob with PINs, and the corner shop."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ledger.money import Money
from merchants.models import FeePlan, Store
from merchants.stores import take_on
from tests.wallet.people import ALICE, BOB, PASSWORD, PIN, fund
from tests.web.browser import Visitor
from wallet.chart import open_chart
from wallet.models import Wallet
from wallet.people import sign_up
from wallet.proof.pins import set_pin
from wallet.transfers.profiles import set_profile


def _open(phone: str, name: str) -> Wallet:
    at = timezone.now()
    wallet = sign_up(phone=phone, password=PASSWORD, currency="KRW", at=at)
    set_pin(user=wallet.holder, pin=PIN, password=PASSWORD, at=at)
    set_profile(user=wallet.holder, handle=None, display_name=name)
    return wallet


@pytest.fixture
def alice() -> Wallet:
    """Alice's wallet, holding 50,000 won."""
    open_chart("KRW")
    wallet = _open(ALICE, "김민지")
    fund(wallet, Money(50_000, "KRW"))
    return wallet


@pytest.fixture
def bob(alice: Wallet) -> Wallet:
    """Bob's wallet, empty."""
    return _open(BOB, "박준호")


@pytest.fixture
def corner_shop(alice: Wallet) -> Store:
    """A store that pays 1.75 % per payment."""
    return take_on(
        legal_name="모퉁이가게",
        currency="KRW",
        fee_plan=FeePlan.objects.create(name="standard", rate_bps=175),
        name="모퉁이가게",
        latin_name="Corner Shop",
        city="Seoul",
        merchant_category_code="5411",
    )


@pytest.fixture
def visitor(alice: Wallet) -> Visitor:
    """Alice at the pages, signed in."""
    return Visitor().sign_in(alice)
