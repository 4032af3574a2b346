"""No sequence of postings, reversals, sweeps and freezes makes or loses a minor unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger.accounts import freeze_account, unfreeze_account
from ledger.balances import trial_balance
from ledger.errors import LedgerError
from ledger.posting import Item, post, post_many, reverse, sweep
from ledger.verification import verify_ledger
from tests.ledger.stories import Book, holdings, move, new_reference, open_book, post_one, won

CAP = 1_000_000
NAMES = ("bank", "alice", "bob", "corner_shop", "fees")
BOUNDED = ("alice", "bob")
DEBIT_NORMAL = ("bank",)
PAIRS = st.permutations(NAMES).map(lambda names: (names[0], names[1]))
AMOUNTS = st.integers(1, 400) | st.sampled_from([CAP - 100, CAP, CAP + 1])


@dataclass
class Model:
    """The book as a dictionary: what each holds on its normal side, and who is frozen."""

    held: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    frozen: set[str] = field(default_factory=set)

    def refusal(self, debited: str, credited: str, minor: int, *, reversal: bool = False) -> bool:
        """Return whether the book must refuse to move ``minor``."""
        after = self.after(debited, credited, minor)
        moved = {debited, credited}
        return any(not 0 <= after[name] <= CAP for name in moved & set(BOUNDED)) or (
            not reversal and bool(moved & self.frozen)
        )

    def after(self, debited: str, credited: str, minor: int) -> dict[str, int]:
        held = dict(self.held)
        held[debited] += minor if debited in DEBIT_NORMAL else -minor
        held[credited] -= minor if credited in DEBIT_NORMAL else -minor
        return held

    def move(self, debited: str, credited: str, minor: int) -> None:
        self.held = self.after(debited, credited, minor)

    def room(self, debited: str, credited: str) -> int:
        """Return the most that may move, for a sweep between two wallets."""
        return min(self.held[debited], CAP - self.held[credited])


class BookMachine(RuleBasedStateMachine):
    """Does the same to the ledger and to the model; each example starts from an empty book."""

    book: Book

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.posted: list[tuple[int, str, str, int]] = []
        self.reversed: set[int] = set()
        self.around = transaction.atomic()
        self.around.__enter__()

    @initialize()
    def opened(self) -> None:
        self.book = open_book(stripes=4)

    def teardown(self) -> None:
        try:
            assert verify_ledger() == []
        finally:
            transaction.set_rollback(True)
            self.around.__exit__(None, None, None)

    def accepted(self, act: Callable[[], object]) -> bool:
        try:
            with transaction.atomic():
                act()
        except LedgerError:
            return False
        return True

    @rule(pair=PAIRS, minor=AMOUNTS)
    def posts(self, pair: tuple[str, str], minor: int) -> None:
        expected = not self.model.refusal(*pair, minor)
        try:
            posted = post_one(self.book, "TRANSFER", *pair, minor)
        except LedgerError:
            assert not expected
            return
        assert expected
        self.model.move(*pair, minor)
        self.posted.append((posted.transaction_id, *pair, minor))

    @precondition(lambda self: self.posted)
    @rule(data=st.data())
    def reverses(self, data: st.DataObject) -> None:
        transaction_id, debited, credited, minor = data.draw(st.sampled_from(self.posted))
        refused = transaction_id in self.reversed or self.model.refusal(
            credited, debited, minor, reversal=True
        )
        done = self.accepted(
            lambda: reverse(transaction_id=transaction_id, reference=new_reference())
        )
        assert done is not refused
        if done:
            self.reversed.add(transaction_id)
            self.model.move(credited, debited, minor)

    @rule(pair=st.permutations(BOUNDED).map(tuple), up_to=AMOUNTS)
    def sweeps(self, pair: tuple[str, str], up_to: int) -> None:
        minor = min(up_to, self.model.room(*pair))
        refused = minor <= 0 or bool(set(pair) & self.model.frozen)
        debited, credited = (self.book[name] for name in pair)
        legs = sweep(debited=debited, credited=credited, up_to=won(up_to))
        done = self.accepted(lambda: post(kind="SWEEP", reference=new_reference(), legs=legs))
        assert done is not refused
        if done:
            self.model.move(*pair, minor)

    @rule(rows=st.lists(st.tuples(PAIRS, AMOUNTS), max_size=8))
    def posts_many(self, rows: list[tuple[tuple[str, str], int]]) -> None:
        items = [
            Item("TRANSFER", new_reference(), move(self.book, *pair, minor))
            for pair, minor in rows
        ]
        for (pair, minor), outcome in zip(rows, post_many(items), strict=True):
            assert (outcome.refusal is not None) is self.model.refusal(*pair, minor)
            if outcome.posted:
                self.model.move(*pair, minor)
                self.posted.append((outcome.posted.transaction_id, *pair, minor))

    @rule(name=st.sampled_from(NAMES))
    def freezes(self, name: str) -> None:
        freeze_account(account_id=self.book[name].pk)
        self.model.frozen.add(name)

    @rule(name=st.sampled_from(NAMES))
    def unfreezes(self, name: str) -> None:
        unfreeze_account(account_id=self.book[name].pk)
        self.model.frozen.discard(name)

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        held = {name: minor for name, minor in self.model.held.items() if minor}
        assert holdings(self.book) == held

    @invariant()
    def debits_equal_credits(self) -> None:
        assert trial_balance() == {"KRW": 0}


def test_no_sequence_of_acts_makes_or_loses_a_minor_unit(db: None) -> None:
    run_state_machine_as_test(
        BookMachine, settings=settings(max_examples=50, stateful_step_count=30, deadline=None)
    )
