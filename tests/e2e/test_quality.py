"""Every page, in both languages, themes and widths: readable for all, small, from here only."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from ledger.money import Money
from merchants.models import Payment, Store, Terminal
from merchants.payments.paying import Bill, pay
from tests.e2e.screens import Screen
from tests.e2e.test_counter import stand_at
from tests.wallet.people import proven
from tests.web.conftest import counter, sena  # noqa: F401 - the cast.
from tests.web.places import DOORS, PLACES, addresses, till_addresses
from wallet.models import Wallet

BUDGET = 60 * 1024


@pytest.mark.parametrize("language", ["ko", "en"])
def test_axe_finds_nothing_on_any_page_language_theme_and_width(
    home: Screen, language: str, alice: Wallet, bob: Wallet, corner_shop: Any
) -> None:
    speak(home, language)
    wrong: dict[str, list[str]] = {}
    for path in addresses(alice, bob, corner_shop):
        home.open(path)
        assert home.page.get_attribute("html", "lang") == language, path
        wrong |= {f"{path} {how}": found for how, found in looked_at(home) if found}
    assert wrong == {}
    assert home.complaints == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_axe_finds_nothing_at_the_doors(screen: Screen, language: str) -> None:
    speak(screen, language)
    wrong: dict[str, list[str]] = {}
    for path in DOORS:
        screen.open(path)
        wrong |= {f"{path} {how}": found for how, found in looked_at(screen) if found}
    assert wrong == {}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_axe_finds_nothing_at_the_till(
    screen: Screen,
    language: str,
    alice: Wallet,
    counter: Terminal,  # noqa: F811 - the fixture.
    sena: Wallet,  # noqa: F811 - the fixture.
) -> None:
    stand_at(screen, sena.holder.phone, counter.label)
    payment = paid_by(alice, counter.store)
    speak(screen, language)
    wrong: dict[str, list[str]] = {}
    for path in till_addresses(counter, payment):
        screen.open(path)
        assert screen.page.get_attribute("html", "lang") == language, path
        wrong |= {f"{path} {how}": found for how, found in looked_at(screen) if found}
    assert wrong == {}
    assert screen.complaints == []


def paid_by(alice: Wallet, store: Store) -> Payment:
    """Return what Alice paid the poster."""
    bill = Bill(amount=Money(4_500, "KRW"))
    return pay(wallet=alice, store=store, bill=bill, proof=proven(alice), at=timezone.now())


def looked_at(screen: Screen) -> Any:
    """Yield what axe finds in each theme and width."""
    for scheme in ("light", "dark"):
        screen.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (390, 1280):
            screen.page.set_viewport_size({"width": width, "height": 844})
            yield f"{scheme} {width}", screen.axe()
            wider = screen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            yield f"{scheme} {width} overflow", [f"{wider} pixels too wide"] * (wider > 0)


def speak(screen: Screen, language: str) -> None:
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": screen.address}
    screen.page.context.add_cookies([cookie])


@pytest.mark.parametrize("path", ["/", "/scan", "/pay"])
def test_a_first_visit_is_small_and_asks_nobody_else(
    browser: Any, address: str, alice: Wallet, path: str
) -> None:
    with browser.new_context(locale="ko-KR") as context:
        first = Screen(context.new_page(), address)
        if path != "/":
            first.page.request.get(address)  # the door's cookie
            context.add_cookies(signed_in(alice, address))
        sizes: list[int] = []
        devtools = context.new_cdp_session(first.page)
        devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", lambda e: sizes.append(int(e["encodedDataLength"])))
        first.page.goto(address + path, wait_until="networkidle")
        assert sum(sizes) <= BUDGET, (sum(sizes), first.requests)
        assert all(url.startswith((address, "data:")) for url in first.requests)
        assert not any(url.endswith(".wasm") for url in first.requests)
        assert first.complaints == []


def signed_in(wallet: Wallet, address: str) -> list[Any]:
    """Return the cookie of a session of somebody."""
    from django.test import Client

    client = Client()
    client.force_login(wallet.holder)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": address}]


def test_the_list_of_places_is_complete() -> None:
    assert len(PLACES) > 25
