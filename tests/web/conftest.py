"""Alice and Bob with PINs, and the corner shop."""

from __future__ import annotations

import pytest
from django.utils import timezone

from ledger.money import Money
from merchants.models import FeePlan, Role, Store, Terminal
from merchants.premises.terminals import add_terminal
from merchants.stores import take_on
from tests.merchants.cast import SENA, employ, newcomer
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


@pytest.fixture
def counter(corner_shop: Store) -> Terminal:
    """The till of the corner shop."""
    return add_terminal(store=corner_shop, label="Counter 1", actor="test", at=timezone.now())


@pytest.fixture
def sena(corner_shop: Store) -> Wallet:
    """A cashier of the corner shop, who gives back up to 10,000 won at a time."""
    wallet = newcomer(SENA)
    employ(corner_shop.merchant, wallet, Role.CASHIER, store=corner_shop)
    return wallet


@pytest.fixture
def till(counter: Terminal, sena: Wallet) -> Visitor:
    """Sena at the counter, her shift open."""
    visitor = Visitor()
    visitor.get("/till/sign-in")
    visitor.post(phone=SENA, password=PASSWORD)
    assert visitor.path == "/till/device", visitor.errors
    visitor.post(terminal=counter.public_id)
    visitor.post(deed="open")
    assert visitor.path == "/till", visitor.errors
    return visitor
