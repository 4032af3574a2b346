"""The equation of a day: whatever happens at the bank or in the book, nothing is left over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchants.models import (
    Break,
    HouseAccount,
    MatchClaim,
    Movement,
    ReconciliationDay,
    SafeguardingDay,
)
from merchants.reconciliation.daily import due, reconcile, reconcile_due
from merchants.tasks import reconcile_days
from tests.ledger.sql import refused, run
from tests.merchants.reconciliation.bank import (
    DAY,
    at,
    booked,
    breaks,
    close,
    matched,
    says,
    terms,
)
from tests.merchants.statements.files import Move

NEXT = DAY + timedelta(days=1)


def test_what_agrees_leaves_nothing(house: HouseAccount) -> None:
    booked(10_000, "A")
    booked(-3_000, "B")
    says([Move(10_000, "R1", "A"), Move(-3_000, "R2", "B")])
    assert terms(close()) == (7_000, 0, 0, 0, 7_000, {}, 0)


def test_what_is_on_its_way_is_out_or_in(house: HouseAccount) -> None:
    booked(10_000, "A")
    booked(500, "C")
    booked(-3_000, "B")
    says([Move(10_000, "R1", "A")])
    assert terms(close()) == (7_500, 3_000, 500, 0, 10_000, {}, 0)
    assert sorted(breaks()) == [("TIMING", -3_000, "OPEN"), ("TIMING", 500, "OPEN")]


def test_what_nobody_expected_is_unidentified(house: HouseAccount) -> None:
    says([Move(777, "R1", "", "who knows"), Move(-20, "R2", "", "fee")])
    assert terms(close()) == (0, 0, 0, 757, 757, {}, 0)
    assert sorted(breaks()) == [
        ("UNIDENTIFIED_DEBIT", -20, "OPEN"),
        ("UNIDENTIFIED_RECEIPT", 777, "OPEN"),
    ]


def test_what_is_not_at_the_bank_in_time_is_missed_by_itself(house: HouseAccount) -> None:
    booked(-3_000, "B")
    says([Move(1, "R0")])
    close()
    assert Break.objects.get(subject__startswith="movement").category == "TIMING"
    later = DAY + timedelta(days=3)
    close(later)
    missed = Break.objects.get(subject__startswith="movement")
    assert (missed.category, missed.first_seen_on) == ("MISSING_AT_BANK", DAY)
    says([Move(-3_000, "R1", "B")], day=later)
    day = close(later)
    assert (day.residual_minor, day.outstanding_out_minor) == (0, 0)
    missed.refresh_from_db()
    assert (missed.state, missed.resolution, missed.resolved_on) == ("RESOLVED", "MATCHED", later)
    steps = missed.steps.order_by("pk").values_list("state", "category")
    assert list(steps) == [
        ("OPEN", "TIMING"),
        ("OPEN", "MISSING_AT_BANK"),
        ("RESOLVED", "MISSING_AT_BANK"),
    ]


def test_a_day_that_was_closed_before_the_bank_was_heard_keeps_what_was_under_way(
    house: HouseAccount,
) -> None:
    booked(-3_000, "B")
    says([])
    says([Move(-3_000, "R1", "B")], day=NEXT)
    close(NEXT)
    assert terms(close(DAY)) == (-3_000, 3_000, 0, 0, 0, {}, 0)
    assert matched() == [("P1", "CONFIRMED", 1, 1)]


def test_what_the_bank_had_first_is_late_in_the_book(house: HouseAccount) -> None:
    says([Move(-3_000, "R1", "B")])
    close()
    booked(-3_000, "B", day=NEXT)
    says([], day=NEXT)
    assert terms(close(NEXT)) == (-3_000, 0, 0, 0, -3_000, {}, 0)
    assert terms(close(DAY)) == (0, 0, 0, 0, -3_000, {"LATE_ITEM": -3_000}, 0)


def test_a_missing_statement_is_a_break_of_what_is_missing_until_it_comes(
    house: HouseAccount,
) -> None:
    says([Move(100, "R1")])
    third = DAY + timedelta(days=2)
    from tests.merchants.statements.files import Paper, camt
    from tests.merchants.statements.importing_again import take

    take(camt(Paper((Move(5, "R3"),), opening=140, sequence=3, on=third)))
    day = close(third)
    assert (day.breaks, day.residual_minor) == ({"STATEMENT_GAP": 40}, 0)
    take(camt(Paper((Move(40, "R2"),), opening=100, sequence=2, on=NEXT)))
    day = close(third)
    assert (day.breaks, day.residual_minor) == ({}, 0)
    assert Break.objects.get(category="STATEMENT_GAP").state == "RESOLVED"


def test_returns_fees_and_other_amounts_are_known_for_what_they_are(house: HouseAccount) -> None:
    booked(-900, "A")
    says([
        Move(450, "R1", "X", return_reason="AC04"),
        Move(-901, "R2", "A"),
    ])  # fmt: skip
    assert sorted(close().breaks.items()) == [("AMOUNT_MISMATCH", -901), ("RETURNED_PAYOUT", 450)]


def test_the_residual_shows_what_nothing_explains(house: HouseAccount) -> None:
    booked(10_000, "A")
    says([Move(10_000, "R1", "A")])
    close()
    with transaction.atomic():
        run("SET LOCAL session_replication_role = replica")
        run("UPDATE merchants_statement SET entry_sum_minor = 11000, closing_minor = 11000")
    assert close().residual_minor == 1_000


# Of a day: the movements and whether we booked them; which of those that wait the bank tells (as
# many as can wait by the third day); and whether it tells one of them twice. Drawn before anything
# happens, for an example that is given up half-way would leave half a day behind.
A_DAY = st.tuples(
    st.lists(st.tuples(st.integers(-500, 500).filter(bool), st.booleans()), max_size=4),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.booleans(),
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(month=st.lists(A_DAY, min_size=3, max_size=3))
def test_no_month_of_anything_leaves_a_residual(
    house: HouseAccount, month: list[tuple[list[tuple[int, bool]], list[bool], bool]]
) -> None:
    """Post, say, lose, double and delay at random: each day's equation closes."""
    start = (ReconciliationDay.objects.order_by("-day").values_list("day", flat=True)).first()
    day = (start or DAY) + timedelta(days=1)
    waiting: list[Move] = []
    for happens, tells, tells_twice in month:
        for k, (minor, is_booked) in enumerate(happens):
            name = f"{day.toordinal()}K{k}"
            if is_booked:
                booked(minor, name, day=day)
            waiting.append(Move(minor, f"R{name}", name))
        told = [move for move, is_told in zip(waiting, tells, strict=False) if is_told]
        waiting = [move for move in waiting if move not in told]
        if told and tells_twice:
            told.append(Move(told[0].minor, f"{told[0].reference}X", told[0].end_to_end))
        says(told, day=day)
        assert close(day).residual_minor == 0
        day += timedelta(days=1)
    for written in ReconciliationDay.objects.order_by("day"):
        assert close(written.day).residual_minor == 0


