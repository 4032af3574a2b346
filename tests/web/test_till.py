"""The till: who stands there, charging, giving back, cancelling, shifts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ledger.money import Money
from merchants.models import Payment, Refund, Role, Store, Terminal, TillShift
from merchants.payments import orders
from merchants.payments.paying import Bill, pay
from merchants.premises.shifts import open_shift
from merchants.premises.terminals import revoke_terminal
from tests.merchants.cast import MINJI, SENA, employ, newcomer, refused_by
from tests.wallet.people import PASSWORD, held, proven
from tests.web.browser import Visitor
from wallet.codes import handles
from wallet.models import Wallet

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


def won(minor: int) -> Money:
    return Money(minor, "KRW")


def poster_paid(alice: Wallet, store: Store, minor: int = 4_500) -> Payment:
    """Alice pays the poster."""
    bill = Bill(amount=won(minor))
    return pay(wallet=alice, store=store, bill=bill, proof=proven(alice), at=timezone.now())


def code_of(wallet: Wallet) -> str:
    """Return what the customer's telephone shows."""
    return handles.show(wallet=wallet, at=timezone.now()).code


def charge(till: Visitor, amount: str = "12,000", code: str = "") -> None:
    """Type an amount, choose to scan, and scan."""
    till.get("/till")
    till.post(amount=amount, how="scan")
    till.post(payload=code)


def test_a_code_is_shown_and_what_becomes_of_it(till: Visitor, alice: Wallet) -> None:
    till.get("/till")
    till.post(amount="12,000", how="show")
    assert "Let the customer scan this" in till.text
    payment = Payment.objects.get()
    assert (payment.amount, payment.state) == (won(12_000), "CREATED")
    number, part = payment.number, {"HX-Request": "true"}
    same = till.client.get(f"{till.path}?known=CREATED", headers=part)
    assert same.status_code == 204
    orders.confirm(number=number, wallet=alice, proof=proven(alice), at=timezone.now())
    told = till.client.get(f"{till.path}?known=CREATED", headers=part).content.decode()
    assert 'data-say="₩12,000 paid"' in told
    assert re.search(r'match__code">[0-9]{4}<', told)
    assert "<html" not in told


def test_a_double_tap_asks_once_and_a_paid_order_is_never_asked_for_again(
    till: Visitor, alice: Wallet
) -> None:
    till.get("/till")
    form = till._form({"amount"})["fields"]  # noqa: SLF001 - sent as it is, twice.
    body = {**form, "amount": "5,000", "how": "show"}
    places = [till.client.post("/till", body)["Location"] for _ in range(2)]
    assert places[0] == places[1]
    number = places[0].rsplit("/", 1)[1]
    orders.confirm(number=number, wallet=alice, proof=proven(alice), at=timezone.now())
    # Back to the form of before, and sent again: another customer, another payment.
    again = till.client.post("/till", body)["Location"]
    assert again != places[0]
    other = till.client.post("/till", {**body, "amount": "6,000"})["Location"]
    assert other not in {again, places[0]}


def test_the_customers_code_is_charged_once(till: Visitor, alice: Wallet) -> None:
    charge(till, "12,000", code_of(alice))
    assert "Paid" in till.text
    assert "same digits" in till.text
    assert held(alice) == 38_000
    where = f"/till/scan?order={Payment.objects.get().merchant_order_no}&amount=12000"
    assert till.get(where).redirect_chain[-1][0].startswith("/till/payments/")
    assert held(alice) == 38_000


def test_a_scanner_types_into_the_keypad(till: Visitor, alice: Wallet) -> None:
    till.get("/till")
    till.post(amount="2,000", code=code_of(alice))
    assert till.path.startswith("/till/payments/"), till.errors
    assert held(alice) == 48_000


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("1234", "twenty digits"),
        ("\x00" * 20, ""),
        ("71123456780000000000", "digit is wrong"),
        ("", "twenty digits"),
    ],
)
def test_a_code_that_is_none_is_said_by_its_field(
    till: Visitor, alice: Wallet, code: str, says: str
) -> None:
    charge(till, "12,000", code)
    assert till.answer.status_code == 422
    assert says in " ".join(till.errors)
    assert held(alice) == 50_000


def test_a_used_code_is_refused_and_a_new_one_is_charged_for_the_same_order(
    till: Visitor, alice: Wallet
) -> None:
    code = code_of(alice)
    charge(till, "1,000", code)
    charge(till, "2,000", code)
    assert "used, too old" in till.errors[0]
    till.post(payload=code_of(alice))
    assert "Paid" in till.text, till.errors
    assert held(alice) == 47_000


def test_what_a_poster_took_is_news_at_the_till_once(
    till: Visitor, alice: Wallet, corner_shop: Store
) -> None:
    assert "shows up here" in till.get("/till").content.decode()
    payment = poster_paid(alice, corner_shop)
    news = till.client.get("/till/news?last=")
    assert 'data-say="₩4,500 paid"' in news.content.decode()
    assert till.client.get(f"/till/news?last={payment.number}").status_code == 204


