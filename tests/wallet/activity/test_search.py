"""Finding a line again: by kind, day, amount, the other side, and words."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.wallet.activity.books import move
from tests.wallet.people import Caller
from wallet.activity.words import lexemes, query
from wallet.models import Wallet

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def past(alice: Wallet) -> Wallet:
    """Alice's wallet after a March of four entries."""
    story = (
        (datetime(2026, 3, 1, 0, 0, tzinfo=SEOUL), 30_000, "+821087654321", "3월 회비"),
        (datetime(2026, 3, 2, 12, 30, tzinfo=SEOUL), -4_500, "스타벅스 강남점", "아메리카노"),
        (datetime(2026, 3, 2, 23, 59, 59, tzinfo=SEOUL), -12_000, "김밥천국", "점심값을 냄"),
        (datetime(2026, 3, 3, 0, 0, tzinfo=SEOUL), -700, "Corner Shop", "Milk & bread 스타"),
    )
    for at, minor, counterparty, memo in story:
        move(alice, minor, at, memo=memo, counterparty=counterparty)
    return alice


def amounts(wallet: Wallet, **query: str) -> list[str]:
    answer = Caller(wallet).get(f"/wallets/{wallet.public_id}/activity?{urlencode(query)}")
    assert answer.status_code == 200, answer.json()
    return [line["amount"]["amount"] for line in answer.json()["lines"]]


MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("looked_for", "found"),
    [
        (MARCH, ["-700", "-12000", "-4500", "30000"]),
        ({"from": "2026-03-02", "to": "2026-03-02"}, ["-12000", "-4500"]),
        ({"to": "2026-03-01"}, ["30000"]),
        ({"kind": "TRANSFER"}, ["-700", "-12000", "-4500", "30000"]),
        ({"kind": "TRANSFER,TOP_UP"}, ["50000", "-700", "-12000", "-4500", "30000"]),
        ({"kind": "REFUND"}, []),
        ({"min": "4500", "max": "12000"}, ["-12000", "-4500"]),
        ({"max": "700"}, ["-700"]),
        ({"counterparty": "스타벅스"}, ["-4500"]),
        ({"counterparty": "벅스"}, ["-4500"]),
        ({"counterparty": "강남"}, ["-4500"]),
        ({"counterparty": "4321"}, ["30000"]),
        ({"counterparty": "8765"}, []),
        ({"counterparty": "아메리카노"}, []),
        ({"q": "스타"}, ["-700", "-4500"]),
        ({"q": "점심"}, ["-12000"]),
        ({"q": "심값"}, ["-12000"]),
        ({"q": unicodedata.normalize("NFD", "점심")}, ["-12000"]),
        ({"q": "MIL bread"}, ["-700"]),
        ({"q": "milk 점심"}, []),
        ({"q": "read"}, []),
        ({"q": "스타", "max": "1000"}, ["-700"]),
        ({"q": "스타", "counterparty": "벅스"}, ["-4500"]),
        ({"q": "스타", "kind": "TOP_UP"}, []),
        ({"q": "스타", "to": "2026-03-02"}, ["-4500"]),
    ],
)
def test_what_is_looked_for_is_found(
    past: Wallet, looked_for: dict[str, str], found: list[str]
) -> None:
    assert amounts(past, **looked_for) == found


@pytest.mark.django_db
def test_nobody_finds_words_of_another_wallet(past: Wallet, bob: Wallet) -> None:
    assert amounts(past, q="스타벅스") == ["-4500"]
    assert amounts(bob, q="스타벅스") == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("from", text) for text in ("2026-02-30", "yesterday", "0001-01-01", "20260301", "")),
        *(("to", text) for text in ("9999-12-31", "2026-W01-1", "2026-03-01T00:00:00", "\x00")),
        *(("limit", text) for text in ("0", "201", "9" * 5000, "-1", "1e2", "", "٣", "5 ")),
        *(("min", text) for text in ("-1", "1.5", "NaN", "9" * 30, "")),
        *(("kind", text) for text in ("transfer", "'", "A" * 41, "A,,B", ",".join("A" * 30))),
        *(("q", text) for text in ("", "& | !", "':*", "\x00", "x" * 101, "<->", " ")),
        *(("counterparty", text) for text in ("()", "!", "\\")),
        *(("after", text) for text in ("", "made-up", "a:b:c", "\x00", "é")),
        *(("account", text) for text in ("vault", "", "savings")),
        *(("lang", text) for text in ("fr", "")),
    ],
)
def test_a_hostile_query_string_is_refused_with_a_code(
    alice: Wallet, name: str, text: str
) -> None:
    path = f"/wallets/{alice.public_id}/activity?{urlencode({name: text})}"
    answer = Caller(alice).get(path)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert [error["field"] for error in answer.json()["errors"]] == [name]


@pytest.mark.django_db
def test_limits_that_cross_are_refused(alice: Wallet) -> None:
    for crossed in ("from=2026-03-02&to=2026-03-01", "min=2&max=1"):
        answer = Caller(alice).get(f"/wallets/{alice.public_id}/activity?{crossed}")
        assert answer.status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["a' | 'b", "a & !b", "a:*", "a <-> b", "((a", "a\\", "\u202ea", "a\U0001f600b", "%d"]
)
def test_the_syntax_of_a_search_engine_is_only_words(past: Wallet, text: str) -> None:
    assert amounts(past, q=text) == []


@pytest.mark.django_db
def test_nobody_searches_without_a_token(alice: Wallet) -> None:
    answer: Any = Client().get(f"/api/v1/wallets/{alice.public_id}/activity?q=a")
    assert answer.status_code == 401


@given(st.text(max_size=100))
def test_any_text_makes_a_query_of_quoted_words_only(text: str) -> None:
    made = query(42, anywhere=text)
    if made is not None:
        bare = made.replace("':*", "").replace("('", "").replace("'", "")
        assert not set(bare) & set("\\:!<>\x00")


@given(st.text(alphabet="가나다라마바사 ", min_size=1, max_size=40), st.data())
def test_any_part_of_a_korean_word_leads_to_it(memo: str, data: st.DataObject) -> None:
    made = lexemes(7, counterparty="", memo=memo)
    for word in memo.split():
        start = data.draw(st.integers(0, len(word) - 1))
        end = data.draw(st.integers(start + 1, len(word)))
        assert any(lexeme.startswith(f"7m{word[start:end]}") for lexeme in made)
