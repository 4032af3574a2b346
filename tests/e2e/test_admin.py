"""The admin sites in a real browser, under the policy of all pages: no eval, nothing inline."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from merchants.models import PayoutRun, Store
from tests.e2e.screens import Screen
from tests.e2e.test_quality import speak
from tests.merchants.admin.desk import signed_in
from tests.merchants.admin.story import belongings, trade
from tests.merchants.cast import DOYUN, MINJI, SENA, colleague, employ, newcomer
from tests.wallet.people import PASSWORD
from wallet.models import User, Wallet

FOLDER = os.environ.get("SCREENSHOTS", "")
PICTURES = {
    "merchant-today": ("ko", 390),
    "merchant-settlement": ("ko", 1280),
    "merchant-calendar": ("ko", 1280),
    "finance-sign": ("en", 1280),
}


@pytest.fixture
def desk(screen: Screen, alice: Wallet, corner_shop: Store) -> Screen:
    """A browser while the corner shop sold, was settled and is to be paid out."""
    trade([corner_shop], alice, colleague(SENA), colleague(DOYUN))
    employ(corner_shop.merchant, newcomer(MINJI))
    return screen


def carry(screen: Screen, user: User) -> None:
    """Give the browser the session of somebody who showed both factors."""
    value = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": screen.address}
    screen.page.context.add_cookies([cookie])


def looked_at(screen: Screen, pages: dict[str, str], language: str) -> dict[str, list[str]]:
    """Return what axe, the policy and the width find wrong with pages, in both themes."""
    speak(screen, language)
    wrong: dict[str, list[str]] = {}
    for name, path in pages.items():
        for theme, width in (("light", 390), ("light", 1280), ("dark", 1280)):
            screen.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            screen.page.set_viewport_size({"width": width, "height": 844})
            screen.open(path)
            wider = screen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found = screen.axe() + [f"{wider} pixels too wide"] * (wider > 0)
            if found or screen.complaints:
                wrong[f"{path} {theme} {width}"] = found + screen.complaints
                screen.complaints.clear()
            if theme == "light":
                picture(screen, name, language, width)
    return wrong


def picture(screen: Screen, name: str, language: str, width: int) -> None:
    """Take a picture for the documentation, or of everything to look at."""
    wanted = PICTURES.get(name) == (language, width) or os.environ.get("ALL_PICTURES")
    if FOLDER and wanted:
        path = Path(FOLDER) / f"{name}-{language}-{width}.png"
        screen.page.screenshot(path=path, full_page=bool(os.environ.get("ALL_PICTURES")))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_merchants_pages_work_under_the_strict_policy(
    desk: Screen, corner_shop: Store, language: str
) -> None:
    carry(desk, User.objects.get(phone=MINJI))
    own = belongings(corner_shop)
    pages = {"merchant-today": "/merchant/", "merchant-calendar": "/merchant/calendar/"}
    pages["merchant-exports"] = "/merchant/merchants/export/"
    for model in ("settlement", "payment", "payout", "dispute", "export"):
        pages[f"merchant-{model}"] = f"/merchant/merchants/{model}/{own[model]}/change/"
    pages["merchant-payments"] = "/merchant/merchants/payment/"
    assert looked_at(desk, pages, language) == {}


def test_finances_pages_work_under_the_strict_policy(desk: Screen, corner_shop: Store) -> None:
    carry(desk, User.objects.create_superuser("+821000000001", PASSWORD))
    run, own = PayoutRun.objects.get(), belongings(corner_shop)
    pages = {
        "finance-today": "/admin/",
        "finance-runs": "/admin/merchants/payoutrun/",
        "finance-run": f"/admin/merchants/payoutrun/{run.pk}/change/",
        "finance-sign": f"/admin/merchants/payoutrun/{run.pk}/do/sign/",
        "finance-settlement": f"/admin/merchants/settlement/{own['settlement']}/change/",
        "finance-dispute": f"/admin/merchants/dispute/{own['dispute']}/change/",
        "finance-exports": "/admin/merchants/export/",
        "finance-export": f"/admin/merchants/export/{own['export']}/change/",
        "finance-ask": "/admin/merchants/export/do/ask/",
        "finance-upload": "/admin/merchants/statementfile/do/upload/",
        "finance-rule": "/admin/merchants/riskrule/do/make/",
        "finance-account": "/admin/ledger/account/",
    }
    assert looked_at(desk, pages, "en") == {}


def test_the_sidebar_the_filters_and_the_theme_answer(desk: Screen) -> None:
    carry(desk, User.objects.get(phone=MINJI))
    speak(desk, "en")
    desk.open("/merchant/merchants/payment/")
    page = desk.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_text("dock_to_right").last.click()
    page.get_by_role("link", name="Payouts").click()
    page.wait_for_url("**/payout/")
    page.get_by_text("Filters").click()
    page.locator("#changelist-filter").get_by_role("link", name="Created").click()
    page.wait_for_url("**state__exact=CREATED*")
    assert desk.complaints == []


def test_who_has_no_session_signs_in_with_phone_password_and_code(desk: Screen) -> None:
    desk.open("/merchant/")
    for name in ("username", "password", "code"):
        assert desk.page.locator(f"#login-form [name={name}]").is_visible()
    assert desk.axe() == []
    assert desk.complaints == []
