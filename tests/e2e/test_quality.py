"""Every page, in both languages, themes and widths: readable for all, small, from here only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from ledger.money import Money
from merchants.models import Payment, Store, Terminal
from merchants.payments.paying import Bill, pay
from tests.e2e.screens import Screen
from tests.e2e.test_counter import stand_at
from tests.wallet.people import PASSWORD, PIN, proven
from tests.web.browser import Visitor
from tests.web.conftest import counter, sena, till  # noqa: F401 - the cast.
from tests.web.places import DOORS, addresses, till_addresses
from wallet.models import User, Wallet

BUDGET = 60 * 1024


@pytest.mark.parametrize("language", ["ko", "en"])
def test_axe_finds_nothing_on_any_page_language_theme_and_width(
    home: Screen, language: str, alice: Wallet, bob: Wallet, corner_shop: Any
) -> None:
    speak(home, language)
    session = session_of(home)
    paths = addresses(alice, bob, corner_shop, session)
    session.save()
    assert nothing_wrong_at(home, paths, language) == {}
    home.open("/pay")
    home.fill(pin=PIN)
    home.page.locator("main .actions button").click()
    home.page.wait_for_selector("#digits")
    assert found_here(home, "a pay code") == {}
    assert home.complaints == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_axe_finds_nothing_at_the_doors(screen: Screen, language: str) -> None:
    speak(screen, language)
    assert nothing_wrong_at(screen, DOORS, language) == {}
    screen.open("/sign-up")
    screen.fill(phone="010-3333-4444")
    screen.page.locator("main .actions button").click()
    screen.page.wait_for_url("**/sign-up/code")
    screen.page.locator("main .actions button").click()  # with nothing typed
    screen.page.locator(".errorlist").first.wait_for()
    wrong = found_here(screen, "errors beside fields")
    somebody = User.objects.create_user(phone="+821033335555", password=PASSWORD)
    screen.page.context.add_cookies(signed_in(somebody, screen.address))
    assert wrong | nothing_wrong_at(screen, ["/open", "/no-such-page"], language) == {}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_axe_finds_nothing_at_the_till(
    screen: Screen,
    language: str,
    alice: Wallet,
    counter: Terminal,  # noqa: F811 - the fixture.
    sena: Wallet,  # noqa: F811 - the fixture.
) -> None:
    stand_at(screen, sena.holder.phone, counter.label)
    payment = paid_by(alice, counter.store, order_no="A1")
    speak(screen, language)
    wrong = nothing_wrong_at(screen, till_addresses(counter, payment), language)
    screen.open(f"/till/payments/{payment.number}/refund")
    screen.page.locator("main .actions button").click()
    screen.page.wait_for_selector("[name=sure]", state="attached")
    wrong |= found_here(screen, "a second look at a refund")
    screen.open(f"/till/payments/{payment.number}")
    screen.page.locator("main .button--danger").click()
    screen.page.wait_for_selector("[name=sure]", state="attached")
    wrong |= found_here(screen, "a second look at cancelling")
    assert wrong == {}
    assert screen.complaints == []


def nothing_wrong_at(screen: Screen, paths: Iterable[str], language: str) -> dict[str, list[str]]:
    """Return what axe finds at addresses, in each theme and width."""
    wrong: dict[str, list[str]] = {}
    for path in paths:
        screen.open(path)
        assert screen.page.get_attribute("html", "lang") == language, path
        wrong |= found_here(screen, path)
    return wrong


def found_here(screen: Screen, path: str) -> dict[str, list[str]]:
    """Return what axe finds on the page as it is, in each theme and width."""
    return {f"{path} {how}": found for how, found in looked_at(screen) if found}


def session_of(screen: Screen) -> SessionStore:
    """Return the session of a browser."""
    cookies = {one["name"]: one["value"] for one in screen.page.context.cookies()}
    return SessionStore(session_key=cookies[settings.SESSION_COOKIE_NAME])


def paid_by(alice: Wallet, store: Store, order_no: str | None = None) -> Payment:
    """Return what Alice paid the poster, or under an order's number."""
    bill = Bill(amount=Money(4_500, "KRW"), merchant_order_no=order_no)
    return pay(wallet=alice, store=store, bill=bill, proof=proven(alice), at=timezone.now())


def looked_at(screen: Screen) -> Any:
    """Yield what axe finds in each theme and width, and what does not fit into a width."""
    for scheme in ("light", "dark"):
        screen.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (390, 1280):
            screen.page.set_viewport_size({"width": width, "height": 844})
            yield f"{scheme} {width}", screen.axe(colours_only=scheme == "dark")
            wider = screen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            yield f"{scheme} {width} overflow", [f"{wider} pixels too wide"] * (wider > 0)


def speak(screen: Screen, language: str) -> None:
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": screen.address}
    screen.page.context.add_cookies([cookie])


@pytest.mark.parametrize("path", ["/", "/scan", "/pay", "/till/sign-in", "/till"])
def test_a_first_visit_is_small_and_asks_nobody_else(
    browser: Any,
    address: str,
    alice: Wallet,
    till: Visitor,  # noqa: F811 - the fixture.
    path: str,
) -> None:
    with browser.new_context(locale="ko-KR") as context:
        first = Screen(context.new_page(), address)
        if path == "/till":
            context.add_cookies(cookies_of(till, address))
        elif path not in DOORS:
            first.page.request.get(address)  # the door's cookie
            context.add_cookies(signed_in(alice.holder, address))
        sizes: list[int] = []
        devtools = context.new_cdp_session(first.page)
        devtools.send("Network.enable")
        devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        devtools.send("Network.setBypassServiceWorker", {"bypass": True})
        devtools.on("Network.loadingFinished", lambda e: sizes.append(int(e["encodedDataLength"])))
        first.page.goto(address + path, wait_until="networkidle" if path != "/till" else "load")
        assert sum(sizes) <= BUDGET, (sum(sizes), first.requests)
        assert all(url.startswith((address, "data:")) for url in first.requests)
        assert not any(url.endswith(".wasm") for url in first.requests)
        assert first.complaints == []


def signed_in(person: User, address: str) -> list[Any]:
    """Return the cookie of a session of somebody."""
    visitor = Visitor()
    visitor.client.force_login(person)
    return cookies_of(visitor, address)


def cookies_of(visitor: Visitor, address: str) -> list[Any]:
    """Return the cookies of a visitor, for a browser."""
    kept = visitor.client.cookies.values()
    return [{"name": one.key, "value": one.value, "url": address} for one in kept]
