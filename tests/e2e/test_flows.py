"""What people do, each once, in a browser on a phone."""

from __future__ import annotations

import io
import re
from typing import Any

from django.conf import LazySettings
from django.utils import timezone

from ledger.money import Money
from merchants.codes.pictures.images import draw_png
from merchants.models import Payment, Store
from merchants.payments import orders
from merchants.payments.charging.charge import charge as take_charge
from merchants.payments.paying import Bill
from merchants.store_codes import order_code, printed_code
from tests.e2e.screens import Screen
from tests.wallet.bank import open_bank
from tests.wallet.people import ALICE, PASSWORD, PIN, held
from tests.wallet.sms import code_sent
from wallet.codes.presenting import Presented, take
from wallet.models import Transfer, Wallet

NEW = "+821033334444"


def test_somebody_signs_up_and_tops_up_at_the_banks_page(
    screen: Screen, settings: LazySettings
) -> None:
    screen.open("/")
    screen.press("Open a wallet")
    screen.fill(phone="010-3333-4444")
    screen.press("Send me a code")
    screen.page.wait_for_url("**/sign-up/code")
    screen.fill(code=code_sent(NEW), password=PASSWORD, pin=PIN)
    screen.press("Open my wallet")
    screen.see("Nothing has happened yet")
    with open_bank(settings, screen.address):
        to_the_bank(screen)
        screen.press("Decline")
        screen.see("Nothing was taken")
        to_the_bank(screen)
        screen.press("Leave it for now")
        screen.press("To the bank's page")
        screen.press("Approve")
        screen.see("Topped up")  # the page found out by itself
    assert screen.page.locator("main .button").count() == 1  # and has nothing twice
    assert held(Wallet.objects.get(holder__phone=NEW)) == 50_000
    assert screen.complaints == []


def to_the_bank(screen: Screen) -> None:
    """Ask for 50,000 won, and go to the page on which the bank asks about it."""
    screen.open("/top-up")
    screen.page.get_by_role("button", name="50,000").click()
    assert screen.page.input_value("[name=amount]") == "50,000"
    screen.press("Go on")
    screen.press("Top up ₩50,000")
    screen.press("To the bank's page")
    screen.see("Approve this card payment?")


def test_a_photo_of_the_printed_code_is_paid(
    home: Screen, alice: Wallet, corner_shop: Store
) -> None:
    home.open("/scan")
    photo = draw_png(printed_code(corner_shop))
    home.page.set_input_files(
        "[name=picture]", {"name": "code.png", "mimeType": "image/png", "buffer": photo}
    )
    home.see("your first payment here")
    home.see("Verified store")
    home.fill(amount="4500", memo="coffee")
    home.press("Go on")
    home.confirm("Pay ₩4,500")
    home.see("The till shows the same digits")
    assert held(alice) == 45_500


def test_the_code_of_a_till_is_typed_and_paid_with_a_tip(
    home: Screen, alice: Wallet, corner_shop: Store
) -> None:
    bill = Bill(amount=Money(7_000, "KRW"), merchant_order_no="A1", asks_tip=True)
    waiting = orders.ask(store=corner_shop, bill=bill, at=timezone.now())
    home.open("/scan")
    home.fill(payload=order_code(waiting, corner_shop))
    home.press("Go on")
    home.page.get_by_text("10% · ₩700").click()
    home.press("Go on")
    home.page.wait_for_selector("main [name=pin]")
    home.fill(pin=PIN)
    home.page.locator("main .actions button").dblclick()
    home.see("The till shows the same digits")
    home.page.reload()
    home.page.go_back()
    home.see("The till shows the same digits")  # and asks for no PIN
    assert (held(alice), Payment.objects.count()) == (42_300, 1)


def test_money_is_sent_once_however_often_one_taps_reloads_and_goes_back(
    home: Screen, alice: Wallet, bob: Wallet
) -> None:
    home.open("/send")
    home.fill(payee="010-8765-4321")
    home.page.press("[name=payee]", "Tab")
    home.see("박*호")
    home.fill(amount="12000", memo="lunch")
    home.press("Go on")
    home.page.wait_for_selector("main [name=pin]")
    home.fill(pin=PIN)
    home.page.locator("main .actions button").dblclick()
    home.page.wait_for_url("**/transfers/*")
    done = home.page.url
    home.page.reload()
    home.page.go_back()
    home.page.wait_for_url(done)
    assert (held(alice), Transfer.objects.count()) == (38_000, 1)


def test_a_link_is_sent_and_taken_back(home: Screen, alice: Wallet) -> None:
    home.open("/send")
    home.fill(payee="010-5555-6666", amount="3000")
    home.press("Go on")
    home.see("This number has no wallet yet")
    home.confirm("Send ₩3,000")
    home.see("The money waits")
    home.press("Take it back")
    home.see("You took it back")
    assert held(alice) == 50_000


def test_a_request_is_made_and_a_bill_is_split(home: Screen, bob: Wallet) -> None:
    home.open("/requests/new")
    home.fill(payee="010-8765-4321", amount="5000")
    home.press("Go on")
    home.press("Send the request")
    home.see("Take the request back")
    home.open("/splits/new")
    home.fill(amount="9000", payees="010-8765-4321")
    home.press("Go on")
    home.press("Send the requests")
    home.see("your share: ₩4,500")


