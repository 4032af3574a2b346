"""Alice with money, and the corner shop with its printed code."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ledger.money import Money
from merchants.models import FeePlan, Store
from merchants.stores import take_on
from tests.wallet.people import ALICE, PASSWORD, fund
from wallet.chart import open_chart
from wallet.models import Wallet
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
