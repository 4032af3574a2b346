"""Breaks: somebody's, looked into, proposed by one, approved by another, and posted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ledger.accounts import account_id
from ledger.balances import balance, trial_balance
from merchants.errors import (
    BreakAboveLimit,
    BreakState,
    MatchState,
    MatchUnsound,
    NotStaff,
    SecondPersonNeeded,
)
from merchants.models import Break, BreakResolution, HouseAccount, MatchGroup, Movement
from merchants.reconciliation import matches, workflow
from merchants.reconciliation.ageing import age, bucket, due_on, missed_before
from tests.ledger.sql import refused
from tests.merchants.cast import DOYUN, MINJI, SENA, colleague, newcomer
from tests.merchants.reconciliation.bank import (
    DAY,
    at,
    booked,
    breaks,
    close,
    line,
    matched,
    says,
    terms,
)
from tests.merchants.statements.files import Move
from wallet.chart import PROVIDER_FEES, SUSPENSE
from wallet.models import User

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def sena(house: HouseAccount) -> User:
    return colleague(SENA)


@pytest.fixture
def doyun(house: HouseAccount) -> User:
    return colleague(DOYUN)


def fee(sena: User, minor: int = -20) -> BreakResolution:
    """Let the bank take a fee that Sena proposes to post."""
    says([Move(minor, "R1", "", "account fee")])
    close()
    about = Break.objects.get()
    workflow.assign(about=about, owner=sena, by=sena, reason="mine", at=at())
    workflow.investigate(about=about, by=sena, reason="asked the bank", at=at())
    return workflow.propose(
        about=about,
        resolution=Break.Resolution.ADJUSTED,
        counter_account=PROVIDER_FEES,
        reason="monthly fee",
        by=sena,
        at=at(),
    )


def test_what_one_proposes_another_approves_and_the_book_has_it(sena: User, doyun: User) -> None:
    proposal = fee(sena)
    with pytest.raises(SecondPersonNeeded):
        workflow.approve(proposal=proposal, by=sena, at=at(NEXT, 4))
    done = workflow.approve(proposal=proposal, by=doyun, at=at(NEXT, 4))
    assert (done.state, done.resolution) == ("RESOLVED", "ADJUSTED")
    assert balance(account_id(PROVIDER_FEES, "KRW")).minor == 20
    assert trial_balance() == {"KRW": 0}
    assert MatchGroup.objects.get().rule == "MANUAL"
    says([], day=NEXT)
    assert terms(close(NEXT)) == (-20, 0, 0, 0, -20, {}, 0)
    assert breaks() == []
    steps = done.steps.order_by("pk").values_list("state", "actor", "reason")
    assert list(steps) == [
        ("OPEN", "system", ""),
        ("ASSIGNED", f"user:{sena.pk}", "mine"),
        ("INVESTIGATING", f"user:{sena.pk}", "asked the bank"),
        ("PENDING_APPROVAL", f"user:{sena.pk}", "monthly fee"),
        ("RESOLVED", f"user:{doyun.pk}", "monthly fee"),
    ]


def test_a_proposal_is_decided_once(sena: User, doyun: User) -> None:
    proposal = fee(sena)
    workflow.reject(proposal=proposal, by=doyun, reason="no", at=at())
    assert Break.objects.get().state == "INVESTIGATING"
    for act in (workflow.approve,):
        with pytest.raises(BreakState):
            act(proposal=proposal, by=doyun, at=at())
    assert balance(account_id(PROVIDER_FEES, "KRW")).minor == 0


def test_large_amounts_need_a_permission(sena: User, doyun: User) -> None:
    proposal = fee(sena, -1_000_001)
    with pytest.raises(BreakAboveLimit):
        workflow.approve(proposal=proposal, by=doyun, at=at())
    doyun.is_superuser = True
    doyun.save()
    assert workflow.approve(proposal=proposal, by=doyun, at=at()).state == "RESOLVED"


def test_a_receipt_becomes_suspense_and_a_missing_payment_is_taken_back(
    sena: User, doyun: User
) -> None:
    booked(-700, "GONE")
    says([Move(5_000, "R1")])
    close()
    later = DAY + timedelta(days=7)
    close(later)
    for about in Break.objects.order_by("pk"):
        workflow.assign(about=about, owner=sena, by=sena, reason="", at=at(later))
        proposal = workflow.propose(
            about=about,
            resolution=Break.Resolution.RECOVERED,
            counter_account=SUSPENSE,
            reason="looked up",
            by=sena,
            at=at(later),
        )
        workflow.approve(proposal=proposal, by=doyun, at=at(later))
    day = close(later)
    assert (day.ledger_closing_minor, day.statement_closing_minor) == (5_000, 5_000)
    assert (day.residual_minor, breaks()) == (0, [])


def test_only_our_people_and_only_along_the_edges(sena: User, doyun: User) -> None:
    minji = newcomer(MINJI).holder
    says([Move(-20, "R1")])
    close()
    about = Break.objects.get()
    with pytest.raises(NotStaff):
        workflow.assign(about=about, owner=sena, by=minji, reason="", at=at())
    with pytest.raises(NotStaff):
        workflow.assign(about=about, owner=minji, by=sena, reason="", at=at())
    with pytest.raises(BreakState):
        workflow.investigate(about=about, by=sena, reason="", at=at())
    workflow.assign(about=about, owner=sena, by=sena, reason="", at=at())
    for account, reason in (("bank:operating", "x"), (SUSPENSE, " ")):
        with pytest.raises(MatchUnsound):
            workflow.propose(
                about=about,
                resolution=Break.Resolution.ADJUSTED,
                counter_account=account,
                reason=reason,
                by=sena,
                at=at(),
            )


def test_every_edge_that_is_not_in_the_table_is_refused_by_postgresql(sena: User) -> None:
    says([Move(-20, "R1")])
    close()
    Break.objects.update(owner=sena)
    for target in ("INVESTIGATING", "PENDING_APPROVAL", "REOPENED"):
        assert refused(f"UPDATE merchants_break SET state = '{target}'") == "merchants_break_edge"
    assert refused("UPDATE merchants_break SET subject = 'x'") == "merchants_break_final"
    assert refused("DELETE FROM merchants_break") == "ledger_append_only"
    assert refused("UPDATE merchants_breakstep SET actor = 'x'") == "ledger_append_only"
    assert (
        refused("UPDATE merchants_break SET state = 'RESOLVED'")
        == "merchants_break_resolved_somehow"
    )
    assert (
        refused("UPDATE merchants_break SET state = 'ASSIGNED', owner_id = NULL")
        == "merchants_break_has_an_owner"
    )


def test_one_person_cannot_decide_alone_even_past_python(sena: User) -> None:
    fee(sena)
    sql = (
        "UPDATE merchants_breakresolution SET state = '{}', checker_id = {}, decided_at = now(),"
        " transaction_id = {}"
    )
    assert (
        refused(sql.format("APPROVED", "maker_id", 1)) == "merchants_break_resolution_two_persons"
    )
    assert (
        refused("UPDATE merchants_breakresolution SET reason = ''")
        == "merchants_break_resolution_in_the_book"
    )


def test_a_match_is_undone_by_a_new_step_and_may_be_made_by_hand(sena: User) -> None:
    booked(-300, "A")
    says([Move(-300, "R1", "A")])
    close()
    group = MatchGroup.objects.get()
    matches.revoke(group=group, by=sena, reason="wrong one", at=at())
    assert list(group.steps.order_by("pk").values_list("state", flat=True)) == [
        "CONFIRMED",
        "REVOKED",
    ]
    with pytest.raises(MatchState):
        matches.revoke(group=group, by=sena, reason="again", at=at())
    # The same guess is not made again; a person may.
    assert close().residual_minor == 0
    assert matched() == []
    by_hand = matches.match_by_hand(
        lines=[line(-300)], movements=[Movement.objects.get()], by=sena, reason="it is", at=at()
    )
    assert (by_hand.rule, by_hand.state) == ("MANUAL", "CONFIRMED")
    with pytest.raises(MatchUnsound):
        matches.match_by_hand(
            lines=[line(-300)], movements=[Movement.objects.get()], by=sena, reason="", at=at()
        )
    with pytest.raises(MatchUnsound):
        matches.match_by_hand(lines=[], movements=[], by=sena, reason="", at=at())


def test_a_proposed_match_is_confirmed_or_rejected_once(sena: User) -> None:
    from merchants.reconciliation.rules import Rules

    booked(900, "A")
    says([Move(900, "R1")])
    close(rules=Rules(confirm_guesses_up_to={}))
    group = MatchGroup.objects.get()
    assert matches.confirm(group=group, by=sena, reason="yes", at=at()).state == "CONFIRMED"
    with pytest.raises(MatchState):
        matches.reject(group=group, by=sena, reason="no", at=at())


@pytest.mark.parametrize(
    ("days", "name"),
    [(0, "0-1"), (1, "0-1"), (2, "2-3"), (5, "4-5"), (10, "6-10"), (30, "11-30"), (31, ">30")],
)
def test_ages_fall_into_buckets(days: int, name: str) -> None:
    assert bucket(days) == name


def test_ages_are_counted_in_days_on_which_korea_s_banks_work() -> None:
    # 5 May is Children's Day, 1 May Workers' Day, which is the banks' own.
    found = Break(first_seen_on=date(2026, 4, 30), amount_minor=5, currency="KRW")
    assert age(found, date(2026, 5, 6)) == 2
    assert due_on(found) == date(2026, 5, 11)
    assert missed_before(date(2026, 5, 6)) <= date(2026, 5, 4)
