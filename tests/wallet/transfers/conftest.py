"""Carol, who has no wallet yet, and a profile for each of the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from tests.wallet.people import PASSWORD
from tests.wallet.transfers.cast import CAROL
from wallet.models import User, Wallet
from wallet.transfers.profiles import set_profile
from wallet.wallets import make_wallet


@pytest.fixture
def named(alice: Wallet, bob: Wallet) -> None:
    """Alice is 김민지, @minji_kim; Bob is Mary Kim, @mary."""
    set_profile(user=alice.holder, handle="minji_kim", display_name="김민지")
    set_profile(user=bob.holder, handle="mary", display_name="Mary Kim")


@pytest.fixture
def carol_joins(alice: Wallet) -> Callable[[], Wallet]:
    """Let Carol have a wallet in which nothing is yet of what was sent to her number."""

    def join() -> Wallet:
        holder = User.objects.create_user(CAROL, PASSWORD, phone_confirmed_at=timezone.now())
        return make_wallet(holder=holder, currency="KRW", at=timezone.now())

    return join