def test_eight_runs_at_once_leave_what_one_leaves(house: HouseAccount) -> None:
    for n in range(5):
        booked(100 + n, f"A{n}")
    says([Move(100 + n, f"R{n}", f"A{n}") for n in range(5)])

    def act(_: int) -> int:
        try:
            return len(reconcile(day=DAY, at=at(NEXT, 3)))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))
    reconcile(day=DAY, at=at(NEXT, 3))
    assert MatchClaim.objects.filter(is_live=True).count() == 10
    assert Movement.objects.count() == 5
    assert ReconciliationDay.objects.get().residual_minor == 0


def test_a_day_is_due_once_and_again_when_its_statement_comes_later(house: HouseAccount) -> None:
    says([Move(5, "R1")])
    morning = at(NEXT, 21)
    assert due(at=morning) == [DAY]
    assert reconcile_due(at=morning) == [DAY]
    assert due(at=morning) == []
    day_after = at(NEXT + timedelta(days=1), 1)
    assert reconcile_due(at=day_after) == [NEXT]
    says([Move(7, "R2")], day=NEXT, heard=at(NEXT + timedelta(days=1), 2))
    assert due(at=at(NEXT + timedelta(days=1), 2)) == [NEXT]
    before = ReconciliationDay.objects.count()
    reconcile_days()
    assert ReconciliationDay.objects.count() > before


def test_postgresql_holds_the_days_to_their_sums(house: HouseAccount) -> None:
    booked(5, "A")
    says([Move(5, "R1", "A")])
    close()
    for sql, constraint in (
        (
            "UPDATE merchants_reconciliationday SET residual_minor = 1",
            "merchants_reconciliation_day_adds_up",
        ),
        (
            "UPDATE merchants_reconciliationday SET ledger_opening_minor = 1",
            "merchants_reconciliation_day_rolls_forward",
        ),
        (
            "UPDATE merchants_safeguardingday SET requirement_minor = 999",
            "merchants_safeguarding_day_adds_up",
        ),
        (
            "UPDATE merchants_safeguardingday SET actioned_at = now()",
            "merchants_safeguarding_day_two_persons",
        ),
        ("UPDATE merchants_matchgroup SET state = 'PROPOSED'", "merchants_match_group_edge"),
        ("UPDATE merchants_matchgroup SET evidence = '{}'", "merchants_match_group_final"),
        ("UPDATE merchants_matchclaim SET is_live = TRUE", "merchants_match_claim_final"),
        ("UPDATE merchants_movement SET amount_minor = 1", "merchants_movement_final"),
        ("DELETE FROM merchants_matchclaim", "ledger_append_only"),
        ("DELETE FROM merchants_matchgroup", "ledger_append_only"),
        ("UPDATE merchants_matchstep SET actor = 'x'", "ledger_append_only"),
        ("DELETE FROM merchants_movement", "ledger_append_only"),
        (
            "UPDATE merchants_matchclaim SET movement_id = 1 WHERE line_id IS NOT NULL",
            "merchants_match_claim_final",
        ),
    ):
        with transaction.atomic():
            assert refused(sql) == constraint


def test_safeguarding_nets_nobody_s_debt_and_counts_what_is_under_way(
    house: HouseAccount,
) -> None:
    booked(10_000, "A")
    says([Move(10_000, "R1", "A")])
    close()
    day = SafeguardingDay.objects.get()
    assert day.unallocated_receipts_minor == 10_000
    assert (day.requirement_minor, day.resource_minor, day.difference_minor) == (10_000, 10_000, 0)
    assert (day.bank_balance_per_statement_minor, day.action) == (10_000, "NONE")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_due_before_the_first_statement(house: HouseAccount) -> None:
    assert due(at=at()) == []
