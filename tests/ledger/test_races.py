"""What sixteen connections do to one book at once, with real commits."""

from __future__ import annotations

from collections import Counter
from threading import Event

import pytest
from django.db import transaction

from ledger.accounts import account_id, close_account, freeze_account, open_account
from ledger.balances import balance, trial_balance
from ledger.errors import AccountClosed, AccountFrozen, AccountNotEmpty, LedgerError
from ledger.models import Account, Category, Entry, Transaction
from ledger.posting import Item, Outcome, Posted, post_many, reverse
from ledger.verification import verify_ledger
from tests.ledger.stories import Book, holdings, move, open_book, play, post_one
from tests.ledger.threads import THREADS, all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 200


@pytest.fixture
def rich(transactional_db: None) -> Book:
    """A committed book in which alice and bob hold 500 each."""
    book = open_book()
    play(
        """
        TOP_UP | bank | alice | 500 | posted
        TOP_UP | bank | bob   | 500 | posted
        """,
        book,
    )
    return book


def test_sixteen_threads_spend_one_balance_once(rich: Book) -> None:
    def spend(number: int) -> str:
        try:
            post_one(rich, "PAYMENT", "alice", "corner_shop", 500)
        except LedgerError as refusal:
            return refusal.code
        return "spent"

    outcomes = sorted(all_at_once(spend))

    assert outcomes == ["insufficient_funds"] * (THREADS - 1) + ["spent"]
    assert holdings(rich) == {"bank": 1_000, "bob": 500, "corner_shop": 500}
    assert verify_ledger() == []


def test_opposite_transfers_do_not_deadlock(rich: Book) -> None:
    def transfer(number: int) -> int:
        ends = ("alice", "bob") if number % 2 else ("bob", "alice")
        for _ in range(ROUNDS):
            post_one(rich, "TRANSFER", *ends, 1)
        return ROUNDS

    assert sum(all_at_once(transfer, threads=2)) == 2 * ROUNDS
    assert holdings(rich) == {"bank": 1_000, "alice": 500, "bob": 500}
    assert verify_ledger() == []


def test_single_postings_and_batches_over_the_same_accounts_do_not_deadlock(rich: Book) -> None:
    def act(number: int) -> None:
        ends = ("alice", "bob") if number % 2 else ("bob", "alice")
        for round_number in range(10):
            if number % 4 < 2:
                post_one(rich, "TRANSFER", *ends, 1)
                continue
            items = [
                Item("TRANSFER", f"batch:{number}:{round_number}:{n}", move(rich, *pair, 1))
                for n, pair in enumerate([ends, ("corner_shop", "fees"), ends[::-1]])
            ]
            with transaction.atomic():
                assert all(outcome.posted for outcome in post_many(items))

    all_at_once(act, threads=8)
    assert holdings(rich) == {
        "bank": 1_000,
        "alice": 500,
        "bob": 500,
        "corner_shop": -40,
        "fees": 40,
    }
    assert verify_ledger() == []


def test_striped_credits_and_debits_end_exact(rich: Book) -> None:
    other = open_account(
        code="income:breakage", currency="KRW", category=Category.INCOME, stripes=7
    )
    book = Book(rich.accounts | {"breakage": other})

    def act(number: int) -> None:
        for step in range(20):
            post_one(book, "FEE", "corner_shop", "fees", 10 + number)
            ends = ("fees", "breakage") if step % 2 else ("breakage", "fees")
            post_one(book, "FEE", *ends, 3 + step)

    all_at_once(act)

    credited = sum(20 * (10 + number) for number in range(THREADS))
    # Of the steps 0 … 19 the odd ones move 1 more each from fees to breakage than the even back.
    moved = THREADS * 10
    assert holdings(book) == {
        "bank": 1_000,
        "alice": 500,
        "bob": 500,
        "corner_shop": -credited,
        "fees": credited - moved,
        "breakage": moved,
    }
    used = Entry.objects.filter(account_id=book["fees"].pk).values("stripe").distinct().count()
    assert used > 1
    assert trial_balance() == {"KRW": 0}
    assert verify_ledger() == []


