"""What people do about matches: confirm, reject, revoke, and match by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from merchants.access.audits import name_of
from merchants.errors import MatchState, MatchUnsound
from merchants.models import BankLine, MatchClaim, MatchGroup, MatchStep, Movement
from merchants.onboarding.staff import require_staff
from merchants.reconciliation.rules import SCORES, VERSION
from merchants.refusals import refused_as
from wallet.idempotency import use_case
from wallet.models import User

_State = MatchGroup.State
EDGES = {
    (_State.PROPOSED, "confirm"): _State.CONFIRMED,
    (_State.PROPOSED, "reject"): _State.REJECTED,
    (_State.CONFIRMED, "revoke"): _State.REVOKED,
}


@use_case
def confirm(*, group: MatchGroup, by: User, reason: str, at: datetime) -> MatchGroup:
    """Say that a proposed match is right.

    Raises:
        NotStaff: not one of our people.
        MatchState: it is not proposed any more.

    """
    return _move(group, "confirm", by, reason, at)


@use_case
def reject(*, group: MatchGroup, by: User, reason: str, at: datetime) -> MatchGroup:
    """Say that a proposed match is wrong: its lines and movements are open again.

    Raises:
        NotStaff: not one of our people.
        MatchState: it is not proposed any more.

    """
    return _move(group, "reject", by, reason, at)


@use_case
def revoke(*, group: MatchGroup, by: User, reason: str, at: datetime) -> MatchGroup:
    """Undo a match: what it was stays written down, its lines and movements are open again.

    Raises:
        NotStaff: not one of our people.
        MatchState: it is not confirmed.

    """
    return _move(group, "revoke", by, reason, at)


@use_case
def match_by_hand(
    *,
    lines: Sequence[BankLine],
    movements: Sequence[Movement],
    by: User,
    reason: str,
    at: datetime,
) -> MatchGroup:
    """Match what a person says belongs together; its sums have to be the same.

    Raises:
        NotStaff: not one of our people.
        MatchUnsound: sums, accounts or currencies differ, or another match claims one of them.

    """
    require_staff(by)
    with refused_as(_Claimed, "merchants_line_claimed_once"):
        return join(lines=lines, movements=movements, actor=name_of(by), reason=reason, at=at)


class _Claimed(MatchUnsound):
    def __init__(self) -> None:
        super().__init__("another match claims one of them")


def join(
    *,
    lines: Sequence[BankLine],
    movements: Sequence[Movement],
    actor: str,
    reason: str,
    at: datetime,
) -> MatchGroup:
    """Make a confirmed match by hand, inside the caller's database transaction.

    Raises:
        MatchUnsound: sums, accounts or currencies differ.

    """
    both: list[BankLine | Movement] = [*lines, *movements]
    if len({(one.account_id, one.currency) for one in both}) != 1:
        raise MatchUnsound("they are of several accounts or currencies, or there are none")
    line_minor = sum(line.amount_minor for line in lines)
    movement_minor = sum(movement.amount_minor for movement in movements)
    if line_minor != movement_minor:
        raise MatchUnsound(f"the sums differ by {line_minor - movement_minor:+}")
    days = [line.statement.closing_on for line in lines if line.statement is not None]
    days += [movement.expected_on for movement in movements]
    group = MatchGroup.objects.create(
        account_id=both[0].account_id,
        rule="MANUAL",
        rule_version=VERSION,
        score=SCORES["MANUAL"],
        state=_State.CONFIRMED,
        first_on=min(days),
        last_on=max(days),
        evidence={"lines": len(lines), "movements": len(movements), "line_minor": line_minor},
        actor=actor,
        made_at=at,
    )
    claims = [MatchClaim(group=group, line=line) for line in lines]
    claims += [MatchClaim(group=group, movement=movement) for movement in movements]
    MatchClaim.objects.bulk_create(claims)
    _note(group, actor, reason, at)
    return group


def _move(group: MatchGroup, event: str, by: User, reason: str, at: datetime) -> MatchGroup:
    require_staff(by)
    found = MatchGroup.objects.select_for_update().get(pk=group.pk)
    state = EDGES.get((_State(found.state), event))
    if state is None:
        raise MatchState(found.state)
    found.state = state
    found.save(update_fields=["state"])
    if state != _State.CONFIRMED:
        found.claims.filter(is_live=True).update(is_live=False)
    _note(found, name_of(by), reason, at)
    return found


def _note(group: MatchGroup, actor: str, reason: str, at: datetime) -> None:
    MatchStep.objects.create(
        group=group, state=group.state, actor=actor, reason=reason, happened_at=at
    )
