"""A shopper and a till, each with a telephone: what one does, the other sees and hears."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from merchants.models import Payment, Store, Terminal
from merchants.payments import orders
from merchants.store_codes import order_code, printed_code
from tests.e2e.camera import film, filming
from tests.e2e.screens import Screen
from tests.wallet.people import PASSWORD, held, proven
from tests.web.conftest import counter, sena  # noqa: F401 - the cast.
from wallet.codes import handles
from wallet.models import Wallet

# The loudspeaker: what it was given to say.
SPEAKER = """SpeechSynthesis.prototype.speak = (words) => localStorage.setItem(
  "spoken", (localStorage.getItem("spoken") || "") + words.text + "; ")"""
LENS = {"locale": "en-GB", "permissions": ["camera"], "has_touch": True}
PHONE = {**LENS, "viewport": {"width": 390, "height": 844}}


@dataclass
class Shop:
    """Alice with her telephone, Sena with the till, and what both cameras see."""

    phone: Screen
    till: Screen
    seen: Path
    alice: Wallet
    store: Store
    shown: str = ""

    def spoken(self) -> str:
        """Return what the till said since the last time."""
        told = self.till.page.evaluate("localStorage.getItem('spoken')") or ""
        self.till.page.evaluate("localStorage.removeItem('spoken')")
        return str(told)

    def enter(self, amount: str, button: str) -> None:
        """Type an amount on the keypad, and press a button."""
        self.till.open("/till")
        for digit in amount:
            self.till.page.click(f"[data-key='{digit}']")
        self.till.press(button)


@pytest.fixture
def filmed(
    browser_type: Any, browser_type_launch_args: dict[str, Any], corner_shop: Store, tmp_path: Path
) -> Iterator[tuple[Any, Path]]:
    """A browser whose camera is held to the poster, and where to write what it sees next."""
    seen = film(printed_code(corner_shop), tmp_path / "seen.y4m")
    with filming(browser_type, browser_type_launch_args, seen) as browser:
        yield browser, seen


@pytest.fixture
def shop(
    address: str,
    filmed: tuple[Any, Path],
    alice: Wallet,
    counter: Terminal,  # noqa: F811 - the fixture.
    sena: Wallet,  # noqa: F811 - the fixture.
) -> Shop:
    browser, seen = filmed
    phone = Screen(browser.new_context(**PHONE).new_page(), address)
    phone.sign_in(alice.holder.phone)
    context = browser.new_context(**PHONE)
    context.add_init_script(SPEAKER)
    till = Screen(context.new_page(), address)
    stand_at(till, sena.holder.phone, counter.label)
    return Shop(phone, till, seen, alice, counter.store)


def stand_at(till: Screen, phone: str, label: str) -> None:
    """Sign in at the till, and open the shift."""
    till.open("/till")
    till.fill(phone=phone, password=PASSWORD)
    till.press("Sign in")
    till.page.get_by_role("button", name=label).click()
    till.press("Open the shift")
    till.see("What is paid here shows up here")


def test_a_poster_held_to_the_camera_is_paid_and_the_till_says_so(shop: Shop) -> None:
    phone = shop.phone
    phone.open("/scan")  # the camera was allowed before: it starts by itself
    phone.see("your first payment here")
    phone.fill(amount="4500")
    phone.press("Go on")
    phone.confirm("Pay ₩4,500")
    phone.see("The till shows the same digits")
    shop.till.page.locator(".told--first").wait_for()  # the till found out by itself
    assert shop.spoken() == "₩4,500 paid; "
    digits = phone.page.inner_text(".match__code")
    assert digits in shop.till.page.inner_text(".told--first")
    assert any(url.endswith(".wasm") for url in phone.requests)  # no reader of its own here
    assert all(url.startswith((phone.address, "blob:", "data:")) for url in phone.requests)
    assert phone.complaints == []
    assert shop.till.complaints == []
    assert held(shop.alice) == 45_500


def test_a_day_at_the_counter(shop: Shop) -> None:
    a_code_of_the_till_is_scanned_and_paid(shop)
    money_is_given_back(shop)
    a_code_of_the_customer_is_scanned_by_the_till(shop)
    a_payment_is_cancelled(shop)
    a_scanner_types_the_customers_code_into_the_keypad(shop)
    the_shift_is_closed(shop)
    assert shop.phone.complaints == []
    assert shop.till.complaints == []


def a_code_of_the_till_is_scanned_and_paid(shop: Shop) -> None:
    phone, till = shop.phone, shop.till
    shop.enter("12000", "Show a code")
    till.see("Let the customer scan this")
    payment = Payment.objects.select_related("store__merchant", "merchant").get()
    film(order_code(payment, shop.store), shop.seen)
    phone.open("/scan")
    phone.page.wait_for_selector("main [name=pin]")
    till.see("The customer is looking at it")
    phone.confirm("Pay ₩12,000")
    phone.see("The till shows the same digits")
    till.see("The customer's screen shows the same digits")
    assert shop.spoken() == "₩12,000 paid; "
    assert till.page.inner_text(".match__code") == phone.page.inner_text(".match__code")
    assert held(shop.alice) == 38_000


def money_is_given_back(shop: Shop) -> None:
    shop.till.press("Give back")
    shop.till.fill(amount="2000", reason="cold soup")
    shop.till.press("Go on")
    shop.till.press("Give ₩2,000 back")
    shop.till.see("The customer has the money.")
    shop.phone.page.reload()
    shop.phone.see("₩2,000 given back")
    assert held(shop.alice) == 40_000
    assert shop.spoken() == ""  # it was said before


def a_code_of_the_customer_is_scanned_by_the_till(shop: Shop) -> None:
    phone, till = shop.phone, shop.till
    film(shown(phone), shop.seen)
    shop.enter("3000", "Scan theirs")  # its camera was allowed before
    till.see("The customer's screen shows the same digits")
    assert shop.spoken() == "₩3,000 paid; "
    phone.see("The till shows the same digits")
    assert held(shop.alice) == 37_000


def a_payment_is_cancelled(shop: Shop) -> None:
    shop.till.press("Cancel it")
    shop.till.press("Cancel the payment")
    shop.till.see("The customer has the money back")
    assert held(shop.alice) == 40_000


def a_scanner_types_the_customers_code_into_the_keypad(shop: Shop) -> None:
    code = shown(shop.phone)
    till = shop.till
    till.open("/till")
    for digit in "5000":
        till.page.click(f"[data-key='{digit}']")
    till.page.keyboard.type(code)
    till.page.keyboard.press("Enter")
    till.see("The customer's screen shows the same digits")
    assert shop.spoken() == "₩5,000 paid; "
    assert held(shop.alice) == 35_000


def the_shift_is_closed(shop: Shop) -> None:
    shop.till.open("/till/shift")
    shop.till.see("₩20,000")  # the cancelled one with them
    shop.till.press("Close the shift")
    shop.till.see("3 payments")
    shop.till.see("₩5,000 given back")


def shown(phone: Screen) -> str:
    """Return the digits of a new pay code on a telephone."""
    phone.open("/pay")
    if phone.page.locator("main [name=pin]").count():
        phone.confirm("Show my code")
    else:
        phone.press("Show my code")
    phone.page.wait_for_selector("#digits")
    return re.sub(r"\s", "", phone.page.inner_text("#digits"))


def test_a_till_takes_money_without_scripts(
    browser: Any,
    address: str,
    alice: Wallet,
    counter: Terminal,  # noqa: F811 - the fixture.
    sena: Wallet,  # noqa: F811 - the fixture.
) -> None:
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        till = Screen(context.new_page(), address)
        stand_at(till, sena.holder.phone, counter.label)
        till.fill(amount="12,000")
        till.press("Show a code")
        till.see("Let the customer scan this")
        payment = Payment.objects.get()
        at = timezone.now()
        orders.confirm(number=payment.number, wallet=alice, proof=proven(alice), at=at)
        till.see("The customer's screen shows the same digits")  # the page asks by itself
        till.press("Next customer")
        till.page.locator(".told--first").wait_for()
        till.fill(amount="3000")
        till.press("Scan theirs")
        till.fill(payload=handles.show(wallet=alice, at=timezone.now()).code)
        till.press("Charge ₩3,000")
        till.see("The customer's screen shows the same digits")
        till.press("Give back")
        till.fill(amount="1000", reason="cold soup")
        till.press("Go on")
        till.press("Give ₩1,000 back")
        till.see("The customer has the money.")
    assert held(alice) == 36_000
