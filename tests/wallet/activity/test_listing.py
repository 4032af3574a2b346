"""The list of what happened: its lines, its pages, its cost."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.wallet.activity.books import fill, move
from tests.wallet.people import BOB, Caller, won
from wallet.activity import listing
from wallet.models import ActivityNote, Wallet

pytestmark = pytest.mark.django_db


def listed(wallet: Wallet, query: str = "") -> Any:
    answer = Caller(wallet).get(f"/wallets/{wallet.public_id}/activity{query}")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def test_a_transfer_reads_differently_on_its_two_sides(alice: Wallet, bob: Wallet) -> None:
    body = {"phone": BOB, "amount": won("5000"), "memo": "점심값"}
    sent = Caller(alice).post(f"/wallets/{alice.public_id}/transfers", body).json()
    thing = {"type": "transfer", "id": sent["id"]}

    paid, received = listed(alice)["lines"][0], listed(bob, "?lang=en")["lines"][0]

    assert (paid["title"], received["title"]) == ("보낸 송금", "Transfer received")
    assert (paid["amount"], received["amount"]) == (won("-5000"), won("5000"))
    assert (paid["balance"], received["balance"]) == (won("45000"), won("5000"))
    assert (paid["counterparty"], received["counterparty"]) == ("+82 ****-4321", "+82 ****-5678")
    assert paid["memo"] == received["memo"] == "점심값"
    assert paid["thing"] == received["thing"] == thing
    assert paid["receipt_url"].endswith(f"/activity/{paid['id']}/receipt")


def test_an_entry_without_a_note_is_listed_too(alice: Wallet) -> None:
    ActivityNote.objects.all().delete()
    line = listed(alice)["lines"][0]
    assert (line["kind"], line["title"], line["counterparty"]) == ("TOP_UP", "충전", "")


def test_nothing_was_ever_held(alice: Wallet) -> None:
    assert listed(alice, "?account=held") == {"lines": [], "next": None}


@pytest.mark.parametrize("query", ["", "?kind=TRANSFER", "?q=coffee", "?min=1&max=90000"])
def test_pages_join_without_a_gap_or_a_repeat(alice: Wallet, query: str) -> None:
    now = timezone.now()
    for day in range(7):
        # Two at each instant: a place within an instant has to be kept as well.
        move(alice, 10, now + timedelta(days=day), memo="coffee")
        move(alice, -10, now + timedelta(days=day), memo="coffee")
    whole = listed(alice, query)["lines"]
    seen: list[Any] = []
    after = ""
    while True:
        page = listed(alice, f"{query or '?'}&limit=3{after}")
        seen += page["lines"]
        assert len(page["lines"]) <= 3
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == whole
    assert len({line["id"] for line in seen}) == len(seen) >= 14


@pytest.mark.parametrize("query", ["?limit=200", "?limit=200&kind=TOP_UP", "?limit=200&q=coffee"])
def test_a_page_asks_the_database_four_times_however_long(alice: Wallet, query: str) -> None:
    for _ in range(20):
        move(alice, 10, timezone.now(), memo="coffee")
    caller = Caller(alice)
    with CaptureQueriesContext(connection) as captured:
        answer = caller.get(f"/wallets/{alice.public_id}/activity{query}")
    asked = [one for one in captured.captured_queries if "knox_authtoken" not in one["sql"]]
    assert 2 <= len(asked) <= 4
    assert len(answer.json()["lines"]) > 0


def rows_read(wallet: Wallet, query: str) -> int:
    """Return how many rows the database looked at for a page, by its own account."""
    path = f"/wallets/{wallet.public_id}/activity{query}"
    caller = Caller(wallet)
    with CaptureQueriesContext(connection) as captured:
        assert caller.get(path).status_code == 200
    read = 0
    for statement in captured.captured_queries:
        if "ledger_entry" in statement["sql"] or "activitynote" in statement["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement['sql']}")
                read += _rows(json.loads(json.dumps(cursor.fetchone()[0]))[0]["Plan"])
    return read


def _rows(plan: Any) -> int:
    # Only the tables themselves: what a sort or a join hands on was read below it.
    read = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    own = read * plan["Actual Loops"] if "Relation Name" in plan else 0
    return int(own) + sum(_rows(below) for below in plan.get("Plans", []))


def test_the_first_page_reads_as_little_of_a_long_history_as_of_a_short_one(
    alice: Wallet, bob: Wallet
) -> None:
    fill(bob, 1_000)
    fill(alice, 30_000)
    short, long = rows_read(bob, ""), rows_read(alice, "")
    assert short >= 50
    assert long <= 1.2 * short


def test_a_filtered_page_reads_no_more_than_its_window(alice: Wallet) -> None:
    fill(alice, 30_000)
    assert rows_read(alice, "?kind=REFUND") <= 4 * listing.WINDOW
    page = listed(alice, "?kind=REFUND")
    assert page["lines"] == []
    assert page["next"] is not None


def test_a_rare_line_is_found_by_reading_on(alice: Wallet) -> None:
    fill(alice, 5_000)
    move(alice, 777, timezone.now() - timedelta(days=30))
    page, pages = listed(alice, "?min=777&max=777"), 1
    found = list(page["lines"])
    while page["next"]:
        page = listed(alice, f"?min=777&max=777&after={page['next']}")
        found += page["lines"]
        pages += 1
    assert [line["amount"] for line in found] == [won("777")]
    assert pages == 3


def test_a_place_is_good_for_its_own_list_only(alice: Wallet) -> None:
    for _ in range(3):
        move(alice, 10, timezone.now(), memo="coffee")
    place = listed(alice, "?limit=1")["next"]
    path = f"/wallets/{alice.public_id}/activity"
    answer = Caller(alice).get(f"{path}?q=coffee&after={place}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert re.search("after", json.dumps(answer.json()["errors"]))


def test_a_strangers_activity_is_not_there(alice: Wallet, bob: Wallet) -> None:
    stranger = Caller(bob)
    assert stranger.get(f"/wallets/{alice.public_id}/activity").status_code == 404
    assert stranger.get(f"/wallets/{uuid.uuid4()}/activity").status_code == 404
