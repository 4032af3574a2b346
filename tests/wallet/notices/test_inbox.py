"""The inbox: reading it, marking it, choosing how to be told."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from tests.wallet.notices.post import NOON, happen
from tests.wallet.people import Caller, won
from wallet.models import Event, NoticePreference, Wallet
from wallet.notices import relay
from wallet.notices.table import TEXTS
from wallet.notices.texts import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(alice: Wallet, bob: Wallet) -> Caller:
    """Alice, told of five things, and Bob of one."""
    Event.objects.all().delete()
    for minor in range(1, 6):
        happen(alice, "top_up.settled", amount=won(str(minor)))
    happen(bob)
    relay.deliver_due(at=NOON)
    return Caller(alice)


def bodies(answer: Any) -> list[str]:
    return [notice["body"] for notice in answer["notices"]]


def test_notices_are_paged_newest_first(five: Caller) -> None:
    first = five.get("/notices?limit=3").json()
    rest = five.get(f"/notices?limit=3&after={first['next']}").json()
    assert bodies(first) == [f"{minor}원 충전되었습니다." for minor in (5, 4, 3)]
    assert bodies(rest) == [f"{minor}원 충전되었습니다." for minor in (2, 1)]
    assert (first["unread"], rest["next"]) == (5, None)


@pytest.mark.parametrize(
    ("query", "language", "title"),
    [("", "", "충전 완료"), ("?lang=en", "ko", "Top-up complete"), ("", "en", "Top-up complete")],
)
def test_notices_are_written_in_the_readers_language(
    five: Caller, query: str, language: str, title: str
) -> None:
    headers = {"Accept-Language": language} if language else {}
    answer = five.client.get(f"/api/v1/notices{query}", headers=headers).json()
    assert {notice["title"] for notice in answer["notices"]} == {title}


def test_the_chosen_language_counts_where_none_is_asked_for(five: Caller) -> None:
    chosen = {"language": "en", "sms": False, "push": True}
    answer = five.client.put(
        "/api/v1/notices/preferences", chosen, content_type="application/json"
    )
    assert answer.json() == chosen == five.get("/notices/preferences").json()
    assert "was added to your wallet" in bodies(five.get("/notices").json())[0]


def test_the_defaults_stand_until_something_is_chosen(alice: Wallet) -> None:
    shown = Caller(alice).get("/notices/preferences").json()
    assert shown == {"language": "ko", "sms": False, "push": True}
    assert not NoticePreference.objects.exists()


def test_notices_are_marked_as_read_one_by_one_or_up_to_one(five: Caller, bob: Wallet) -> None:
    ids = [notice["id"] for notice in five.get("/notices").json()["notices"]]
    assert five.post("/notices/read", {"ids": [ids[0], ids[0]]}).json() == {"unread": 4}
    assert five.post("/notices/read", {"through": ids[2]}).json() == {"unread": 1}
    assert five.post("/notices/read", {"through": ids[2]}).json() == {"unread": 1}
    read = [notice["read_at"] is not None for notice in five.get("/notices").json()["notices"]]
    assert read == [True, False, True, True, True]
    assert Caller(bob).get("/notices").json()["unread"] == 1


def test_nobody_reads_another_persons_notices(five: Caller, bob: Wallet) -> None:
    others = Caller(bob).get("/notices").json()["notices"][0]["id"]
    for body in ({"ids": [others]}, {"through": others}, {"through": str(uuid.uuid4())}):
        assert five.post("/notices/read", body).json() == {"unread": 5}
    assert Caller(bob).get("/notices").json()["unread"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": []},
        {"ids": ["x"]},
        {"ids": [str(uuid.uuid4())] * 201},
        {"ids": [str(uuid.uuid4())], "through": str(uuid.uuid4())},
        {"through": "5"},
        [],
    ],
)
def test_a_malformed_mark_is_refused(five: Caller, body: Any) -> None:
    answer = five.post("/notices/read", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("query", ["limit=0", "after=x", "lang=fr", "limit=x", "after="])
def test_a_hostile_query_is_refused(five: Caller, query: str) -> None:
    answer = five.get(f"/notices?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "body",
    [{}, {"language": "fr", "sms": True, "push": True}, {"language": "ko", "sms": "x", "push": 1}],
)
def test_malformed_preferences_are_refused(five: Caller, body: dict[str, Any]) -> None:
    answer = five.client.put("/api/v1/notices/preferences", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_an_inbox_costs_a_bounded_number_of_queries(
    five: Caller, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(5):
        assert len(five.get("/notices").json()["notices"]) == 5


def test_nobody_gets_in_without_a_token() -> None:
    for path in ("notices", "notices/preferences", "push-subscriptions", "push-subscriptions/key"):
        assert Client().get(f"/api/v1/{path}").status_code == 401


@pytest.mark.parametrize("kind", [*TEXTS, "unheard.of"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_kind_makes_a_sentence_in_both_languages(kind: str, language: str) -> None:
    full = {"amount": won("12000"), "counterparty": "Corner Shop"}
    text = text_of(kind, full, language)
    assert text.title
    assert text.body
    assert "{" not in text.body
    assert any("가" <= c <= "힣" for c in text.title + text.body) == (language == "ko")
    assert text_of(kind, {"amount": won("12000")}, language).body
    assert text_of(kind, {}, language).title == text.title


def test_hostile_facts_stay_facts() -> None:
    facts = {"amount": "{0.__class__}", "counterparty": "{amount}%s"}
    body = text_of("payment.succeeded", facts, "en").body
    assert body == "You paid {0.__class__} at {amount}%s."