def test_one_reference_from_sixteen_threads_is_posted_once(rich: Book) -> None:
    def attempt(number: int) -> Posted:
        return post_one(rich, "TRANSFER", "alice", "bob", 20, reference="once")

    answers = all_at_once(attempt)

    assert Counter(answer.is_new for answer in answers) == {True: 1, False: THREADS - 1}
    assert len({(answer.transaction_id, answer.recorded_at) for answer in answers}) == 1
    assert Transaction.objects.filter(reference="once").count() == 1
    assert holdings(rich) == {"bank": 1_000, "alice": 480, "bob": 520}


def test_one_reference_with_sixteen_amounts_is_posted_with_one_of_them(rich: Book) -> None:
    def attempt(number: int) -> str:
        try:
            post_one(rich, "TRANSFER", "alice", "bob", 1 + number, reference="once")
        except LedgerError as refusal:
            return refusal.code
        return "posted"

    assert Counter(all_at_once(attempt)) == {"posted": 1, "reference_conflict": THREADS - 1}
    posted = Entry.objects.get(transaction__reference="once", account_id=rich["bob"].pk)
    assert holdings(rich)["bob"] == 500 - posted.amount_minor


def test_one_batch_from_sixteen_threads_is_posted_once(rich: Book) -> None:
    items = [Item("TRANSFER", f"m:{n}", move(rich, "alice", "bob", 1)) for n in range(50)]

    def attempt(number: int) -> list[Outcome]:
        with transaction.atomic():
            return post_many(items)

    answers = all_at_once(attempt)

    ids = {tuple(o.posted.transaction_id for o in answer if o.posted) for answer in answers}
    assert [len(found) for found in ids] == [50]
    new = [sum(o.posted.is_new for o in answer if o.posted) for answer in answers]
    assert sorted(new) == [0] * (THREADS - 1) + [50]
    assert holdings(rich) == {"bank": 1_000, "alice": 450, "bob": 550}


def test_a_transaction_is_reversed_once_from_sixteen_threads(rich: Book) -> None:
    paid = post_one(rich, "PAYMENT", "alice", "corner_shop", 100)
    play("TOP_UP | bank | corner_shop | 5000 | posted", rich)

    def attempt(number: int) -> str:
        try:
            with transaction.atomic():
                reverse(transaction_id=paid.transaction_id, reference=f"undo:{number}")
        except LedgerError as refusal:
            return refusal.code
        return "reversed"

    assert Counter(all_at_once(attempt)) == {"reversed": 1, "already_reversed": THREADS - 1}
    assert holdings(rich) == {"bank": 6_000, "alice": 500, "bob": 500, "corner_shop": 5_000}
    assert verify_ledger() == []


@pytest.mark.parametrize("name", ["bob", "fees"])
def test_after_a_freeze_has_returned_no_posting_appears(rich: Book, name: str) -> None:
    frozen = Event()
    account = rich[name].pk

    def act(number: int) -> int:
        if number == 0:
            while Entry.objects.filter(account_id=account).count() < THREADS:
                pass
            freeze_account(account_id=account)
            frozen.set()
            return balance(account).minor
        posted = 0
        while True:
            late = frozen.is_set()
            try:
                post_one(rich, "GIFT", "bank", name, 1)
            except AccountFrozen:
                return posted
            assert not late
            posted += 1

    at_freeze, *posted = all_at_once(act, threads=8)

    before = 500 if name == "bob" else 0
    assert at_freeze == balance(account).minor == before + sum(posted)
    assert verify_ledger() == []


def test_an_account_that_is_being_paid_into_is_not_closed_with_money_in_it(rich: Book) -> None:
    carol = open_account(
        code="wallet:carol:available", currency="KRW", category=Category.LIABILITY
    )
    book = Book(rich.accounts | {"carol": carol})

    def act(number: int) -> str:
        try:
            if number % 2:
                close_account(account_id=carol.pk)
                return "closed"
            post_one(book, "TRANSFER", "alice", "carol", 1)
        except (AccountClosed, AccountNotEmpty) as refusal:
            return refusal.code
        return "paid"

    outcomes = Counter(all_at_once(act))

    status = Account.objects.get(pk=carol.pk).status
    assert (status == "CLOSED") == ("closed" in outcomes)
    assert balance(carol.pk).minor == outcomes["paid"]
    assert not (outcomes["paid"] and outcomes["closed"])


def test_one_account_is_opened_by_sixteen_threads(transactional_db: None) -> None:
    def opened(number: int) -> int:
        return open_account(code="fund:savings", currency="KRW", category=Category.ASSET).pk

    assert set(all_at_once(opened)) == {account_id("fund:savings", "KRW")}