def test_money_is_given_back_after_a_second_look_once_and_within_the_cashiers_limit(
    till: Visitor, alice: Wallet, corner_shop: Store
) -> None:
    payment = poster_paid(alice, corner_shop, 20_000)
    where = f"/till/payments/{payment.number}/refund"
    till.get(where)
    till.post(amount="10,001", reason="")
    assert "Ask a manager" in till.errors[0]
    till.post(amount="9,000", reason="cold soup")
    assert "Give ₩9,000 back?" in till.text
    assert held(alice) == 30_000
    form = till._form({"sure"})["fields"]  # noqa: SLF001 - sent as it is, twice.
    for _ in range(2):
        till.client.post(where, form)
    assert held(alice) == 39_000
    assert Refund.objects.get().reason == "cold soup"
    # Whoever leaves the second look out, or edits it, is refused all the same.
    till.get(where)
    till.post(amount="10,001", reason="")
    assert till.client.post(where, {"sure": "y", "amount": "10,001"}).status_code == 422
    assert till.client.post(where, {"sure": "y", "amount": "9e9"}).status_code == 422
    assert held(alice) == 39_000


def test_an_unpaid_payment_is_cancelled_at_once_and_a_paid_one_after_a_question(
    till: Visitor, alice: Wallet
) -> None:
    till.get("/till")
    till.post(amount="5,000", how="show")
    till.answer = till.client.post(till.path, {}, follow=True)
    assert "Cancelled" in till.text
    charge(till, "12,000", code_of(alice))
    where = till.path
    till.answer = till.client.post(where, {}, follow=True)
    assert "Cancel this payment?" in till.text
    assert held(alice) == 38_000
    till.answer = till.client.post(where, {"sure": "yes"}, follow=True)
    assert "has the money back" in till.text
    assert held(alice) == 50_000
    till.client.post(where, {"sure": "yes"})
    assert held(alice) == 50_000


def test_a_poster_payment_and_yesterdays_are_not_cancelled(
    till: Visitor, alice: Wallet, corner_shop: Store
) -> None:
    payment = poster_paid(alice, corner_shop)
    till.client.post(f"/till/payments/{payment.number}", {"sure": "yes"})
    before = timezone.now() - timedelta(days=2)
    bill = Bill(amount=won(1_000), merchant_order_no="A-1")
    old = orders.ask(store=corner_shop, bill=bill, at=before)
    orders.confirm(number=old.number, wallet=alice, proof=proven(alice), at=before)
    till.client.post(f"/till/payments/{old.number}", {"sure": "yes"})
    assert held(alice) == 44_500


def test_the_last_payments_are_found_by_how_their_number_ends(
    till: Visitor, alice: Wallet, corner_shop: Store
) -> None:
    number = poster_paid(alice, corner_shop).number
    assert f"…{number[-4:]}" in till.get("/till/payments").content.decode()
    assert number in till.get(f"/till/payments?q={number[-5:]}").content.decode()
    for strange in ("x", "%", "\x00", "٣"):
        assert "ends like that" in till.get(f"/till/payments?q={strange}").content.decode()


def test_a_shift_is_opened_closed_and_says_what_it_took(
    till: Visitor, alice: Wallet, corner_shop: Store, counter: Terminal
) -> None:
    charge(till, "12,000", code_of(alice))
    poster_paid(alice, corner_shop)
    number = Payment.objects.order_by("pk")[0].number
    till.get(f"/till/payments/{number}/refund")
    till.post(amount="2,000", reason="")
    till.post(sure="yes")
    assert "₩16,500" in till.get("/till/takings").content.decode()
    till.get("/till/shift")
    till.post(deed="close")
    shift = TillShift.objects.get()
    assert (shift.payments, shift.taken, shift.refunded) == (1, won(12_000), won(2_000))
    assert "Open the shift" in till.text
    assert till.get("/till").redirect_chain[-1][0] == "/till/shift"
    assert till.client.post("/till", {"amount": "1", "how": "show"})["Location"] == "/till/shift"


def test_one_shift_is_open_at_a_till_and_a_closed_one_is_final(
    till: Visitor, counter: Terminal, alice: Wallet
) -> None:
    other = newcomer(MINJI)
    employ(counter.store.merchant, other)
    second = Visitor()
    second.client.force_login(other.holder)
    second.get("/till/device")
    second.post(terminal=counter.public_id)
    assert second.path == "/till"  # an open shift is everybody's who works there
    shift = TillShift.objects.get()
    with refused_by("merchants_till_shift_one_open"):
        TillShift.objects.create(
            terminal=counter, opened_by=other.holder, opened_at=timezone.now()
        )
    answer = second.client.post("/till/shift", {"deed": "open"})
    assert answer.status_code == 409
    with refused_by("merchants_till_shift_closed_whole"):
        TillShift.objects.filter(pk=shift.pk).update(closed_at=timezone.now())
    second.client.post("/till/shift", {"deed": "close"})
    with refused_by("merchants_till_shift_final"):
        TillShift.objects.filter(pk=shift.pk).update(taken_minor=1)
    with refused_by("ledger_append_only"):
        TillShift.objects.filter(pk=shift.pk).delete()
    open_shift(terminal=counter, by=other.holder, at=timezone.now())
    assert TillShift.objects.filter(closed_at=None).count() == 1


