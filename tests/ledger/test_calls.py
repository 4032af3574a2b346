"""How the posting functions are called: any text arrives as it is, and calls are prepared."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger import errors
from ledger.models import Transaction
from ledger.posting import Item, post_many
from tests.ledger.sql import run
from tests.ledger.stories import Book, move, post_one

NASTY = [
    '"',
    "\\",
    '\\"',
    "{}",
    "a,b",
    "NULL",
    " ",
    "한글 🧾",
    "line\nbreak",
    "$1 %s %(x)s",
    "'); --",
]


def test_any_text_arrives_as_it_is(book: Book) -> None:
    items = [
        Item(
            kind=f"K{number}",
            reference=f"r{text}",
            legs=move(book, "bank", "alice", 1),
            description=text,
            metadata={text: [text, None, number]},
        )
        for number, text in enumerate(NASTY)
    ]

    with transaction.atomic():
        outcomes = post_many(items)

    ids = [outcome.posted.transaction_id for outcome in outcomes if outcome.posted]
    stored = Transaction.objects.in_bulk(ids)
    assert [
        (stored[pk].kind, stored[pk].reference, stored[pk].description, stored[pk].metadata)
        for pk in ids
    ] == [(item.kind, item.reference, item.description, item.metadata) for item in items]


def test_a_text_too_long_refuses_its_item_only(book: Book) -> None:
    legs = move(book, "bank", "alice", 1)
    with transaction.atomic():
        outcomes = post_many(
            [
                Item("K" * 41, "long:1", legs),
                Item("K", "r" * 201, legs),
                Item("K", "long:3", legs, description="d" * 501),
                Item("K" * 40, "r" * 200, legs, description="d" * 500),
            ]
        )
    refusals = [type(outcome.refusal) for outcome in outcomes]
    assert refusals == [errors.InvalidText] * 3 + [type(None)]


def test_the_database_says_itself_that_a_text_is_too_long(book: Book) -> None:
    bank, alice = book["bank"].pk, book["alice"].pk
    found = run(
        "SELECT outcome FROM ledger_post_many(ARRAY[repeat('K', 41)], ARRAY['long'], NULL, NULL,"
        " NULL, NULL, ARRAY[1, 1], %s::bigint[], ARRAY[1, -1], ARRAY['KRW', 'KRW'])",
        [[bank, alice]],
    )
    assert found == [("ledger_transaction_texts_fit",)]


def test_a_call_made_often_is_prepared(book: Book) -> None:
    connection.connection.prepare_threshold = 2
    try:
        for _ in range(4):
            post_one(book, "TOP_UP", "bank", "alice", 1)
        found = run(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%ledger_post(%%'",
            [],
        )
    finally:
        connection.connection.prepare_threshold = None
    assert found[0][0] >= 1


def test_a_call_is_seen_by_whoever_counts_queries(book: Book) -> None:
    with CaptureQueriesContext(connection) as seen:
        post_one(book, "TOP_UP", "bank", "alice", 1)
    assert sum("ledger_post(" in query["sql"] for query in seen) == 1


def test_the_account_that_refuses_is_named_though_its_row_refused(book: Book) -> None:
    with pytest.raises(errors.InsufficientFunds) as caught:
        post_one(book, "TRANSFER", "alice", "bob", 1)
    assert caught.value.account_id == book["alice"].pk
    with pytest.raises(errors.CapExceeded) as capped:
        post_one(book, "TOP_UP", "bank", "bob", 1_000_001)
    assert capped.value.account_id == book["bob"].pk
