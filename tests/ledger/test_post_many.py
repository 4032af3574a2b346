"""Posting many at once has the outcomes, and the balances, of posting them one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.accounts import close_account, freeze_account
from ledger.balances import trial_balance
from ledger.errors import EmptyTransaction, InvalidAmount, LedgerError
from ledger.models import Entry, Transaction
from ledger.money import MAX_MINOR
from ledger.posting import Item, Leg, Outcome, Posted, credit, debit, post, post_many, sweep
from ledger.verification import verify_ledger
from tests.ledger.stories import (
    NOON,
    Book,
    holdings,
    move,
    play,
    post_one,
    rolled_back,
    won,
    written,
)


def item(
    book: Book,
    reference: str,
    debited: str,
    credited: str,
    minor: int,
    *,
    group: str | None = None,
) -> Item:
    return Item("TRANSFER", reference, move(book, debited, credited, minor), group=group)


def codes(outcomes: Sequence[Outcome]) -> list[str]:
    """Return per item "posted", "repeated" or the code of its refusal."""
    return [
        outcome.refusal.code
        if outcome.refusal
        else "posted"
        if outcome.posted and outcome.posted.is_new
        else "repeated"
        for outcome in outcomes
    ]


def test_each_item_has_its_own_outcome_and_those_accepted_are_posted(book: Book) -> None:
    play("TOP_UP | bank | alice | 500 | posted", book)
    outcomes = post_many(
        [
            item(book, "m:1", "alice", "bob", 300),
            item(book, "m:2", "alice", "bob", 300),
            item(book, "m:3", "bob", "corner_shop", 250),
            item(book, "m:4", "alice", "fees", 200),
            item(book, "m:5", "bank", "alice", 1_000_001),
        ]
    )

    assert codes(outcomes) == ["posted", "insufficient_funds", "posted", "posted", "cap_exceeded"]
    assert holdings(book) == {"bank": 500, "bob": 50, "corner_shop": 250, "fees": 200}
    assert trial_balance() == {"KRW": 0}
    assert verify_ledger() == []


def test_a_refusal_in_a_batch_says_as_much_as_one_alone(book: Book) -> None:
    freeze_account(account_id=book["bob"].pk)
    close_account(account_id=book["corner_shop"].pk)
    post_one(book, "TRANSFER", "bank", "alice", 5, reference="m:0")
    bank, alice = book["bank"].pk, book["alice"].pk
    items = [
        item(book, "m:1", "bank", "bob", 1),
        item(book, "m:2", "bank", "corner_shop", 1),
        Item("TRANSFER", "m:3", [Leg(bank, 1, "USD"), Leg(alice, -1, "USD")]),
        Item("TRANSFER", "m:4", [Leg(2**39, 1, "KRW"), Leg(alice, -1, "KRW")]),
        item(book, "m:0", "bank", "alice", 6),
        Item("TRANSFER", "m:5", [Leg(bank, 2, "KRW"), Leg(alice, -1, "KRW")]),
        Item("TRANSFER", "m:6", [Leg(bank, 0, "KRW"), Leg(alice, 0, "KRW")]),
        Item("TRANSFER", "m:7", []),
        Item("REVERSAL", "m:8", move(book, "bank", "alice", 1)),
        Item("", "m:9", move(book, "bank", "alice", 1)),
    ]
    outcomes = post_many(items)

    assert codes(outcomes) == [
        "account_frozen",
        "account_closed",
        "currency_mismatch",
        "unknown_account",
        "reference_conflict",
        "unbalanced_transaction",
        "invalid_amount",
        "empty_transaction",
        "empty_transaction",
        "empty_transaction",
    ]
    facts = [vars(outcome.refusal) for outcome in outcomes[:5]]
    assert facts[0] == {"account_id": book["bob"].pk}
    assert facts[2]["given"] == "USD"
    assert facts[3] == {"account": str(2**39)}
    assert facts[4] == {"reference": "m:0"}
    assert holdings(book) == {"bank": 5, "alice": 5}


def test_a_group_is_posted_whole_or_not_at_all(book: Book) -> None:
    play("TOP_UP | bank | alice | 500 | posted", book)
    outcomes = post_many(
        [
            item(book, "m:1", "alice", "bob", 400, group="a"),
            item(book, "m:2", "alice", "bob", 200, group="a"),
            item(book, "m:3", "alice", "bob", 1, group="a"),
            item(book, "m:4", "alice", "bob", 300, group="b"),
            item(book, "m:5", "bob", "fees", 300, group="b"),
            item(book, "m:6", "alice", "bob", 200),
        ]
    )

    assert codes(outcomes) == [
        "group_refused",
        "insufficient_funds",
        "group_refused",
        "posted",
        "posted",
        "posted",
    ]
    assert vars(outcomes[0].refusal) == {"group": "a"}
    assert holdings(book) == {"bank": 500, "bob": 200, "fees": 300}
    assert trial_balance() == {"KRW": 0}


def test_a_reference_is_posted_once_within_a_batch_and_across_the_book(book: Book) -> None:
    before = post_one(book, "TRANSFER", "bank", "alice", 5, reference="m:0")
    outcomes = post_many(
        [
            item(book, "m:0", "bank", "alice", 5),
            item(book, "m:1", "alice", "bob", 2),
            item(book, "m:1", "alice", "bob", 2),
            item(book, "m:1", "alice", "bob", 3),
        ]
    )

    assert codes(outcomes) == ["repeated", "posted", "repeated", "reference_conflict"]
    ids = [outcome.posted.transaction_id for outcome in outcomes if outcome.posted]
    assert ids[0] == before.transaction_id
    assert ids[1] == ids[2]
    assert holdings(book) == {"bank": 5, "alice": 3, "bob": 2}


def test_a_reference_of_a_group_that_failed_is_free_again(book: Book) -> None:
    play("TOP_UP | bank | alice | 500 | posted", book)
    outcomes = post_many(
        [
            item(book, "m:1", "alice", "bob", 500, group="a"),
            item(book, "m:2", "alice", "bob", 1, group="a"),
            item(book, "m:1", "alice", "bob", 500),
        ]
    )
    assert codes(outcomes) == ["group_refused", "insufficient_funds", "posted"]
    assert holdings(book) == {"bank": 500, "bob": 500}


def test_an_item_keeps_its_date_its_text_and_its_notes(book: Book) -> None:
    made = replace(
        item(book, "m:1", "bank", "alice", 5),
        effective_at=NOON,
        description="first, 첫째",
        metadata={"file": "a.csv", "line": 1},
    )
    post_many([made])

    found = Transaction.objects.get(reference="m:1")
    assert (found.effective_at, found.description) == (NOON, "first, 첫째")
    assert found.metadata == {"file": "a.csv", "line": 1}
    assert set(found.entries.values_list("effective_at", flat=True)) == {NOON}


def test_an_empty_batch_posts_nothing_and_a_sweep_is_not_posted_in_one(book: Book) -> None:
    assert post_many([]) == []
    legs = sweep(debited=book["bank"], credited=book["alice"], up_to=won(5))
    with pytest.raises(EmptyTransaction):
        post_many([Item("SWEEP", "m:1", legs)])
    assert written() == (0, 0, 0, 0)


def test_two_thousand_items_leave_exact_balances(book: Book) -> None:
    play("TOP_UP | bank | alice | 150000 | posted", book)
    legs = [
        debit(book["alice"], won(100)),
        credit(book["corner_shop"], won(98)),
        credit(book["fees"], won(2)),
    ]
    outcomes = post_many([Item("PAYMENT", f"m:{n}", legs) for n in range(2_000)])

    assert codes(outcomes) == ["posted"] * 1_500 + ["insufficient_funds"] * 500
    assert Entry.objects.count() == 2 + 3 * 1_500
    assert holdings(book) == {"bank": 150_000, "corner_shop": 147_000, "fees": 3_000}
    assert trial_balance() == {"KRW": 0}
    assert verify_ledger() == []


NAMES = ("bank", "alice", "bob", "corner_shop", "fees")
ROWS = st.tuples(
    st.integers(0, 11),  # the reference
    st.permutations(NAMES).map(lambda names: names[:3]),  # debited, credited, takes a share
    st.sampled_from([1, 40, 100, 101, 250, 1_000_000]),
    st.integers(0, 3),  # the share
    st.sampled_from([None, None, "a", "b"]),
)


def drawn(book: Book, row: tuple[int, list[str], int, int, str | None]) -> Item:
    """Return the item of a drawn row: two legs, or three when there is a share to take."""
    number, (debited, credited, sharer), minor, share, group = row
    # In the order of their accounts, so that either way the same leg is the first to be refused.
    legs = [debit(book[debited], won(minor + share)), credit(book[credited], won(minor))]
    if share:
        legs.append(credit(book[sharer], won(share)))
    ordered = sorted(legs, key=lambda leg: leg.account_id)
    return Item("TRANSFER", f"drawn:{number}", ordered, group=group)


def one_by_one(items: Sequence[Item]) -> list[Posted | str]:
    """Post the items alone, each group in a savepoint; return what was posted or the code."""
    outcomes: list[Posted | str] = []
    numbered = enumerate(items)
    for _, neighbours in groupby(numbered, key=lambda pair: pair[1].group or pair[0]):
        outcomes += together([pair[1] for pair in neighbours])
    return outcomes


def together(items: Sequence[Item]) -> list[Posted | str]:
    done: list[Posted | str] = []
    try:
        with transaction.atomic():
            for one in items:
                done.append(post(kind=one.kind, reference=one.reference, legs=one.legs))  # noqa: PERF401 - the loop ends at a refusal.
    except LedgerError as refusal:
        refused: list[Posted | str] = ["group_refused"] * len(items)
        refused[len(done)] = refusal.code
        return refused
    return done


def at_once(items: Sequence[Item]) -> list[Posted | str]:
    return [
        outcome.posted or (outcome.refusal.code if outcome.refusal else "")
        for outcome in post_many(items)
    ]


def comparable(outcomes: Sequence[Posted | str]) -> list[object]:
    """Replace ids, which differ from run to run, by the place where they first appear."""
    ids = [outcome.transaction_id if isinstance(outcome, Posted) else None for outcome in outcomes]
    return [
        (outcome.is_new, ids.index(outcome.transaction_id))
        if isinstance(outcome, Posted)
        else outcome
        for outcome in outcomes
    ]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(ROWS, max_size=25),
    before=st.lists(ROWS, max_size=4),
    frozen=st.none() | st.sampled_from(NAMES),
)
def test_many_at_once_equal_the_same_one_by_one(
    book: Book,
    rows: list[tuple[int, list[str], int, int, str | None]],
    before: list[tuple[int, list[str], int, int, str | None]],
    frozen: str | None,
) -> None:
    results = []
    for way in (one_by_one, at_once):
        with rolled_back():
            one_by_one([replace(drawn(book, row), group=None) for row in before])
            if frozen:
                freeze_account(account_id=book[frozen].pk)
            outcomes = way([drawn(book, row) for row in rows])
            results.append((comparable(outcomes), holdings(book), written()))
            assert trial_balance() in ({"KRW": 0}, {})
            assert verify_ledger() == []
    assert results[0] == results[1]


def test_a_balance_beyond_the_range_refuses_its_item_only(book: Book) -> None:
    legs = [move(book, "bank", "corner_shop", minor) for minor in (MAX_MINOR, 1, 7)]
    legs[2] = move(book, "corner_shop", "bank", 7)
    with transaction.atomic():
        outcomes = post_many([Item("GIFT", f"big:{n}", leg) for n, leg in enumerate(legs)])
    assert [type(outcome.refusal) for outcome in outcomes] == [
        type(None),
        InvalidAmount,
        type(None),
    ]
    assert holdings(book) == {"bank": MAX_MINOR - 7, "corner_shop": MAX_MINOR - 7}
    assert trial_balance() == {"KRW": 0}