def test_who_does_not_work_here_is_let_to_no_till(counter: Terminal, alice: Wallet) -> None:
    stranger = Visitor()
    assert stranger.get("/till").redirect_chain[-1][0] == "/till/sign-in"
    stranger.client.force_login(alice.holder)
    stranger.get("/till")
    assert stranger.path == "/till/device"
    assert "You work at no till" in stranger.text
    taken = stranger.client.post("/till/device", {"terminal": counter.public_id})
    assert taken.status_code == 404
    added = stranger.client.post("/till/device", {"store": counter.store.public_id, "label": "x"})
    assert added.status_code == 404


def test_a_till_sees_nothing_of_another_store(
    till: Visitor, alice: Wallet, corner_shop: Store
) -> None:
    other = Store.objects.create(
        public_id="SOTHER2222",
        merchant=corner_shop.merchant,
        name="둘째가게",
        latin_name="Second",
        city="Busan",
        merchant_category_code="5411",
    )
    payment = poster_paid(alice, other)
    for path in ("", "/refund"):
        assert till.client.get(f"/till/payments/{payment.number}{path}").status_code == 404
        assert till.client.post(f"/till/payments/{payment.number}{path}").status_code == 404
    assert till.client.get("/till/news?last=").status_code == 204
    assert payment.number not in till.get("/till/payments").content.decode()


def test_a_revoked_till_and_an_ended_role_end_it_at_once(
    till: Visitor, counter: Terminal, sena: Wallet
) -> None:
    sena.holder.merchant_roles.update(ended_at=timezone.now())
    assert till.get("/till").redirect_chain[-1][0] == "/till/device"
    employ(counter.store.merchant, sena, Role.VIEWER)
    assert till.get("/till").redirect_chain[-1][0] == "/till/device"
    part = till.client.get("/till/news", headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == "/till/device"
    sena.holder.merchant_roles.filter(ended_at=None).update(ended_at=timezone.now())
    employ(counter.store.merchant, sena, Role.MANAGER)
    assert till.client.get("/till").status_code == 200
    revoke_terminal(terminal=counter, actor="test", at=timezone.now())
    assert till.client.get("/till")["Location"] == "/till/device"


def test_a_cookie_of_ones_own_making_is_no_till(counter: Terminal, sena: Wallet) -> None:
    visitor = Visitor()
    visitor.client.force_login(sena.holder)
    visitor.client.cookies["till"] = counter.public_id
    assert visitor.client.get("/till")["Location"] == "/till/device"


def test_a_manager_adds_a_till_and_a_cashier_does_not(
    till: Visitor, counter: Terminal, sena: Wallet
) -> None:
    body = {"store": counter.store.public_id, "label": "Counter 2"}
    assert till.client.post("/till/device", body).status_code == 404
    employ(counter.store.merchant, sena, Role.MANAGER)
    till.get("/till/device")
    till.answer = till.client.post("/till/device", {**body, "label": "Counter 1"})
    assert "has this name" in till.errors[0]
    assert till.client.post("/till/device", {**body, "label": "\x00"}).status_code == 422
    assert till.client.post("/till/device", body)["Location"] == "/till"
    assert Terminal.objects.count() == 2


def test_signing_out_leaves_what_the_till_keeps(till: Visitor) -> None:
    answer = till.client.post("/till/sign-out")
    assert "Clear-Site-Data" not in answer
    assert till.get("/till").redirect_chain[-1][0] == "/till/sign-in"
    assert "Counter 1" in till.text
    till.post(phone=SENA, password=PASSWORD)
    assert till.path == "/till"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_of_the_till_answers_with_few_queries(
    till: Visitor, alice: Wallet, corner_shop: Store, language: str
) -> None:
    number = poster_paid(alice, corner_shop).number
    paths = ["/till", "/till/news", "/till/payments", f"/till/payments/{number}"]
    paths += [f"/till/payments/{number}/refund", "/till/takings", "/till/shift", "/till/device"]
    for path in paths:
        with CaptureQueriesContext(connection) as asked:
            answer = till.client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200, path
        assert len(asked) <= MOST_QUERIES, (path, len(asked))
        assert "no-store" in answer["Cache-Control"], path


def test_the_till_can_be_installed_by_itself() -> None:
    told = Client().get("/till/manifest.webmanifest").json()
    assert (told["start_url"], told["scope"]) == ("/till", "/till")
