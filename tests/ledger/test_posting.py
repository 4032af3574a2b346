"""Posting moves money by balanced transactions, once, and a refusal leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from ledger import errors
from ledger.accounts import account_id, close_account, freeze_account, open_account
from ledger.balances import balance, trial_balance
from ledger.models import Account, Category, Entry, Transaction
from ledger.money import MAX_MINOR, Money
from ledger.posting import Leg, credit, debit, post, post_many, reverse, sweep
from tests.ledger.stories import (
    NOON,
    Book,
    holdings,
    move,
    new_reference,
    open_book,
    play,
    post_one,
    won,
    written,
)


def test_a_wallet_spends_what_it_holds_and_no_more(book: Book) -> None:
    play(
        """
        TOP_UP   | bank        | alice       | 5000 | posted
        TRANSFER | alice       | bob         | 2000 | posted
        FEE      | alice       | fees        |   25 | posted
        TRANSFER | alice       | bob         | 2976 | insufficient_funds
        TRANSFER | alice       | bob         | 2975 | posted
        PAYMENT  | bob         | corner_shop | 4975 | posted
        PAYMENT  | bob         | corner_shop |    1 | insufficient_funds
        REFUND   | corner_shop | bob         |  975 | posted
        """,
        book,
    )

    assert holdings(book) == {"bank": 5000, "bob": 975, "fees": 25, "corner_shop": 4000}
    assert trial_balance() == {"KRW": 0}


def test_a_wallet_holds_its_cap_and_no_more(book: Book) -> None:
    play(
        """
        TOP_UP   | bank  | alice | 1000001 | cap_exceeded
        TOP_UP   | bank  | alice | 1000000 | posted
        TOP_UP   | bank  | alice |       1 | cap_exceeded
        TRANSFER | alice | bob   |       1 | posted
        TOP_UP   | bank  | alice |       1 | posted
        """,
        book,
    )

    assert holdings(book) == {"bank": 1_000_001, "alice": 1_000_000, "bob": 1}
    assert trial_balance() == {"KRW": 0}


def test_a_payment_of_three_legs_stores_the_balance_after_each(book: Book) -> None:
    post_one(book, "TOP_UP", "bank", "alice", 10_000)
    legs = [
        debit(book["alice"], won(10_000)),
        credit(book["corner_shop"], won(9_900)),
        credit(book["fees"], won(100)),
    ]
    posted = post(kind="PAYMENT", reference="payment:1", legs=legs)

    entries = Entry.objects.filter(transaction_id=posted.transaction_id).order_by("account_id")
    assert [(e.amount_minor, e.balance_after_minor) for e in entries] == [
        (10_000, 0),
        (-9_900, -9_900),
        (-100, None),
    ]
    assert holdings(book) == {"bank": 10_000, "corner_shop": 9_900, "fees": 100}


REFUSED: dict[str, tuple[type[errors.LedgerError], Callable[[Book], list[Leg]]]] = {
    "unbalanced": (
        errors.UnbalancedTransaction,
        lambda b: [debit(b["bank"], won(2)), credit(b["alice"], won(1))],
    ),
    "one leg": (errors.EmptyTransaction, lambda b: [debit(b["bank"], won(1))]),
    "no legs": (errors.EmptyTransaction, lambda _: []),
    "zero": (
        errors.InvalidAmount,
        lambda b: [Leg(b["bank"].pk, 0, "KRW"), Leg(b["alice"].pk, 0, "KRW")],
    ),
    "unknown account": (
        errors.UnknownAccount,
        lambda b: [debit(2**39, won(1)), credit(b["alice"], won(1))],
    ),
    "unknown striped account": (
        errors.UnknownAccount,
        lambda b: [debit(2**41, won(1)), credit(b["alice"], won(1))],
    ),
    "wrong currency": (
        errors.CurrencyMismatch,
        lambda b: [debit(b["bank"], Money(1, "USD")), credit(b["alice"], Money(1, "USD"))],
    ),
    "overdraft": (errors.InsufficientFunds, lambda b: [*move(b, "alice", "bob", 1)]),
    "cap": (errors.CapExceeded, lambda b: [*move(b, "bank", "bob", 1_000_001)]),
    "overflow": (
        errors.InvalidAmount,
        lambda b: [*move(b, "bank", "corner_shop", MAX_MINOR)] * 2,
    ),
    "half a sweep": (
        errors.EmptyTransaction,
        lambda b: [
            sweep(debited=b["bank"], credited=b["alice"], up_to=won(1))[0],
            credit(b["alice"], won(1)),
        ],
    ),
    "sweep torn apart": (
        errors.EmptyTransaction,
        lambda b: [
            sweep(debited=b["bank"], credited=b["alice"], up_to=won(5))[0],
            *move(b, "bank", "bob", 5)[::-1],
            sweep(debited=b["bank"], credited=b["alice"], up_to=won(5))[1],
        ],
    ),
}


@pytest.mark.parametrize(("error", "legs"), REFUSED.values(), ids=REFUSED)
def test_a_refused_posting_leaves_nothing_behind(
    book: Book, error: type[errors.LedgerError], legs: Callable[[Book], list[Leg]]
) -> None:
    before = written()

    with pytest.raises(error), transaction.atomic():
        post(kind="PAYMENT", reference="refused", legs=legs(book))

    assert written() == before
    assert not Transaction.objects.filter(reference="refused").exists()


@pytest.mark.parametrize(("kind", "reference"), [("", "r"), ("PAYMENT", "")])
def test_a_transaction_without_a_name_is_refused(book: Book, kind: str, reference: str) -> None:
    with pytest.raises(errors.EmptyTransaction), transaction.atomic():
        post(kind=kind, reference=reference, legs=move(book, "bank", "alice", 1))
    assert holdings(book) == {}


def test_posting_cannot_pass_as_a_reversal(book: Book) -> None:
    with pytest.raises(errors.EmptyTransaction):
        post(kind="REVERSAL", reference="r", legs=move(book, "bank", "alice", 1))


@pytest.mark.parametrize("minor", [0, -1])
def test_a_leg_has_a_positive_amount(book: Book, minor: int) -> None:
    for make in (debit, credit):
        with pytest.raises(errors.InvalidAmount):
            make(book["alice"], won(minor))
    with pytest.raises(errors.InvalidAmount):
        sweep(debited=book["alice"], credited=book["bob"], up_to=won(minor))


def test_a_frozen_account_takes_reversals_only_and_a_closed_one_nothing(book: Book) -> None:
    (topped_up,) = play("TOP_UP | bank | alice | 500 | posted", book)
    freeze_account(account_id=book["alice"].pk)
    play(
        """
        TOP_UP   | bank  | alice | 100 | account_frozen
        TRANSFER | alice | bob   | 100 | account_frozen
        """,
        book,
    )
    reverse(transaction_id=topped_up.transaction_id, reference=new_reference())
    close_account(account_id=book["alice"].pk)
    play("TOP_UP | bank | alice | 100 | account_closed", book)

    assert holdings(book) == {}
    assert trial_balance() == {"KRW": 0}


def test_the_same_reference_gives_the_first_transaction_again(book: Book) -> None:
    first = post_one(book, "TOP_UP", "bank", "alice", 500, reference="top-up:1")
    again = post(kind="TOP_UP", reference="top-up:1", legs=move(book, "bank", "alice", 500)[::-1])

    assert (again.transaction_id, again.recorded_at) == (first.transaction_id, first.recorded_at)
    assert (first.is_new, again.is_new) == (True, False)
    assert holdings(book) == {"bank": 500, "alice": 500}


@pytest.mark.parametrize(
    ("kind", "credited", "minor"),
    [("TOP_UP", "alice", 501), ("TOP_UP", "bob", 500), ("GIFT", "alice", 500)],
)
def test_the_same_reference_with_another_request_is_refused(
    book: Book, kind: str, credited: str, minor: int
) -> None:
    post_one(book, "TOP_UP", "bank", "alice", 500, reference="top-up:1")
    with pytest.raises(errors.ReferenceConflict) as caught:
        post_one(book, kind, "bank", credited, minor, reference="top-up:1")

    assert caught.value.reference == "top-up:1"
    assert holdings(book) == {"bank": 500, "alice": 500}


def test_a_posting_counts_when_it_is_told_to_and_carries_its_notes(book: Book) -> None:
    yesterday = NOON - timedelta(days=1)
    posted = post(
        kind="TOP_UP",
        reference="top-up:1",
        legs=move(book, "bank", "alice", 500),
        effective_at=yesterday,
        description="at the counter, 현금",
        metadata={"branch": "Mapo", "tries": 2},
    )

    found = Transaction.objects.get(pk=posted.transaction_id)
    assert (found.effective_at, found.recorded_at) == (yesterday, posted.recorded_at)
    assert found.description == "at the counter, 현금"
    assert found.metadata == {"branch": "Mapo", "tries": 2}
    assert set(found.entries.values_list("effective_at", flat=True)) == {yesterday}


def test_one_transaction_exchanges_currency_through_position_accounts(book: Book) -> None:
    def opened(code: str, currency: str, category: Category) -> Account:
        return open_account(code=code, currency=currency, category=category)

    dollars = opened("wallet:alice:available", "USD", Category.LIABILITY)
    position = {
        currency: opened("position:krw_usd", currency, Category.EQUITY)
        for currency in ("KRW", "USD")
    }
    post_one(book, "TOP_UP", "bank", "alice", 14_000)
    legs = [
        debit(book["alice"], won(13_500)),
        credit(position["KRW"], won(13_500)),
        debit(position["USD"], Money(1_000, "USD")),
        credit(dollars, Money(1_000, "USD")),
    ]
    post(kind="EXCHANGE", reference="exchange:1", legs=legs)

    assert balance(dollars.pk) == Money(1_000, "USD")
    assert balance(position["KRW"].pk) == won(13_500)
    assert balance(position["USD"].pk) == Money(-1_000, "USD")
    assert holdings(book) == {"bank": 14_000, "alice": 500}
    assert trial_balance() == {"KRW": 0, "USD": 0}
    assert account_id("position:krw_usd", "USD") == position["USD"].pk


def test_value_does_not_cross_currencies_without_a_position(book: Book) -> None:
    dollars = open_account(code="bank:dollars", currency="USD", category=Category.ASSET)
    with pytest.raises(errors.UnbalancedTransaction), transaction.atomic():
        post(
            kind="EXCHANGE",
            reference="exchange:1",
            legs=[debit(dollars, Money(500, "USD")), credit(book["alice"], won(500))],
        )
    assert holdings(book) == {}


@pytest.mark.django_db(transaction=True)
def test_outside_a_database_transaction_the_ledger_refuses_to_post() -> None:
    book = open_book()
    legs = move(book, "bank", "alice", 1)
    for attempt in (
        lambda: post(kind="TOP_UP", reference="r", legs=legs),
        lambda: reverse(transaction_id=1, reference="r"),
        lambda: post_many([]),
    ):
        with pytest.raises(RuntimeError, match="inside a database transaction"):
            attempt()
    assert written() == (0, 0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "K" * 41},
        {"reference": "r" * 201},
        {"reference": "nul\x00"},
        {"reference": "lone \ud800"},
        {"description": "d" * 501},
    ],
    ids=["long kind", "long reference", "nul", "surrogate", "long description"],
)
def test_a_text_that_cannot_be_stored_is_refused_by_name(changes: dict[str, str]) -> None:
    request: dict[str, Any] = {"kind": "SEND", "reference": "r", **changes}
    legs = [Leg(1, 5, "KRW"), Leg(2, -5, "KRW")]
    with pytest.raises(errors.InvalidText), transaction.atomic():
        post(legs=legs, **request)
