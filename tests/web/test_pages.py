"""Every page answers, in both languages, with a bounded number of questions to the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config import translations
from config.headers import SCANNING, STRICT
from merchants.models import Store
from tests.wallet.people import held
from tests.web.browser import Visitor
from tests.web.places import DOORS, addresses
from wallet.models import Wallet

MOST_QUERIES = 16
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_answers_with_few_queries(
    alice: Wallet, bob: Wallet, corner_shop: Store, language: str
) -> None:
    visitor = Client(headers={"Accept-Language": language})
    visitor.force_login(alice.holder)
    for path in addresses(alice, bob, corner_shop):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert len(asked) <= MOST_QUERIES, (path, len(asked))
        assert f'<html lang="{language}">' in answer.content.decode(), path
        assert "no-store" in answer["Cache-Control"], path


@pytest.mark.django_db
def test_doors_are_open_to_everybody_and_all_else_asks_who_it_is(
    alice: Wallet, bob: Wallet, corner_shop: Store
) -> None:
    stranger = Client()
    for path in DOORS:
        assert stranger.get(path).status_code == 200, path
    for path in addresses(alice, bob, corner_shop):
        if path not in DOORS:
            assert stranger.get(path).status_code == 302, path


@pytest.mark.django_db
def test_another_persons_things_are_not_found(
    alice: Wallet, bob: Wallet, corner_shop: Store
) -> None:
    mine = addresses(alice, bob, corner_shop)
    stranger = Client()
    carol = Wallet.objects.exclude(pk__in=[alice.pk, bob.pk]).first()
    assert carol is None
    from tests.merchants.cast import newcomer

    stranger.force_login(newcomer("+821077778888").holder)
    for path in mine:
        if any(path.startswith(f"/{kind}/") for kind in ("top-ups", "payments", "transfers")):
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
