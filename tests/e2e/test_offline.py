"""The network goes: the till asks and checks by itself, the payer pays with one and without."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from ledger.balances import balance, trial_balance
from merchants.codes.pictures.images import read_image
from merchants.models import Payment, TillNonce, Voucher
from tests.e2e.camera import film
from tests.e2e.screens import Screen
from tests.e2e.test_counter import Shop, filmed, shop  # noqa: F401 - the fixtures.
from tests.merchants.offline import stories
from tests.wallet.people import ALICE, PIN, held
from tests.wallet.sms import code_sent
from tests.web.conftest import counter, sena  # noqa: F401 - the cast.
from wallet.models import Wallet


def test_a_till_and_a_payer_go_on_without_a_network(shop: Shop) -> None:  # noqa: F811
    film("", shop.seen)  # the codes are read off the screens instead
    stories.opt_in(shop.store)
    stories.known(shop.alice)
    prepare_till(shop.till)
    set_aside(shop.phone, "20000")
    assert held(shop.alice) == 30_000
    shop.till.page.context.set_offline(True)
    shop.till.page.goto(f"{shop.till.address}/till")
    shop.till.see("No network")
    the_payer_has_a_network_and_shows_a_receipt(shop)
    the_payer_has_a_network_and_reads_digits(shop)
    nobody_has_a_network(shop)
    what_is_shown_again_is_refused(shop)
    the_network_is_back(shop)


# The worker of these pages is at work: whatever it keeps is kept.
KEEPS = """async (scope) => {
  const found = await navigator.serviceWorker.getRegistration(scope);
  return found?.scope.endsWith(scope) && found.active?.state === 'activated';
}"""


def prepare_till(till: Screen) -> None:
    """Open the till once with a network: it gets its certificate, and keeps its page."""
    till.page.evaluate("localStorage.removeItem('till.synchronized')")
    till.open("/till")
    till.page.wait_for_selector("[data-prepared]")
    till.page.wait_for_function(KEEPS, arg="/till")


def set_aside(phone: Screen, amount: str) -> None:
    """Bind the phone, and put an allowance on it."""
    phone.open("/pay")
    phone.press("Set this phone up")
    phone.page.wait_for_selector("[name=code]")
    phone.fill(code=code_sent(ALICE))
    phone.press("Go on")
    phone.page.wait_for_url("**/pay?bound=yes")
    phone.open("/pay/allowance")
    phone.fill(amount=amount)
    phone.press("Go on")
    phone.confirm("Set ₩20,000 aside")
    phone.page.fill("#id_finish_pin", PIN)
    phone.press("Put it on this phone")
    phone.see("It is on this phone")
    phone.page.wait_for_function(KEEPS, arg="/")
    assert phone.page.evaluate(EXPORTS) == "InvalidAccessError"


EXPORTS = """async () => {
  const done = (asked) => new Promise((r) => { asked.onsuccess = () => r(asked.result); });
  const db = await done(indexedDB.open('jigap-allowance', 1));
  const own = await done(db.transaction('kept').objectStore('kept').get('allowance'));
  db.close();
  return crypto.subtle.exportKey('pkcs8', own.key.private).then(() => 'told', (e) => e.name);
}"""


def asked(till: Screen, digits: str) -> str:
    """Ask for an amount; return the code that the till shows, as a camera reads it."""
    for digit in digits:
        till.page.click(f"[data-key='{digit}']")
    till.press("Show a code")
    return seen(till.page.locator("[data-view=show] canvas"))


def seen(picture: Any) -> str:
    """Return what a code on a screen says."""
    picture.wait_for()
    (text,) = read_image(picture.screenshot())
    return text


def show(till: Screen, text: str) -> None:
    """Hold something to the till."""
    till.page.fill("#id_payload", text)
    till.press("Check")


def paid_online(phone: Screen, code: str, button: str) -> None:
    phone.open("/scan")
    phone.page.fill("[name=payload]", code)
    phone.page.locator("#scan .card button").click()
    phone.confirm(button)
    phone.see("Show this to the till")


def the_payer_has_a_network_and_shows_a_receipt(shop: Shop) -> None:  # noqa: F811
    code = asked(shop.till, "4500")
    paid_online(shop.phone, code, "Pay ₩4,500")
    show(shop.till, seen(shop.phone.page.locator(".code-sheet img")))
    shop.till.page.locator("[data-view=paid] .sum__figure").wait_for()
    assert "₩4,500 paid" in shop.spoken()
    assert held(shop.alice) == 25_500
    shop.till.press("Next customer")


def the_payer_has_a_network_and_reads_digits(shop: Shop) -> None:  # noqa: F811
    code = asked(shop.till, "1000")
    paid_online(shop.phone, code, "Pay ₩1,000")
    digits = shop.phone.page.inner_text("#digits")
    show(shop.till, f"{(int(digits.replace(' ', '')) + 1) % 1_000_000:06d}")
    shop.till.see("The digits do not fit")
    show(shop.till, digits)
    shop.till.page.locator("[data-view=paid] .sum__figure").wait_for()
    assert held(shop.alice) == 24_500
    shop.till.press("Next customer")


def nobody_has_a_network(shop: Shop) -> None:  # noqa: F811
    phone, till = shop.phone, shop.till
    phone.page.context.set_offline(True)
    code = asked(till, "7000")
    phone.page.goto(f"{phone.address}/pay/without")
    phone.see("Scan the till")
    phone.page.fill("#id_payload", code)
    phone.press("Go on")
    phone.see("모퉁이가게")
    phone.page.fill("#id_pin", PIN)
    phone.press("Pay")
    voucher = seen(phone.page.locator("[data-view=voucher] canvas"))
    show(till, voucher)
    till.see("Kept on this till until it is uploaded")
    till.page.locator("[data-count]", has_text="1").wait_for()
    assert not Voucher.objects.exists()
    till.press("Next customer")
    shop.shown = voucher


def what_is_shown_again_is_refused(shop: Shop) -> None:  # noqa: F811
    asked(shop.till, "7000")
    show(shop.till, shop.shown)
    shop.till.see("This was shown before")


def the_network_is_back(shop: Shop) -> None:  # noqa: F811
    shop.till.page.context.set_offline(False)
    shop.till.see("Everything is uploaded")
    voucher = Voucher.objects.get()
    assert (voucher.state, voucher.paid_minor) == ("PAID", 7_000)
    kinds = {payment.presented: payment.amount_minor for payment in Payment.objects.all()}
    assert kinds == {"DYNAMIC": 1_000, "OFFLINE": 7_000}
    assert TillNonce.objects.count() == 3
    wallet = Wallet.objects.get(pk=shop.alice.pk)
    assert balance(wallet.available_account_id).minor == 24_500
    merchant = shop.store.merchant
    fees = sum(payment.fee_minor for payment in Payment.objects.all())
    assert balance(merchant.payable_account_id).minor == 12_500 - fees
    assert trial_balance() == {"KRW": 0}
    assert timezone.now() > voucher.received_at
