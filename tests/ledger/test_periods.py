"""A closed month takes no postings, whoever sends them and however."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from ledger.errors import (
    LedgerError,
    PeriodBusy,
    PeriodInvalid,
    PeriodNotOver,
    PeriodOutOfOrder,
    PeriodStateRefused,
)
from ledger.models import Period, PeriodChange, PeriodPermit, PeriodState
from ledger.periods import move_period, period_at, permit
from ledger.posting import Item, post, post_many
from tests.ledger.sql import APP, BOOK, NO_RIGHT, refused, run
from tests.ledger.stories import NOON, Book, move, open_book

FEBRUARY = datetime(2026, 2, 28, 15, tzinfo=UTC)  # midnight in Seoul
MARCH = datetime(2026, 3, 31, 15, tzinfo=UTC)
ENDS = {"2026-02": FEBRUARY, "2026-03": MARCH}
MINUTE = timedelta(minutes=1)
MOVE = (
    "SELECT ledger_move_period('2026-03', now() - interval '1 day', 'SOFT_CLOSED', 'a', 'b', 'c')"
)
POST = "SELECT ledger_post('PAYMENT', %s, %s::bigint[], '{5,-5}', '{KRW,KRW}', %s)"


def go(state: PeriodState, month: str = "2026-03", *, checker: str = "user:2") -> None:
    """Move a month; wait where postings of other tests on this server are still under way."""
    give_up = time.monotonic() + 60
    while True:
        try:
            with transaction.atomic():
                move_period(
                    name=month,
                    ends_at=ENDS.get(month, MARCH),
                    state=state,
                    maker="user:1",
                    checker=checker,
                    reason="month end",
                )
        except PeriodBusy:
            if time.monotonic() > give_up or connection.in_atomic_block:
                raise
            time.sleep(0.01)
        else:
            return


def paid(book: Book, reference: str, at: datetime | None) -> str:
    """Post five won from the bank to Alice; return what became of it."""
    try:
        with transaction.atomic():
            post(
                kind="PAYMENT",
                reference=reference,
                legs=move(book, "bank", "alice", 5),
                effective_at=at,
            )
    except LedgerError as exc:
        return exc.code
    return "posted"


@pytest.fixture
def shared(transactional_db: None) -> Book:
    """The cast in committed rows, for months that are locked."""
    return open_book()


def test_a_soft_closed_month_takes_permitted_references_only(book: Book) -> None:
    assert paid(book, "before", NOON) == "posted"
    go(PeriodState.SOFT_CLOSED)
    assert paid(book, "late", NOON) == "period_soft_closed"
    raw = ["late", [book["bank"].pk, book["alice"].pk], NOON]
    assert refused(POST, raw, role=APP) == "ledger_period_not_soft_closed"
    assert paid(book, "before", NOON) == "posted"  # it was: the same answer again
    assert paid(book, "after", MARCH) == "posted"
    assert paid(book, "now", None) == "posted"

    period = Period.objects.get()
    permit(
        period=period,
        reference="late",
        maker="user:1",
        checker="user:2",
        reason="the auditor asked for it",
        at=timezone.now(),
    )
    assert paid(book, "late", NOON) == "posted"
    assert paid(book, "later", NOON) == "period_soft_closed"
    assert period_at(NOON) == period
    assert period_at(MARCH) is None


def test_a_locked_month_takes_nothing(shared: Book) -> None:
    go(PeriodState.SOFT_CLOSED)
    with transaction.atomic():
        permit(
            period=Period.objects.get(),
            reference="late",
            maker="a",
            checker="b",
            reason="x",
            at=MARCH,
        )
    go(PeriodState.LOCKED)
    assert paid(shared, "late", NOON) == "period_locked"
    assert paid(shared, "in the last minute", MARCH - MINUTE) == "period_locked"
    assert paid(shared, "long before", NOON - timedelta(days=700)) == "period_locked"
    assert paid(shared, "on the dot", MARCH) == "posted"

    legs = [[shared["bank"].pk, shared["alice"].pk], NOON]
    for role in (None, APP, BOOK):
        assert refused(POST, ["raw", *legs], role=role) == "ledger_period_not_locked"
    entries = (
        "INSERT INTO ledger_transaction (id, kind, reference, effective_at, recorded_at,"
        " description, metadata) VALUES (-1, 'PAYMENT', 'by hand', %(at)s, now(), '', '{}');"
        "INSERT INTO ledger_entry (transaction_id, account_id, amount_minor, currency,"
        " effective_at, stripe) SELECT -1, unnest(%(accounts)s::bigint[]),"
        " unnest('{5,-5}'::int[]),"
        " 'KRW', %(at)s, 0"
    )
    facts = {"at": NOON, "accounts": legs[0]}
    assert refused(entries, facts, role=BOOK) == "ledger_period_not_locked"  # type: ignore[arg-type]


def test_of_many_those_dated_into_a_closed_month_are_refused_each_by_itself(book: Book) -> None:
    legs = list(move(book, "bank", "alice", 5))

    def posted(*items: tuple[str, datetime | None]) -> list[str]:
        outcomes = post_many([Item("PAYMENT", name, legs, at) for name, at in items])
        return [one.refusal.code if one.refusal else "posted" for one in outcomes]

    assert posted(("before", NOON)) == ["posted"]
    go(PeriodState.SOFT_CLOSED)
    assert posted(("before", NOON), ("late", NOON), ("now", None), ("after", MARCH)) == [
        "posted",
        "period_soft_closed",
        "posted",
        "posted",
    ]


def test_months_are_closed_in_order_and_opened_again_from_the_last(shared: Book) -> None:
    go(PeriodState.SOFT_CLOSED, "2026-02")
    go(PeriodState.SOFT_CLOSED, "2026-03")
    with pytest.raises(PeriodOutOfOrder):
        go(PeriodState.OPEN, "2026-02")
    with pytest.raises(PeriodOutOfOrder):
        go(PeriodState.LOCKED, "2026-03")
    go(PeriodState.LOCKED, "2026-02")
    go(PeriodState.OPEN, "2026-03")
    assert paid(shared, "late", NOON) == "posted"
    go(PeriodState.SOFT_CLOSED, "2026-03")
    with pytest.raises(PeriodOutOfOrder):
        go(PeriodState.SOFT_CLOSED, "2026-01")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([], PeriodState.OPEN),
        ([], PeriodState.LOCKED),
        (["SOFT_CLOSED"], PeriodState.SOFT_CLOSED),
    ],
)
def test_a_month_goes_along_its_edges_only(book: Book, old: list[str], new: PeriodState) -> None:
    for state in old:
        go(PeriodState(state))
    with pytest.raises(PeriodStateRefused):
        go(new)


def test_a_locked_month_stays_locked(shared: Book) -> None:
    go(PeriodState.SOFT_CLOSED)
    go(PeriodState.LOCKED)
    for state in PeriodState:
        with pytest.raises(PeriodStateRefused):
            go(state)
    assert [c.state for c in PeriodChange.objects.order_by("pk")] == ["SOFT_CLOSED", "LOCKED"]


def test_a_month_that_is_not_over_is_not_closed(book: Book) -> None:
    soon = timezone.now() - timedelta(hours=2) + MINUTE
    with pytest.raises(PeriodNotOver), transaction.atomic():
        move_period(
            name="2026-11",
            ends_at=soon,
            state=PeriodState.SOFT_CLOSED,
            maker="a",
            checker="b",
            reason="x",
        )


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "26-02", "2026/02"])
def test_a_month_is_one(book: Book, month: str) -> None:
    with pytest.raises(PeriodInvalid):
        go(PeriodState.SOFT_CLOSED, month)


def test_it_takes_two_persons(book: Book) -> None:
    with pytest.raises(PeriodInvalid):
        go(PeriodState.SOFT_CLOSED, checker="user:1")
    go(PeriodState.SOFT_CLOSED)
    with pytest.raises(PeriodInvalid), transaction.atomic():
        permit(
            period=Period.objects.get(), reference="x", maker="a", checker="a", reason="y", at=NOON
        )


def test_nobody_moves_a_month_but_by_the_function(book: Book) -> None:
    go(PeriodState.SOFT_CLOSED)
    permit(period=Period.objects.get(), reference="x", maker="a", checker="b", reason="y", at=NOON)
    for table in ("ledger_period", "ledger_periodchange"):
        assert refused(f"UPDATE {table} SET state = 'OPEN'", role=APP) == NO_RIGHT
        assert refused(f"DELETE FROM {table}") == "ledger_append_only"
    assert refused("UPDATE ledger_period SET state = 'OPEN'") == "ledger_only_posting_writes"
    assert refused("UPDATE ledger_period SET ends_at = now()", role=BOOK) == "ledger_append_only"
    assert refused("UPDATE ledger_periodchange SET reason = 'z'") == "ledger_append_only"
    assert refused("UPDATE ledger_periodpermit SET reference = 'z'") == "ledger_append_only"
    assert refused("DELETE FROM ledger_periodpermit", role=APP) == NO_RIGHT
    change = (
        "INSERT INTO ledger_periodchange (period_id, state, maker, checker, reason, changed_at)"
    )
    values = " VALUES ('2026-03', 'OPEN', %s, 'b', 'c', now())"
    assert refused(change + values, ["a"]) == "ledger_only_posting_writes"
    assert refused(change + values, ["b"], role=BOOK) == "ledger_period_two_persons"
    alone = (
        "INSERT INTO ledger_periodpermit (period_id, reference, maker, checker, reason,"
        " permitted_at) VALUES ('2026-03', 'y', 'b', 'b', 'c', now())"
    )
    assert refused(alone, role=APP) == "ledger_permit_two_persons"
    week = MOVE.replace("2026-03", "2026-W9")
    assert refused(week, role=APP) == "ledger_period_is_month"
    assert PeriodPermit.objects.count() == 1


def test_a_posting_under_way_keeps_its_month_from_being_locked(shared: Book) -> None:
    with psycopg.connect(dsn()) as other:
        other.execute("SELECT pg_current_xact_id()")  # under way before the soft closing
        go(PeriodState.SOFT_CLOSED)
        with pytest.raises(PeriodBusy), transaction.atomic():
            move_period(
                name="2026-03",
                ends_at=MARCH,
                state=PeriodState.LOCKED,
                maker="a",
                checker="b",
                reason="x",
            )
    go(PeriodState.LOCKED)
    assert Period.objects.get().state == PeriodState.LOCKED


def test_a_back_dated_posting_and_a_closing_wait_for_each_other(shared: Book) -> None:
    legs = [shared["bank"].pk, shared["alice"].pk]
    with psycopg.connect(dsn()) as other:
        other.execute(POST, ["first", legs, NOON])
        with transaction.atomic():
            run("SET LOCAL lock_timeout = '50ms'")
            assert refused(MOVE) == "LockNotAvailable"
    go(PeriodState.SOFT_CLOSED)
    assert run("SELECT count(*) FROM ledger_transaction WHERE reference = 'first'") == [(1,)]
    assert paid(shared, "second", NOON) == "period_soft_closed"


def dsn() -> str:
    """Return how another connection to the same database is made."""
    told = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    parts: dict[str, Any] = {name: told.get(name) or None for name in names}
    return psycopg.conninfo.make_conninfo("", **parts)
