"""Top-ups by card against a real bank process, whose callbacks come in every disorder."""

from __future__ import annotations

import itertools
import logging
import threading
import uuid
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from ledger.money import Money
from tests.wallet.bank import Counter, call_back, stands, stays, told, until
from tests.wallet.people import Caller, held, won
from wallet import callbacks, topups
from wallet.errors import TopUpNotPending
from wallet.models import Provider, TopUp, Wallet
from wallet.topups.deciding import EDGES, move

LATER = topups.POLL_AFTER + timedelta(seconds=1)


def ask(wallet: Wallet, amount: str, key: str | None = None) -> TopUp:
    path = f"/wallets/{wallet.public_id}/top-ups"
    answer = Caller(wallet).post(path, {"amount": won(amount)}, key)
    assert answer.status_code == 201, answer.json()
    return TopUp.objects.get(public_id=answer.json()["id"])


def status(top_up: TopUp) -> str:
    return TopUp.objects.get(pk=top_up.pk).status


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("amount", "ends", "credited"),
    [
        ("10000", "SETTLED", 10_000),
        ("10091", "FAILED", 0),
        ("10092", "SETTLED", 10_092),
        ("10094", "SETTLED", 10_094),
        ("10095", "SETTLED", 10_095),
        ("10096", "SETTLED", 10_096),
    ],
    ids=[
        "at once",
        "failed",
        "callback twice",
        "callback late",
        "callback before the answer",
        "FAILED after SETTLED",
    ],
)
def test_the_banks_callback_decides_a_top_up_once(
    alice: Wallet, bank: Counter, amount: str, ends: str, credited: int
) -> None:
    top_up = ask(alice, amount)
    assert until(lambda: status(top_up) == ends)
    assert stays(lambda: status(top_up) == ends)
    assert until(lambda: stands("bank:safeguarding") == credited)
    assert held(alice) == 50_000 + credited
    assert bank.holds() == credited
    assert told(alice)[1:] == [f"top_up.{ends.lower()}"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "amount", ["10093", "10097"], ids=["callback lost", "answer and callback lost"]
)
def test_what_was_lost_is_found_out_by_the_poll(alice: Wallet, bank: Counter, amount: str) -> None:
    top_up = ask(alice, amount)
    assert stays(lambda: status(top_up) == "PENDING")
    assert topups.poll(at=timezone.now()) == 0, "its turn has not come"
    assert topups.poll(at=timezone.now() + LATER) == 1
    assert topups.poll(at=timezone.now() + 2 * LATER) == 0
    assert held(alice) == 50_000 + int(amount)
    assert stands("bank:safeguarding") == bank.holds() == int(amount)


@pytest.mark.django_db(transaction=True)
def test_a_request_that_never_reached_the_bank_is_made_again_by_the_poll(
    alice: Wallet, bank: Counter
) -> None:
    top_up = ask(alice, "10099")
    assert stays(lambda: status(top_up) == "PENDING")
    assert topups.poll(at=timezone.now() + LATER) == 0
    assert until(lambda: status(top_up) == "SETTLED")
    assert held(alice) == 60_099


@pytest.mark.django_db(transaction=True)
def test_the_bank_may_decide_later(alice: Wallet, bank: Counter) -> None:
    top_up = ask(alice, "10098")
    assert topups.poll(at=timezone.now() + LATER) == 0
    assert status(top_up) == "PENDING"
    bank.do(f"/top-ups/{top_up.public_id}/decide", status="FAILED")
    assert until(lambda: status(top_up) == "FAILED")
    assert TopUp.objects.get(pk=top_up.pk).failure_reason == "CARD_DECLINED"
    assert held(alice) == 50_000


@pytest.mark.django_db(transaction=True)
def test_the_banks_list_repeats_what_callbacks_said_and_changes_nothing(
    alice: Wallet, bank: Counter
) -> None:
    heard, lost = ask(alice, "10000"), ask(alice, "10093")
    assert until(lambda: status(heard) == "SETTLED")
    assert callbacks.read_feed(at=timezone.now()) == 2
    assert callbacks.read_feed(at=timezone.now()) == 0
    assert status(lost) == "SETTLED"
    assert held(alice) == 70_093
    assert stands("bank:safeguarding") == bank.holds() == 20_093


@pytest.mark.django_db(transaction=True)
def test_a_bank_that_is_down_leaves_the_top_up_pending(
    alice: Wallet, settings: LazySettings
) -> None:
    settings.BANK_URL = "http://127.0.0.1:1"
    top_up = ask(alice, "10000")
    assert topups.poll(at=timezone.now() + LATER) == 0
    assert callbacks.read_feed(at=timezone.now()) == 0
    assert status(top_up) == "PENDING"
    assert held(alice) == 50_000


