"""Each checker finds the bug that is planted for it, and nothing in a run that went well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.book import Account, Book, Effect, Entry
from tests.faults.checkers import CHECKERS, Run, check
from tests.faults.history import FAIL, INFO, INVOKE, OK, Event

ALICE, BOB, BANK = 1, 2, 3
START = 1_000


def transfer(key: str, at: float, kind: str, minor: int, **more: object) -> Event:
    facts = {"from": ALICE, "to": BOB, "minor": minor}
    return Event(at, 0, kind, "transfer", key, facts=facts, **more)  # type: ignore[arg-type]


def good() -> Run:
    """Alice sends Bob 100 (answered), 200 (unknown, then answered), and 5,000 (refused)."""
    events = [
        transfer("k1", 1.0, INVOKE, 100),
        transfer("k1", 1.1, OK, 100, answer={"id": "t1"}),
        transfer("k1", 1.2, INVOKE, 100, changed=True),
        transfer("k1", 1.3, FAIL, 100, changed=True, status=422),
        transfer("k2", 2.0, INVOKE, 200),
        transfer("k2", 2.5, INFO, 200),
        transfer("k2", 3.0, INVOKE, 200),
        transfer("k2", 3.1, OK, 200, answer={"id": "t2"}),
        transfer("k3", 4.0, INVOKE, 5_000),
        transfer("k3", 4.1, FAIL, 5_000, status=402),
        Event(4.2, 0, OK, "read", "", answer={"available": {"amount": "700"}}),
    ]
    entries = [
        Entry(1, 1, BANK, START, START),
        Entry(2, 1, ALICE, -START, -START),
        Entry(3, 2, ALICE, 100, -900),
        Entry(4, 2, BOB, -100, -100),
        Entry(5, 3, ALICE, 200, -700),
        Entry(6, 3, BOB, -200, -300),
    ]
    book = Book(
        effects={
            "k1": [Effect("transfer", "t1", "transfer:t1", 100)],
            "k2": [Effect("transfer", "t2", "transfer:t2", 200)],
        },
        transactions={"seed:1": [1], "transfer:t1": [2], "transfer:t2": [3]},
        entries=entries,
        accounts={
            ALICE: Account("alice", -1, 0, 1, -700),
            BOB: Account("bob", -1, 0, 1, -300),
            BANK: Account("bank", 1, None, 1, START),
        },
        told={
            (kind, name): (1, 1, 0)
            for kind in ("transfer.sent", "transfer.received")
            for name in ("t1", "t2")
        },
        settled={},
        verified="",
        totals=[START, START],
    )
    return Run(events, book, START, healed_at=[1.5], ended_at=10.0)


def lost(run: Run) -> None:
    """The acknowledged transfer is gone, in whole: every sum still holds."""
    del run.book.effects["k1"], run.book.transactions["transfer:t1"]
    run.book.entries = [entry for entry in run.book.entries if entry.transaction_id != 2]


def refused_but_done(run: Run) -> None:
    run.book.effects["k3"] = [Effect("transfer", "t3", "transfer:t3", 5_000)]


def changed_body_done(run: Run) -> None:
    run.events[3] = replace(run.events[3], type=OK, status=201)


def happened_twice(run: Run) -> None:
    run.book.effects["k2"] *= 2


def never_found_out(run: Run) -> None:
    run.events = [event for event in run.events if not (event.key == "k2" and event.at >= 3)]


def reader_saw_less(run: Run) -> None:
    run.book.totals.append(START - 100)


def nobody_looked(run: Run) -> None:
    run.book.totals.clear()


def below_zero(run: Run) -> None:
    run.book.accounts[ALICE].balance_minor = 1


def stored_balance_drifted(run: Run) -> None:
    run.book.accounts[BOB].balance_minor = -301


def lost_update(run: Run) -> None:
    """Two postings read the same balance: the later entry does not know of the earlier one."""
    run.book.entries[4] = replace(run.book.entries[4], after_minor=-800)


def out_of_order(run: Run) -> None:
    """The transfer asked for last stands before the one that had been acknowledged."""
    run.book.transactions |= {"transfer:t1": [3], "transfer:t2": [2]}


def not_told(run: Run) -> None:
    run.book.told["transfer.received", "t1"] = (1, 0, 0)


def told_twice(run: Run) -> None:
    run.book.told["transfer.sent", "t2"] = (2, 2, 0)


def settled_twice(run: Run) -> None:
    run.book.effects["k4"] = [Effect("payment", "p1", "payment:p1", 10)]
    run.book.told["payment.succeeded", "p1"] = (1, 1, 0)
    run.book.settled["payment:p1"] = [2]


def seal_broken(run: Run) -> None:
    run.book.verified = "seal 1: its root is another"


def never_verified(run: Run) -> None:
    """The book as it is read, to which nobody added what verifying it found."""
    run.book.verified = Book({}, {}, [], {}, {}, {}).verified


def stays_down(run: Run) -> None:
    run.healed_at.append(4.9)


def failed_while_deployed(run: Run) -> None:
    run.graceful.append((2.0, 3.0, "restart-web"))


PLANTED: dict[Callable[[Run], None], str] = {
    lost: "C1",
    refused_but_done: "C2",
    changed_body_done: "C2",
    happened_twice: "C3",
    never_found_out: "C3",
    reader_saw_less: "C4",
    nobody_looked: "C4",
    below_zero: "C4",
    stored_balance_drifted: "C5",
    lost_update: "C6",
    out_of_order: "C7",
    not_told: "C8",
    told_twice: "C8",
    settled_twice: "C8",
    seal_broken: "C9",
    never_verified: "C9",
    stays_down: "C10",
    failed_while_deployed: "C11",
}


def test_nothing_is_found_in_a_run_that_went_well() -> None:
    assert check(good()) == {name: [] for name in CHECKERS}


def test_every_checker_has_a_planted_bug() -> None:
    assert set(PLANTED.values()) == set(CHECKERS)


@pytest.mark.parametrize("plant", PLANTED, ids=[plant.__name__ for plant in PLANTED])
def test_the_planted_bug_is_found(plant: Callable[[Run], None]) -> None:
    run = good()
    plant(run)
    assert check(run)[PLANTED[plant]] != []
