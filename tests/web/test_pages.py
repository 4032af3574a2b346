"""Every page answers, in both languages, with a bounded number of questions to the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from config import translations
from config.headers import SCANNING, STRICT
from ledger.money import Money
from merchants.models import Store, Terminal
from merchants.payments.paying import Bill, pay
from tests.wallet.people import held, proven
from tests.web.browser import Visitor
from tests.web.places import DOORS, NO_PAGES, addresses, routes, till_addresses
from wallet.models import Wallet
from wallet.templatetags.screens import month

MOST_QUERIES = 16
KEPT = {"/offline", "/pay/without"}  # by the telephone: nothing on them is anybody's
STRANGERS = ("top-ups", "payments", "transfers", "withdrawals", "bank-accounts", "confirm", "scan")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_answers_with_few_queries(
    alice: Wallet, bob: Wallet, corner_shop: Store, language: str
) -> None:
    visitor = Client(headers={"Accept-Language": language})
    visitor.force_login(alice.holder)
    for path in all_of(visitor, alice, bob, corner_shop):
        with CaptureQueriesContext(connection) as asked:
            answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert len(asked) <= MOST_QUERIES, (path, len(asked))
        assert f'<html lang="{language}">' in answer.content.decode(), path
        if path not in KEPT:
            assert "no-store" in answer["Cache-Control"], path


def all_of(visitor: Client, alice: Wallet, bob: Wallet, store: Store) -> list[str]:
    """Return the address of every page, with drafts in the visitor's session."""
    session: Any = visitor.session
    found = addresses(alice, bob, store, session)
    session.save()
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_of_the_till_answers_with_few_queries(
    till: Visitor, alice: Wallet, counter: Terminal, language: str
) -> None:
    bill = Bill(amount=Money(4_500, "KRW"))
    at = timezone.now()
    paid = pay(wallet=alice, store=counter.store, bill=bill, proof=proven(alice), at=at)
    for path in till_addresses(counter, paid):
        with CaptureQueriesContext(connection) as asked:
            answer = till.client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200, path
        assert len(asked) <= MOST_QUERIES, (path, len(asked))
        assert f'<html lang="{language}">' in answer.content.decode(), path


@pytest.mark.parametrize(("language", "says"), [("ko", "2026년 11월"), ("en", "November 2026")])
def test_months_are_written_as_people_do(language: str, says: str) -> None:
    with override(language):
        assert month("2026-11") == says


@pytest.mark.django_db
def test_what_is_said_to_be_no_page_is_none(visitor: Visitor) -> None:
    """Else a page could hide among them, and nobody would look at it."""
    assert routes().keys() >= NO_PAGES
    for name in NO_PAGES:
        if not routes()[name].pattern.converters:
            answer = visitor.client.get(reverse(name))
            is_page = answer.status_code == 200 and b"<html" in answer.content
            assert not is_page, name


@pytest.mark.django_db
def test_doors_are_open_to_everybody_and_all_else_asks_who_it_is(
    alice: Wallet, bob: Wallet, corner_shop: Store
) -> None:
    stranger = Client()
    for path in DOORS:
        assert stranger.get(path).status_code == 200, path
    for path in all_of(stranger, alice, bob, corner_shop):
        if path not in DOORS and not path.startswith("/c/"):
            assert stranger.get(path).status_code == 302, path


@pytest.mark.django_db
def test_another_persons_things_are_not_found(
    alice: Wallet, bob: Wallet, corner_shop: Store
) -> None:
    mine = all_of(Client(), alice, bob, corner_shop)
    stranger = Client()
    carol = Wallet.objects.exclude(pk__in=[alice.pk, bob.pk]).first()
    assert carol is None
    from tests.merchants.cast import newcomer

    stranger.force_login(newcomer("+821077778888").holder)
    for path in mine:
        if path.endswith(("/tip", "/new")):
            continue  # a till's code is for whoever scans it
        if any(path.startswith(f"/{kind}/") for kind in STRANGERS):
            assert stranger.get(path).status_code == 404, path
        if path.startswith(("/claims/", "/splits/")) and not path.endswith("/new"):
            assert stranger.get(path).status_code == 404, path


@pytest.mark.django_db
def test_only_the_page_with_a_camera_may_compile_and_look(visitor: Visitor) -> None:
    assert visitor.get("/scan")["Content-Security-Policy"] == SCANNING
    assert "camera=(self)" in visitor.answer["Permissions-Policy"]
    assert visitor.get("/pay")["Content-Security-Policy"] == STRICT
    assert "camera=()" in visitor.answer["Permissions-Policy"]
    assert "unsafe-inline" not in SCANNING


def test_everything_that_pages_say_is_said_in_korean_and_compiled() -> None:
    assert [found for app in translations.APPS for found in translations.problems(app)] == []


def test_no_app_says_in_korean_what_another_one_says_otherwise() -> None:
    """Else one of them speaks with the other's words: whom money goes to was an account."""
    assert translations.contradictions() == []


def test_no_template_has_a_style_or_a_script_of_its_own() -> None:
    for path in ROOT.glob("*/templates/**/*.html"):
        text = path.read_text()
        if "admin" not in path.name:
            assert " style=" not in text, path
            assert "<style" not in text, path
            assert " onclick=" not in text, path


@pytest.mark.django_db
def test_a_code_that_is_not_ours_is_explained(visitor: Visitor, alice: Wallet) -> None:
    foreign = "00020101021129370016A000000677010111011300668112345675802TH530376463046197"
    for text, says in {
        "https://evil.example": "not a payment code",
        "hello": "not a payment code",
        foreign: "",
        "\x00": "",
    }.items():
        visitor.get("/scan")
        visitor.post(payload=text)
        assert visitor.answer.status_code == 422
        assert says in visitor.errors[0]
    assert held(alice) == 50_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["\x00", "9" * 30, "1e9", "-5", "\uff11\uff12", "\ud800", "0", ""]
)
def test_no_amount_breaks_a_form(visitor: Visitor, text: str) -> None:
    visitor.get("/top-up")
    visitor.post(amount=text.encode("utf-8", "replace").decode(), provider="CARD")
    assert visitor.answer.status_code == 422
    assert visitor.errors
