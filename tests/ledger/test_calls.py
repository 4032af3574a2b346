"""How the posting functions are called: any text arrives as it is, and calls are prepared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger import errors
from ledger.balances import trial_balance
from ledger.models import Transaction
from ledger.posting import Item, Leg, Outcome, post, post_many
from tests.ledger.sql import run
from tests.ledger.stories import Book, holdings, move, post_one, rolled_back, written

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


HALF = "half of a pair \ud83d"
# What makes an item one that PostgreSQL could not even read, and what it is refused as.
UNSENDABLE: dict[str, tuple[Callable[[Item], Item], type[errors.LedgerError]]] = {
    "NUL in the kind": (lambda i: replace(i, kind="K\0"), errors.InvalidText),
    "NUL in the reference": (lambda i: replace(i, reference="r\0"), errors.InvalidText),
    "half a pair in the reference": (lambda i: replace(i, reference=HALF), errors.InvalidText),
    "NUL in the description": (lambda i: replace(i, description="\0"), errors.InvalidText),
    "half a pair in the description": (lambda i: replace(i, description=HALF), errors.InvalidText),
    "NUL in a note": (lambda i: replace(i, metadata={"a": ["\0"]}), errors.InvalidText),
    "NUL in the name of a note": (lambda i: replace(i, metadata={"\0": 1}), errors.InvalidText),
    "half a pair in a note": (lambda i: replace(i, metadata={"a": HALF}), errors.InvalidText),
    "a note that is no number": (
        lambda i: replace(i, metadata={"a": float("nan")}),
        errors.InvalidText,
    ),
    "NUL in a currency": (
        lambda i: replace(i, legs=[replace(leg, currency="K\0W") for leg in i.legs]),
        errors.InvalidText,
    ),
    "a leg beyond BIGINT": (
        lambda i: replace(i, legs=[replace(i.legs[0], amount_minor=2**63), i.legs[1]]),
        errors.InvalidAmount,
    ),
    "a leg beyond BIGINT, credited": (
        lambda i: replace(i, legs=[i.legs[0], replace(i.legs[1], amount_minor=-(2**63) - 1)]),
        errors.InvalidAmount,
    ),
    "an account beyond BIGINT": (
        lambda i: replace(i, legs=[replace(i.legs[0], account_id=2**63), i.legs[1]]),
        errors.UnknownAccount,
    ),
}


@pytest.mark.parametrize("spoilt", UNSENDABLE)
def test_what_cannot_be_sent_is_refused_alone_as_it_is_in_a_batch(book: Book, spoilt: str) -> None:
    spoil, refusal = UNSENDABLE[spoilt]
    sent = Item("TRANSFER", "sent", move(book, "bank", "alice", 1))
    one = spoil(replace(sent, reference="unsent"))

    with rolled_back(), pytest.raises(refusal):
        post(
            kind=one.kind,
            reference=one.reference,
            legs=one.legs,
            description=one.description,
            metadata=one.metadata,
        )
    assert written() == (0, 0, 0, 0)

    outcomes = post_many([one, sent, replace(one, group="alone")])
    assert refusals(outcomes) == [refusal, None, refusal]
    assert holdings(book) == {"bank": 1, "alice": 1}


def test_what_cannot_be_sent_refuses_the_whole_of_its_group(book: Book) -> None:
    def item(reference: str, group: str | None, minor: int = 1) -> Item:
        return Item("T", reference, move(book, "bank", "alice", minor), group=group)

    too_large = [Leg(book["bank"].pk, 2**64, "KRW"), Leg(book["alice"].pk, -(2**64), "KRW")]
    outcomes = post_many(
        [
            item("a:1", "a"),
            replace(item("a:2", "a"), description="\0"),
            replace(item("a:3", "a"), description="\0"),
            item("b:1", "a group named \0"),
            item("b:2", "a group named \0"),
            item("c:1", "c", 1_000_001),
            replace(item("c:2", "c"), legs=too_large),
            item("d:1", None),
        ]
    )

    whole = errors.GroupRefused
    assert refusals(outcomes) == [
        *(whole, errors.InvalidText, whole),
        *(None, None),
        *(errors.CapExceeded, whole),
        None,
    ]
    assert holdings(book) == {"bank": 3, "alice": 3}
    assert trial_balance() == {"KRW": 0}


def test_a_note_that_only_speaks_of_a_nul_is_kept(book: Book) -> None:
    notes = {"how JSON writes it": "\\u0000", "and a backslash before": "\\\\u0000"}
    post_many([Item("K", "spoken", move(book, "bank", "alice", 1), metadata=notes)])
    assert Transaction.objects.get(reference="spoken").metadata == notes


def refusals(outcomes: list[Outcome]) -> list[type[errors.LedgerError] | None]:
    return [type(outcome.refusal) if outcome.refusal else None for outcome in outcomes]


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
