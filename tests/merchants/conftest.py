"""Alice with money, and the corner shop with its printed code."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ledger.money import Money
from merchants.models import FeePlan, Store
from merchants.stores import take_on
from tests.merchants.cast import (
    DOYUN,
    MINJI,
    SENA,
    Member,
    colleague,
    employ,
    newcomer,
    other_shop,
)
from tests.wallet.people import ALICE, PASSWORD, fund
from wallet.chart import open_chart
from wallet.models import User, Wallet
from wallet.people import sign_up


@pytest.fixture
def alice() -> Wallet:
    """Alice's wallet, holding 50,000 won."""
    open_chart("KRW")
    wallet = sign_up(phone=ALICE, password=PASSWORD, currency="KRW", at=timezone.now())
    fund(wallet, Money(50_000, "KRW"))
    return wallet


@pytest.fixture
def corner_shop(alice: Wallet) -> Store:
    """A store that pays 1.75 % per payment and 10 % VAT on it."""
    return take_on(
        legal_name="=모퉁이가게",
        currency="KRW",
        fee_plan=FeePlan.objects.create(name="standard", rate_bps=175),
        name="모퉁이가게",
        latin_name="Corner Shop",
        city="Seoul",
        merchant_category_code="5411",
    )


@pytest.fixture
def minji(corner_shop: Store) -> Wallet:
    """Minji, who owns the corner shop."""
    wallet = newcomer(MINJI)
    employ(corner_shop.merchant, wallet)
    return wallet


@pytest.fixture
def owner(corner_shop: Store, minji: Wallet) -> Member:
    """Minji at the API of her shop."""
    return Member(minji, corner_shop.merchant)


@pytest.fixture
def rival(corner_shop: Store) -> Store:
    """The store of another merchant."""
    return other_shop(FeePlan.objects.get(name="standard"))


@pytest.fixture
def sena() -> User:
    """One of our own people, who reviews."""
    return colleague(SENA)


@pytest.fixture
def doyun() -> User:
    """Another one of our own people, who approves."""
    return colleague(DOYUN)
