"""Carol, who has no wallet yet, and a profile for each of the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from tests.wallet.people import PASSWORD
from tests.wallet.transfers.cast import CAROL
from wallet.models import Wallet
from wallet.people import sign_up
from wallet.transfers.profiles import set_profile


@pytest.fixture
def named(alice: Wallet, bob: Wallet) -> None:
    """Alice is 김민지, @minji_kim; Bob is Mary Kim, @mary."""
    set_profile(user=alice.holder, handle="minji_kim", display_name="김민지")
    set_profile(user=bob.holder, handle="mary", display_name="Mary Kim")


@pytest.fixture
def carol_joins(alice: Wallet) -> Callable[[], Wallet]:
    """Let Carol sign up and confirm her phone number."""

    def join() -> Wallet:
        wallet = sign_up(phone=CAROL, password=PASSWORD, currency="KRW", at=timezone.now())
        wallet.holder.phone_confirmed_at = timezone.now()
        wallet.holder.save(update_fields=["phone_confirmed_at"])
        return wallet

    return join