def test_five_wrong_pins_lock_and_a_second_proof_opens(home: Screen, bob: Wallet) -> None:
    home.open("/send")
    home.fill(payee="010-8765-4321", amount="1000")
    home.press("Go on")
    for left in (4, 3, 2, 1):
        home.fill(pin="111222")
        home.press("Send ₩1,000")
        home.see(f"Tries left: {left}")
    home.fill(pin="111222")
    home.press("Send ₩1,000")
    home.see("Your PIN is locked")
    home.open("/settings/pin")
    home.press("Go on")
    home.page.wait_for_selector("[name=code]")
    home.fill(code=code_sent(ALICE))
    home.press("Go on")
    home.page.wait_for_selector("[name=password]")
    home.fill(pin="739165", password=PASSWORD)
    home.press("Set the PIN")
    home.see("Your PIN is changed")


def test_a_wallet_is_frozen_and_opened_again(home: Screen, alice: Wallet) -> None:
    home.open("/settings/freeze")
    home.press("Freeze now")
    home.see("Your wallet is frozen")
    alice.refresh_from_db()
    assert alice.status == Wallet.Status.FROZEN
    home.press("Unfreeze")
    home.page.wait_for_selector("[name=code]")
    home.fill(code=code_sent(ALICE))
    home.press("Unfreeze")
    home.see("Your wallet can be used again")


def test_the_language_is_switched_and_kept(home: Screen) -> None:
    home.open("/settings")
    home.page.get_by_role("button", name="한국어").click()
    home.page.get_by_role("heading", name="설정").wait_for()
    assert home.page.get_attribute("html", "lang") == "ko"


def test_activity_is_searched_while_typing(home: Screen, alice: Wallet, bob: Wallet) -> None:
    test_a_link_is_sent_and_taken_back(home, alice)
    home.open("/activity")
    home.page.fill("[name=q]", "nobody at all")
    home.see("Nothing fits")
    home.page.fill("[name=q]", "6666")
    home.page.locator("#lines .line").first.wait_for()


def test_a_till_charges_the_code_that_is_shown(
    home: Screen, alice: Wallet, corner_shop: Store
) -> None:
    home.open("/pay")
    home.confirm("Show my code")
    home.page.wait_for_selector("#digits")
    charge(home.page.inner_text("#digits"), corner_shop, "B1")
    home.see("The till shows the same digits")  # the phone found out by itself
    assert held(alice) == 48_000


def test_the_phone_makes_its_own_code_with_no_network_and_cannot_tell_its_keys(
    home: Screen, alice: Wallet, corner_shop: Store
) -> None:
    home.open("/pay")
    home.press("Set this phone up")
    home.page.wait_for_selector("[name=code]")
    home.fill(code=code_sent(ALICE))
    home.press("Go on")
    home.page.wait_for_url("**/pay?bound=yes")
    home.page.fill("#id_phone_pin", PIN)
    home.press("Get it ready")
    home.see("Ready without a network")
    assert home.page.evaluate(EXPORTS) == ["InvalidAccessError", "InvalidAccessError"]
    home.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    home.page.context.set_offline(True)
    home.page.goto(f"{home.address}/pay")
    home.see("Made by this phone")
    shown = home.page.inner_text("[data-digits]")
    home.page.context.set_offline(False)
    charge(shown, corner_shop, "C1")
    assert held(alice) == 48_000


EXPORTS = """async () => {
  const names = [];
  const done = (asked) => new Promise((r) => { asked.onsuccess = () => r(asked.result); });
  const db = await done(indexedDB.open('jigap', 1));
  const get = (name) => done(db.transaction('kept').objectStore('kept').get(name));
  for (const key of [(await get('code')).key, (await get('device')).pair.privateKey])
    await crypto.subtle.exportKey('raw', key).catch((e) => names.push(e.name));
  db.close();
  return names;
}"""


def charge(shown: str, store: Store, order_no: str) -> Payment:
    """Charge 2,000 won to a code, as a till that read it."""
    code = re.sub(r"\s", "", shown)
    at = timezone.now()
    wallet = take(code=code, presented=Presented(by=store.public_id, what_for=order_no), at=at)
    bill = Bill(amount=Money(2_000, "KRW"), merchant_order_no=order_no)
    return take_charge(store=store, bill=bill, wallet=wallet, at=at)


def test_without_scripts_money_is_sent_all_the_same(
    browser: Any, address: str, alice: Wallet, bob: Wallet
) -> None:
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        plain = Screen(context.new_page(), address)
        plain.sign_in(ALICE)
        plain.open("/send")
        plain.fill(payee="010-8765-4321", amount="12,000")
        plain.press("Go on")
        plain.confirm("Send ₩12,000")
        plain.page.wait_for_url("**/transfers/*")
    assert held(bob) == 12_000


def test_the_wallet_can_be_installed(home: Screen) -> None:
    told = home.page.request.get(f"{home.address}/manifest.webmanifest").json()
    assert {"name", "start_url", "display", "icons"} <= told.keys()
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}
    for icon in told["icons"]:
        picture = home.page.request.get(home.address + icon["src"])
        assert io.BytesIO(picture.body()).read(4) == b"\x89PNG"
    assert (
        home.page.evaluate("navigator.serviceWorker.ready.then((r) => r.scope)")
        == f"{home.address}/"
    )