@pytest.mark.django_db
def test_a_bank_that_fails_is_not_asked_about_every_top_up(
    alice: Wallet, settings: LazySettings
) -> None:
    asked: list[str] = []

    class Failing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(500)

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    for _ in range(9):
        topups.ask(wallet=alice, amount=Money(1_000, "KRW"), at=timezone.now())
    with ThreadingHTTPServer(("127.0.0.1", 0), Failing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.BANK_URL = f"http://127.0.0.1:{server.server_address[1]}"
        assert topups.poll(at=timezone.now() + LATER) == 0
        server.shutdown()
    assert len(asked) == len(set(asked)) == 5


@pytest.fixture
def pending(alice: Wallet) -> dict[str, Any]:
    top_up = topups.ask(wallet=alice, amount=Money(7_000, "KRW"), at=timezone.now())
    return {"kind": "TOP_UP", "id": str(top_up.public_id), "status": "SETTLED", **won("7000")}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "another"},
        {"signature": ""},
        {"signature": "é"},
        {"timestamp": "1000000000"},
        {"timestamp": "9999999999"},
        {"timestamp": "soon"},
        {"timestamp": ""},
    ],
)
def test_a_callback_that_is_not_signed_now_by_the_bank_is_refused(
    alice: Wallet,
    pending: dict[str, Any],
    settings: LazySettings,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, str],
) -> None:
    with caplog.at_level(logging.WARNING, logger="wallet"):
        answer = call_back(settings, pending, **changes)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert "bad_signature" in caplog.text
    assert held(alice) == 50_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": str(uuid.UUID(int=0))}, "unknown_top_up"),
        ({"amount": "7001"}, "unknown_top_up"),
        ({"amount": "70.00", "currency": "USD"}, "unknown_top_up"),
        ({"id": "none"}, "unknown_bank_message"),
        ({"id": None}, "unknown_bank_message"),
        ({"amount": 7000}, "unknown_bank_message"),
        ({"amount": "0"}, "unknown_bank_message"),
        ({"currency": "XXX"}, "unknown_bank_message"),
        ({"status": "MAYBE"}, "unknown_bank_message"),
        ({"status": "REVERSED"}, "unknown_bank_message"),
        ({"status": ["SETTLED"]}, "unknown_bank_message"),
        ({"reference": "a\x00b"}, "unknown_bank_message"),
        ({"reference": 7}, "unknown_bank_message"),
        ({"kind": "GIFT"}, "unknown_bank_message"),
        ({"kind": []}, "unknown_bank_message"),
    ],
)
def test_a_callback_about_something_else_is_refused(
    alice: Wallet,
    pending: dict[str, Any],
    settings: LazySettings,
    changes: dict[str, Any],
    code: str,
) -> None:
    answer = call_back(settings, {**pending, **changes})
    assert answer.json()["code"] == code
    assert answer.status_code in (400, 404)
    assert held(alice) == 50_000


@pytest.mark.django_db
@pytest.mark.parametrize("raw", [b"", b"[]", b'"x"', b"{", b"\xff\xfe", b"null"])
def test_a_callback_that_is_no_message_is_refused(settings: LazySettings, raw: bytes) -> None:
    answer = call_back(settings, raw)
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_bank_message")


@pytest.mark.django_db
def test_the_bank_cannot_take_back_its_word(
    alice: Wallet,
    pending: dict[str, Any],
    settings: LazySettings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert call_back(settings, pending).status_code == 204
    assert call_back(settings, pending).status_code == 204
    with caplog.at_level(logging.WARNING, logger="wallet"):
        answer = call_back(settings, {**pending, "status": "FAILED"})
    assert (answer.status_code, answer.json()["code"]) == (409, "top_up_not_pending")
    assert "top_up_not_pending" in caplog.text
    assert held(alice) == 57_000


@pytest.mark.django_db
def test_a_reference_of_the_bank_settles_one_top_up(
    alice: Wallet, pending: dict[str, Any], settings: LazySettings
) -> None:
    other = topups.ask(wallet=alice, amount=Money(7_000, "KRW"), at=timezone.now())
    assert call_back(settings, {**pending, "reference": "R1"}).status_code == 204
    second = {**pending, "id": str(other.public_id), "reference": "R1"}
    answer = call_back(settings, second)
    assert (answer.status_code, answer.json()["code"]) == (409, "bank_reference_reused")
    assert held(alice) == 57_000


@pytest.mark.parametrize(
    ("before", "after"), list(itertools.product(TopUp.Status, repeat=2)), ids=lambda s: s.value
)
def test_a_top_up_goes_along_the_edges_only(before: TopUp.Status, after: TopUp.Status) -> None:
    top_up = TopUp(status=before)
    if (before, after) in EDGES:
        move(top_up, after)
        assert top_up.status == after
    else:
        with pytest.raises(TopUpNotPending):
            move(top_up, after)
        assert top_up.status == before


@pytest.mark.django_db
def test_top_ups_are_listed_newest_first_and_in_pages(alice: Wallet, bob: Wallet) -> None:
    for _ in range(3):
        topups.ask(wallet=alice, amount=Money(1_000, "KRW"), at=timezone.now())
    caller, path = Caller(alice), f"/wallets/{alice.public_id}/top-ups"
    first = caller.get(f"{path}?limit=3").json()
    rest = caller.get(f"{path}?limit=3&after={first['next']}").json()
    amounts = [item["amount"]["amount"] for item in first["items"] + rest["items"]]
    assert amounts == ["1000", "1000", "1000", "50000"]
    assert rest["next"] is None
    for query in ("limit=0", "limit=x", "limit=201", "after=made-up"):
        assert caller.get(f"{path}?{query}").status_code == 400
    assert Caller(bob).get(path).status_code == 404


@pytest.mark.django_db
def test_a_provider_that_nobody_knows_is_refused(alice: Wallet) -> None:
    body = {"amount": won("1000"), "provider": "MAGIC"}
    answer = Caller(alice).post(f"/wallets/{alice.public_id}/top-ups", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert TopUp.objects.filter(provider=Provider.CARD).count() == 1, "the one that funded alice"
