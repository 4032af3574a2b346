"""A shop that pays no fees, so that its payouts are what it sold, and a bank that pays them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from merchants.models import FeePlan, Store
from merchants.statements.accounts import add_house_account
from tests.merchants.payouts.desk import HOUSE, NOW, account_for
from tests.wallet.bank import Counter, open_bank
from wallet.models import User, Wallet


@pytest.fixture
def shop(alice: Wallet, sena: User, doyun: User) -> Store:
    """A store without fees whose merchant has a bank account."""
    from tests.merchants.cast import other_shop

    store = other_shop(FeePlan.objects.create(name="free", rate_bps=0))
    account_for(store.merchant, sena, doyun, "3333011234567")
    add_house_account(number=HOUSE, currency="KRW", purpose="SAFEGUARDING", at=NOW)
    return store


@pytest.fixture
def bank(settings: LazySettings) -> Iterator[Counter]:
    """The simulated bank, as a process of its own."""
    with open_bank(settings, "http://127.0.0.1:9") as counter:
        yield counter
