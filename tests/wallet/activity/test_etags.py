"""Polling: nothing is sent twice, and nothing new is withheld."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from ledger.money import Money
from tests.wallet.people import BOB, Caller, won
from wallet import topups
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


def poll(caller: Caller, path: str, etag: str = "", **headers: str) -> Any:
    return caller.client.get(f"/api/v1{path}", headers={"If-None-Match": etag, **headers})


@pytest.fixture
def paths(alice: Wallet) -> list[str]:
    top_up = topups.ask(wallet=alice, amount=Money(700, "KRW"), at=timezone.now())
    wallet = f"/wallets/{alice.public_id}"
    return [wallet, f"{wallet}/activity", f"/top-ups/{top_up.public_id}", "/notices"]


def test_a_known_answer_is_not_sent_again(alice: Wallet, paths: list[str]) -> None:
    caller = Caller(alice)
    for path in paths:
        first = poll(caller, path)
        assert first.status_code == 200
        assert first["ETag"].startswith('"')
        assert first["Cache-Control"] == "private, no-cache"
        again = poll(caller, path, f'"another", {first["ETag"]}')
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert poll(caller, path, "*").status_code == 304
        assert poll(caller, path, '"another"').json() == first.json()
        assert poll(caller, path, "not a tag").status_code == 200


def test_what_changed_is_sent(alice: Wallet, bob: Wallet, paths: list[str]) -> None:
    caller = Caller(alice)
    before = {path: poll(caller, path)["ETag"] for path in paths[:2]}
    body = {"phone": BOB, "amount": won("1")}
    assert caller.post(f"/wallets/{alice.public_id}/transfers", body).status_code == 201
    for path, etag in before.items():
        assert poll(caller, path, etag).status_code == 200


def test_another_language_is_another_answer(alice: Wallet) -> None:
    caller, path = Caller(alice), f"/wallets/{alice.public_id}/activity"
    korean = poll(caller, path, **{"Accept-Language": "ko"})
    english = poll(caller, path, korean["ETag"], **{"Accept-Language": "en"})
    assert english.status_code == 200
    assert "Accept-Language" in english["Vary"]


def test_a_tag_opens_no_strangers_wallet(alice: Wallet, bob: Wallet) -> None:
    path = f"/wallets/{alice.public_id}"
    etag = poll(Caller(alice), path)["ETag"]
    answer = poll(Caller(bob), path, etag)
    assert answer.status_code == 404
    assert "ETag" not in answer
