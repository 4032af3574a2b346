"""Money that leaves, comes and is asked for, each way once in a browser on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from ledger.money import Money
from tests.e2e.screens import Screen
from tests.wallet.bank import open_bank
from tests.wallet.people import ALICE, BOB, PASSWORD, PIN, held
from tests.wallet.sms import code_sent
from wallet.models import Claim, MoneyRequest, Wallet, Withdrawal
from wallet.transfers import money_requests

NEW = "+821055556666"


def test_a_bank_account_is_verified_and_money_is_withdrawn_to_it(
    home: Screen, alice: Wallet, settings: LazySettings
) -> None:
    with open_bank(settings, home.address) as bank:
        home.open("/withdraw")
        home.press("Add a bank account")
        home.page.select_option("[name=bank_code]", "090")
        home.fill(number="3333-01-1234567", holder_name="김민지")
        home.press("Go on")
        home.confirm("Add it")
        home.page.wait_for_selector("main [name=code]")
        home.fill(code=code_sent(ALICE))
        home.press("Add it")
        home.see("We deposited 1 won")
        (text,) = bank.see("/accounts/3333011234567")["deposits"]
        home.fill(code=str(text)[-3:])
        home.press("Verify")
        home.press("Withdraw")
        home.fill(amount="10000")
        home.press("Go on")
        home.confirm("Withdraw ₩10,000")
        home.see("Paid to your bank")  # the page found out by itself
    fee = Withdrawal.objects.get().fee.minor
    assert held(alice) == 40_000 - fee
    assert home.complaints == []


def test_a_link_leads_somebody_without_a_wallet_to_the_money(
    home: Screen, browser: Any, address: str
) -> None:
    home.open("/send")
    home.fill(payee="010-5555-6666", amount="3000", memo="for lunch")
    home.press("Go on")
    home.confirm("Send ₩3,000")
    link = home.page.inner_text("#link")
    with browser.new_context(locale="en-GB") as context:
        friend = Screen(context.new_page(), address)
        friend.page.goto(link)
        friend.see("Somebody sent you money")
        friend.press("Open a wallet")
        friend.fill(phone="010-5555-6666")
        friend.press("Send me a code")
        friend.page.wait_for_url("**/sign-up/code")
        friend.fill(code=code_sent(NEW), password=PASSWORD, pin=PIN)
        friend.press("Open my wallet")
        friend.page.locator(".balance__sum", has_text="₩3,000").wait_for()
        assert friend.complaints == []
    home.page.reload()
    home.see("The money was taken")
    assert held(Wallet.objects.get(holder__phone=NEW)) == 3_000
    assert Claim.objects.get().status == Claim.Status.CLAIMED


def test_a_request_is_found_on_the_first_page_and_paid(
    home: Screen, alice: Wallet, bob: Wallet
) -> None:
    asked = money_requests.ask(
        asker=bob, payee=ALICE, amount=Money(7_000, "KRW"), memo="taxi", at=timezone.now()
    )
    home.page.reload()
    home.press("Look at it")
    home.page.locator("main .line").first.click()
    home.see("You are asked by")
    home.press("Send ₩7,000")
    home.confirm("Send ₩7,000")
    home.page.wait_for_url("**/transfers/*")
    asked.refresh_from_db()
    assert asked.status == MoneyRequest.Status.PAID
    assert (held(alice), held(bob)) == (43_000, 7_000)


def test_a_wallet_is_closed_only_when_it_is_empty_and_another_is_opened(
    home: Screen, browser: Any, address: str, bob: Wallet
) -> None:
    home.open("/settings/close")
    home.see("It still holds ₩50,000")
    with browser.new_context(locale="en-GB") as context:
        empty = Screen(context.new_page(), address).sign_in(BOB)
        empty.open("/settings/close")
        empty.press("Close it for good")
        empty.see("Tick the box")
        empty.page.check("[name=sure]")
        empty.press("Close it for good")
        empty.see("You have no wallet")
        empty.press("Open a wallet")
        empty.page.locator(".balance__sum", has_text="₩0").wait_for()
        assert empty.complaints == []
    statuses = Wallet.objects.filter(holder=bob.holder).order_by("pk")
    assert list(statuses.values_list("status", flat=True)) == ["CLOSED", "OPEN"]


@pytest.mark.parametrize("language", ["ko-KR"])
def test_a_statement_is_read_and_fetched_as_a_file(
    browser: Any, address: str, alice: Wallet, language: str
) -> None:
    with browser.new_context(locale=language) as context:
        reader = Screen(context.new_page(), address)
        reader.open("/sign-in")
        reader.fill(phone=ALICE, password=PASSWORD)
        reader.page.locator("main .actions button").click()
        reader.page.wait_for_url(f"{address}/")
        reader.open("/statements")
        reader.page.locator("main .line").first.click()
        reader.page.locator("main dd", has_text="50,000원").first.wait_for()
        for kind, starts in {"PDF": b"%PDF", "CSV": b"\xef\xbb\xbf"}.items():
            where = reader.page.get_by_role("link", name=kind).get_attribute("href")
            file = reader.page.request.get(address + str(where))
            assert file.body().startswith(starts), kind
            assert "attachment" in file.headers["content-disposition"], kind
