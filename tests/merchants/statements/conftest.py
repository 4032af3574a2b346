"""Our own account at the bank, and a bank that hands in files."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from merchants.models import HouseAccount
from merchants.statements.accounts import add_house_account
from merchants.statements.importing import import_file
from merchants.statements.profiles import Profile
from merchants.statements.verdicts import Verdict
from tests.merchants.statements.files import ACCOUNT
from wallet.chart import open_chart

NOON = datetime(2026, 3, 3, 12, tzinfo=ZoneInfo("Asia/Seoul"))
Take = Callable[..., Verdict]


@pytest.fixture
def house(db: None) -> HouseAccount:
    """The account at the bank that customers' money stands on."""
    open_chart("KRW")
    return add_house_account(number=ACCOUNT, currency="KRW", purpose="SAFEGUARDING", at=NOON)


def _take(data: bytes, *, profile: Profile | None = None, is_dry_run: bool = False) -> Verdict:
    return import_file(
        file=io.BytesIO(data), name="bank.file", at=NOON, profile=profile, is_dry_run=is_dry_run
    )


@pytest.fixture
def take(house: HouseAccount) -> Take:
    """Import a file's bytes."""
    return _take
