"""Alice is known, and the corner shop has a till."""

from __future__ import annotations

import pytest

from merchants.models import Store
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from tests.merchants.offline import stories
from wallet.models import Wallet


@pytest.fixture
def payer(alice: Wallet) -> Wallet:
    """Alice, verified, with a wallet of two months."""
    return stories.known(alice)


@pytest.fixture
def till(corner_shop: Store) -> Till:
    """The till of the corner shop."""
    return stories.open_till(corner_shop)


@pytest.fixture
def phone(payer: Wallet) -> Telephone:
    """Alice's telephone with 50,000 won, all she has."""
    return stories.load(payer)
