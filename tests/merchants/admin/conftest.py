"""Two merchants who sold, were settled, paid out and contested; and who looks at it."""

from __future__ import annotations

import pytest
from django.test import Client

from merchants.models import Store
from tests.merchants.admin.desk import signed_in
from tests.merchants.admin.story import trade
from tests.merchants.cast import YUNA, employ, newcomer
from wallet.models import User, Wallet

Staff = tuple[User, User]


@pytest.fixture
def traded(
    minji: Wallet, corner_shop: Store, rival: Store, alice: Wallet, seen_by: Staff
) -> Store:
    """The corner shop, after it and its rival went through everything."""
    trade([corner_shop, rival], alice, *seen_by)
    employ(rival.merchant, newcomer(YUNA))
    return corner_shop


@pytest.fixture
def seen_by(sena: User, doyun: User) -> Staff:
    """Two of our own people."""
    return sena, doyun


@pytest.fixture
def at_desk(traded: Store, minji: Wallet) -> Client:
    """Minji, the owner of the corner shop, at the merchants' site."""
    return signed_in(minji.holder)
