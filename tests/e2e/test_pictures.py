"""The pictures in README and docs, taken of the pages as they are: ``make screenshots``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from merchants.models import Store, Terminal
from merchants.store_codes import printed_code
from tests.e2e.screens import Screen
from tests.e2e.test_counter import stand_at
from tests.e2e.test_quality import paid_by, session_of, speak
from tests.web.conftest import counter, sena  # noqa: F401 - the cast.
from tests.web.places import addresses
from wallet.models import Wallet

FOLDER = os.environ.get("SCREENSHOTS", "")
PAGES = {"home": "/", "send": "/send", "activity": "/activity", "limits": "/limits"}

pytestmark = pytest.mark.skipif(not FOLDER, reason="taken by make screenshots")


@pytest.mark.parametrize(("language", "theme"), [("ko", "light"), ("en", "dark")])
def test_take_pictures(
    home: Screen, language: str, theme: Any, alice: Wallet, bob: Wallet, corner_shop: Store
) -> None:
    folder = Path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    places = addresses(alice, bob, corner_shop, session_of(home))
    payment = next(path for path in places if "/payments/" in path)
    speak(home, language)
    home.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    for name, path in {**PAGES, "paid": payment}.items():
        home.open(path)
        home.page.screenshot(path=folder / f"{name}-{language}-{theme}.png")
    home.open("/scan")
    home.page.fill("[name=payload]", printed_code(corner_shop))
    home.page.locator("#scan .card button").click()
    home.page.wait_for_selector("[name=amount]")
    home.page.fill("[name=amount]", "4500")
    home.page.screenshot(path=folder / f"store-{language}-{theme}.png")


@pytest.mark.parametrize(("language", "theme"), [("ko", "light"), ("en", "dark")])
def test_take_pictures_of_the_till(
    screen: Screen,
    language: str,
    theme: Any,
    alice: Wallet,
    counter: Terminal,  # noqa: F811 - the fixture.
    sena: Wallet,  # noqa: F811 - the fixture.
) -> None:
    folder = Path(FOLDER)
    stand_at(screen, sena.holder.phone, counter.label)
    speak(screen, language)
    screen.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    paid_by(alice, counter.store)
    screen.open("/till")
    for key in "12000":
        screen.page.click(f"[data-key='{key}']")
    screen.page.screenshot(path=folder / f"till-{language}-{theme}.png")
    screen.page.locator("button[value=show]").click()
    screen.page.wait_for_selector(".code-sheet")
    screen.page.screenshot(path=folder / f"till-code-{language}-{theme}.png")
