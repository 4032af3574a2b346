"""The admin sites in a real browser, under the policy of all pages: no eval, nothing inline."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from merchants.models import Store
from tests.e2e.screens import Screen
from tests.e2e.test_quality import looked_at, speak
from tests.merchants.admin.desk import signed_in
from tests.merchants.admin.story import belongings, trade
from tests.merchants.cast import DOYUN, MINJI, SENA, colleague, employ, newcomer
from wallet.models import User, Wallet

FOLDER = os.environ.get("SCREENSHOTS", "")


@pytest.fixture
def merchant_desk(screen: Screen, alice: Wallet, corner_shop: Store) -> Screen:
    """Minji at the merchants' site of the corner shop, which sold and was settled."""
    trade([corner_shop], alice, colleague(SENA), colleague(DOYUN))
    minji = newcomer(MINJI)
    employ(corner_shop.merchant, minji)
    carry(screen, minji.holder)
    return screen


def carry(screen: Screen, user: User) -> None:
    """Give the browser the session of somebody who showed both factors."""
    value = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": screen.address}
    screen.page.context.add_cookies([cookie])


def merchant_pages(store: Store) -> dict[str, str]:
    own = belongings(store)
    pages = {"today": "/merchant/", "calendar": "/merchant/calendar/"}
    for model, key in own.items():
        pages[model] = f"/merchant/merchants/{model}/{key}/change/"
        pages[f"{model}s"] = f"/merchant/merchants/{model}/"
    return pages


@pytest.mark.parametrize("language", ["ko", "en"])
def test_merchants_pages_work_under_the_strict_policy(
    merchant_desk: Screen, corner_shop: Store, language: str
) -> None:
    speak(merchant_desk, language)
    wrong: dict[str, list[str]] = {}
    for name, path in merchant_pages(corner_shop).items():
        merchant_desk.open(path)
        wrong |= {f"{path} {how}": found for how, found in looked_at(merchant_desk) if found}
        picture(merchant_desk, f"merchant-{name}-{language}")
    assert merchant_desk.complaints == []
    assert wrong == {}


def picture(screen: Screen, name: str) -> None:
    """Take pictures at both widths, where they are asked for."""
    if not FOLDER:
        return
    screen.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for width in (390, 1280):
        screen.page.set_viewport_size({"width": width, "height": 900})
        screen.page.screenshot(path=Path(FOLDER) / f"{name}-{width}.png", full_page=True)
