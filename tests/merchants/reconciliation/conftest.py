"""Our account at the bank, and two of our people."""

from __future__ import annotations

import pytest

from merchants.models import HouseAccount
from merchants.statements.accounts import add_house_account
from tests.merchants.reconciliation.bank import at
from tests.merchants.statements.files import ACCOUNT
from wallet.chart import open_chart


@pytest.fixture
def house(transactional_db: None) -> HouseAccount:
    """The account at the bank that customers' money stands on."""
    open_chart("KRW")
    return add_house_account(number=ACCOUNT, currency="KRW", purpose="SAFEGUARDING", at=at())
