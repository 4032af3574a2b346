"""A transaction is reversed in whole and once; a sweep moves as much as there is, up to a most."""

from __future__ import annotations

import pytest
from django.db import transaction

from ledger import errors
from ledger.accounts import close_account, freeze_account
from ledger.balances import trial_balance
from ledger.models import Account, Entry, Transaction
from ledger.posting import Posted, credit, debit, post, reverse, sweep
from tests.ledger.stories import (
    NOON,
    Book,
    holdings,
    move,
    new_reference,
    play,
    post_one,
    won,
    written,
)


def undo(posted: Posted, reference: str) -> Posted:
    with transaction.atomic():
        return reverse(transaction_id=posted.transaction_id, reference=reference)


def test_a_reversal_mirrors_the_whole_transaction(book: Book) -> None:
    post_one(book, "TOP_UP", "bank", "alice", 10_000)
    legs = [
        debit(book["alice"], won(10_000)),
        credit(book["corner_shop"], won(9_900)),
        credit(book["fees"], won(100)),
    ]
    paid = post(kind="PAYMENT", reference="payment:1", legs=legs)
    undone = reverse(
        transaction_id=paid.transaction_id,
        reference="void:1",
        effective_at=NOON,
        description="wrong till",
        metadata={"by": "bob"},
    )

    assert holdings(book) == {"bank": 10_000, "alice": 10_000}
    assert trial_balance() == {"KRW": 0}
    found = Transaction.objects.get(pk=undone.transaction_id)
    assert (found.kind, found.reverses_id) == ("REVERSAL", paid.transaction_id)
    assert (found.effective_at, found.description) == (NOON, "wrong till")
    assert found.metadata == {"by": "bob"}


def test_a_transaction_is_reversed_once(book: Book) -> None:
    (topped_up,) = play("TOP_UP | bank | alice | 500 | posted", book)
    first = undo(topped_up, "undo:1")
    again = undo(topped_up, "undo:1")
    with pytest.raises(errors.AlreadyReversed):
        undo(topped_up, "undo:2")

    assert (first.transaction_id, again.is_new) == (again.transaction_id, False)
    assert holdings(book) == {}


def test_a_reversal_is_not_reversed(book: Book) -> None:
    (topped_up,) = play("TOP_UP | bank | alice | 500 | posted", book)
    undone = undo(topped_up, "undo:1")
    with pytest.raises(errors.NotReversible):
        undo(undone, "undo:2")
    assert holdings(book) == {}


def test_what_was_never_posted_is_not_reversed(book: Book) -> None:
    with pytest.raises(errors.UnknownTransaction) as caught, transaction.atomic():
        reverse(transaction_id=2**40, reference="undo:1")
    assert caught.value.transaction_id == 2**40


def test_a_reversal_needs_the_money_to_be_there_still(book: Book) -> None:
    topped_up, _ = play(
        """
        TOP_UP   | bank  | alice | 500 | posted
        TRANSFER | alice | bob   |   1 | posted
        """,
        book,
    )
    before = written()
    with pytest.raises(errors.InsufficientFunds) as caught:
        undo(topped_up, "undo:1")

    assert caught.value.account_id == book["alice"].pk
    assert written() == before


def test_a_reversal_does_not_reopen_a_closed_account(book: Book) -> None:
    _, sent = play(
        """
        TOP_UP   | bank  | alice | 500 | posted
        TRANSFER | alice | bob   | 500 | posted
        """,
        book,
    )
    close_account(account_id=book["alice"].pk)
    with pytest.raises(errors.AccountClosed):
        undo(sent, "undo:1")
    assert holdings(book) == {"bank": 500, "bob": 500}


def test_a_reversal_passes_a_frozen_striped_account(book: Book) -> None:
    _, paid = play(
        """
        TOP_UP | bank  | alice | 500 | posted
        FEE    | alice | fees  | 500 | posted
        """,
        book,
    )
    freeze_account(account_id=book["fees"].pk)
    play("TOP_UP | bank | fees | 1 | account_frozen", book)
    undo(paid, "undo:1")
    assert holdings(book) == {"bank": 500, "alice": 500}


def test_a_reference_of_a_posting_does_not_serve_a_reversal(book: Book) -> None:
    topped_up = post_one(book, "TOP_UP", "bank", "alice", 500, reference="top-up:1")
    with pytest.raises(errors.ReferenceConflict):
        undo(topped_up, "top-up:1")
    assert holdings(book) == {"bank": 500, "alice": 500}


def sweep_up(book: Book, up_to: int, reference: str | None = None) -> Posted:
    with transaction.atomic():
        return post(
            kind="SWEEP",
            reference=reference or new_reference(),
            legs=sweep(debited=book["alice"], credited=book["bob"], up_to=won(up_to)),
        )


def test_a_sweep_moves_what_there_is_up_to_the_most(book: Book) -> None:
    play("TOP_UP | bank | alice | 500 | posted", book)
    sweep_up(book, 200)
    sweep_up(book, 9_000)
    with pytest.raises(errors.NothingToSweep):
        sweep_up(book, 1)

    assert holdings(book) == {"bank": 500, "bob": 500}
    assert trial_balance() == {"KRW": 0}


def test_a_sweep_stops_at_the_cap_of_the_one_who_receives(book: Book) -> None:
    play(
        """
        TOP_UP | bank | alice |    500 | posted
        TOP_UP | bank | bob   | 999900 | posted
        """,
        book,
    )
    sweep_up(book, 500)
    assert holdings(book) == {"bank": 1_000_400, "alice": 400, "bob": 1_000_000}


def test_a_sweep_asked_for_twice_happens_once_whatever_it_found(book: Book) -> None:
    play("TOP_UP | bank | alice | 500 | posted", book)
    first = sweep_up(book, 9_000, "sweep:1")
    play("TOP_UP | bank | alice | 70 | posted", book)
    again = sweep_up(book, 9_000, "sweep:1")
    with pytest.raises(errors.ReferenceConflict):
        sweep_up(book, 500, "sweep:1")

    assert (again.transaction_id, again.is_new) == (first.transaction_id, False)
    assert holdings(book) == {"bank": 570, "alice": 70, "bob": 500}
    asked = Entry.objects.filter(transaction_id=first.transaction_id, amount_minor__gt=0).get()
    assert (asked.amount_minor, asked.up_to_minor) == (500, 9_000)


def test_a_sweep_leaves_room_for_the_legs_beside_it(book: Book) -> None:
    play("TOP_UP | bank | alice | 500 | posted", book)
    legs = [
        *move(book, "alice", "fees", 30),
        *sweep(debited=book["alice"], credited=book["bob"], up_to=won(9_000)),
    ]
    post(kind="CLOSING", reference="closing:1", legs=legs)
    assert holdings(book) == {"bank": 500, "bob": 470, "fees": 30}


def test_a_sweep_is_reversed_by_what_it_moved(book: Book) -> None:
    play("TOP_UP | bank | alice | 500 | posted", book)
    undo(sweep_up(book, 9_000), "undo:1")
    assert holdings(book) == {"bank": 500, "alice": 500}


def test_an_account_without_bounds_is_swept_by_the_most(book: Book) -> None:
    legs = sweep(debited=book["corner_shop"], credited=book["bank"], up_to=won(50))
    post(kind="SWEEP", reference="sweep:1", legs=legs)
    assert Account.objects.get(pk=book["corner_shop"].pk).balance_minor == 50
    assert trial_balance() == {"KRW": 0}
