"""Proofs, limits, notices, sessions: what people set, each once in a browser on a phone."""

from __future__ import annotations

import base64
import urllib.parse
from typing import Any

from django.utils import timezone
from django_otp.oath import totp

from merchants.codes.pictures.images import read_image
from tests.e2e.screens import Screen
from tests.wallet.people import ALICE, PASSWORD
from tests.wallet.sms import code_sent
from wallet.models import Wallet
from wallet.notices.relay import deliver_due
from wallet.proof import sessions

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_an_authenticator_scans_the_code_and_proves_the_next_change(home: Screen) -> None:
    home.open("/settings/factors")
    home.press("Set it up")
    home.page.wait_for_selector("[name=code]")
    home.fill(code=code_sent(ALICE))
    home.press("Go on")
    picture = home.page.locator(".code-sheet img")
    picture.wait_for()
    (uri,) = read_image(picture.screenshot())
    assert uri.startswith("otpauth://totp/")
    home.fill(code=shown_by(uri))
    home.press("Use it")
    home.see("Your authenticator is in use")
    home.press("Make new ones")
    home.see("that your authenticator shows")
    home.fill(code=shown_by(uri, ahead=1))  # a code counts once
    home.press("Go on")
    home.see("they are shown this once")
    assert home.page.locator(".codes li").count() == 10
    assert home.complaints == []


def shown_by(uri: str, *, ahead: int = 0) -> str:
    """Return the digits that an authenticator shows, which scanned this."""
    (secret,) = urllib.parse.parse_qs(urllib.parse.urlsplit(uri).query)["secret"]
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return f"{totp(key, drift=ahead):06d}"


def test_limits_say_what_is_left(home: Screen) -> None:
    home.open("/settings")
    home.press("Limits")
    home.see("What is left of your limits")
    assert home.page.locator("progress.meter").count() > 0


def test_notices_are_read_and_how_one_is_told_is_kept(home: Screen, alice: Wallet) -> None:
    home.open("/settings/freeze")
    home.press("Freeze now")
    home.see("Your wallet is frozen")
    deliver_due(at=timezone.now())
    home.open("/")
    home.page.locator(".bar .dot").wait_for()
    home.open("/notices")
    home.page.locator(".line--fresh").first.wait_for()
    home.page.get_by_role("button", name="All read").click()
    home.page.locator("main .line").first.wait_for()
    assert home.page.locator(".line--fresh").count() == 0
    home.press("How you are told")
    box = home.page.locator("main input[type=checkbox]").first
    was = box.is_checked()
    box.click()
    home.press("Save")
    home.page.wait_for_load_state()
    home.open("/notices/preferences")
    assert home.page.locator("main input[type=checkbox]").first.is_checked() is not was


def test_apps_and_browsers_are_listed_and_signed_out_and_a_new_password_ends_the_rest(
    home: Screen, browser: Any, address: str, alice: Wallet
) -> None:
    sessions.begin(user=alice.holder, user_agent="Phone app", address="", at=timezone.now())
    with browser.new_context(locale="en-GB", user_agent=FIREFOX) as context:
        other = Screen(context.new_page(), address).sign_in(ALICE)
        home.open("/settings/devices")
        home.see("Chrome · Linux")  # this one
        ends(home, "Phone app", "That app is signed out")
        ends(home, "Firefox · Windows", "That browser is signed out")
        assert home.page.get_by_role("button", name="End", exact=True).count() == 0
        other.open("/activity")
        other.page.wait_for_url("**/sign-in?**")
        other.sign_in(ALICE)
        home.open("/settings/devices")
        home.press("Change the password")
        home.fill(old=PASSWORD, new="a quiet harbour 1906")
        home.page.locator("main .actions button").click()
        home.see("all other sessions ended")
        other.open("/activity")
        other.page.wait_for_url("**/sign-in?**")
        home.open("/settings/devices")
        assert home.page.get_by_role("button", name="End", exact=True).count() == 0


def ends(screen: Screen, name: str, says: str) -> None:
    """End a session by its line in the list."""
    line = screen.page.locator("main .line", has_text=name)
    line.get_by_role("button", name="End", exact=True).click()
    screen.see(says)
