"""Closing months of the book: one person asks, another one decides, both with the right to.

A month goes from open to soft-closed to locked. A soft-closed one takes permitted references only
and may be opened again; a locked one takes nothing ever again. The book keeps to it by itself: see
Note [Closed periods] in ledger/models.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from hmac import compare_digest
from types import MappingProxyType

from ledger import periods as book
from ledger.models import Period, PeriodState
from merchants.access.audits import name_of
from merchants.errors import (
    PeriodMonthInvalid,
    PeriodRequestDecided,
    PeriodRequestOpen,
    PeriodRightMissing,
    PeriodUnfinished,
    SecondPersonNeeded,
    SeenOther,
)
from merchants.models import Break, PeriodRequest, ReconciliationDay, SettlementRun
from merchants.onboarding.digests import digest_of
from merchants.onboarding.staff import require_staff
from merchants.reconciliation.rules import HOME_ZONE
from merchants.refusals import refused_as
from merchants.states import RunState
from wallet.idempotency import use_case
from wallet.models import User

_Action = PeriodRequest.Action
_State = PeriodRequest.State
_GOES_TO: Mapping[str, PeriodState] = MappingProxyType(
    {
        _Action.SOFT_CLOSE: PeriodState.SOFT_CLOSED,
        _Action.LOCK: PeriodState.LOCKED,
        _Action.REOPEN: PeriodState.OPEN,
    }
)
RIGHTS = MappingProxyType(
    {
        _Action.SOFT_CLOSE: "merchants.close_periods",
        _Action.LOCK: "merchants.close_periods",
        _Action.REOPEN: "merchants.close_periods",
        _Action.PERMIT: "merchants.permit_postings",
    }
)
_LAST_MONTH = 12


def first_day(month: str) -> date:
    """Return the first day of a month written as ``2026-02``.

    Raises:
        PeriodMonthInvalid: there is no such month.

    """
    try:
        day = date.fromisoformat(f"{month}-01")
    except ValueError as exc:
        raise PeriodMonthInvalid from exc
    if f"{day:%Y-%m}" != month or day.year == date.max.year:
        raise PeriodMonthInvalid
    return day


def following(day: date) -> date:
    """Return the first day of the month after."""
    if day.month == _LAST_MONTH:
        return date(day.year + 1, 1, 1)
    return date(day.year, day.month + 1, 1)


def ends_at(month: str) -> datetime:
    """Return the first instant after a month, where finance is at home."""
    return datetime.combine(following(first_day(month)), time(), HOME_ZONE)


def standing_of(month: str) -> dict[str, int]:
    """Return what of a month is not finished: how many runs, days and breaks."""
    first = first_day(month)
    within = {"gte": first, "lt": following(first)}
    runs = SettlementRun.objects.filter(state=RunState.CLOSING)
    days = ReconciliationDay.objects.exclude(residual_minor=0, has_statement=True)
    return {
        "closing_runs": runs.filter(
            business_date__gte=within["gte"], business_date__lt=within["lt"]
        ).count(),
        "unexplained_days": days.filter(day__gte=within["gte"], day__lt=within["lt"]).count(),
        "open_breaks": Break.objects.exclude(state=Break.State.RESOLVED)
        .filter(first_seen_on__lt=within["lt"])
        .count(),
    }


def seen_of(request: PeriodRequest) -> str:
    """Return the digest of all that is decided upon, the standing of the month with it."""
    found = Period.objects.filter(name=request.month).first()
    return digest_of(
        {
            "request": request.pk,
            "month": request.month,
            "action": request.action,
            "reference": request.reference,
            "reason": request.reason,
            "requested_by": request.requested_by_id,
            "state": found.state if found else PeriodState.OPEN,
            **standing_of(request.month),
        }
    )


@use_case
def ask(
    *, month: str, action: str, reason: str, by: User, at: datetime, reference: str = ""
) -> PeriodRequest:
    """Ask to close, lock or open a month again, or to permit one reference in a soft-closed one.

    Raises:
        NotStaff, PeriodRightMissing: who asks may not.
        PeriodMonthInvalid: there is no such month.
        PeriodRequestOpen: the same waits to be decided.

    """
    _require_right(by, action)
    first_day(month)
    with refused_as(PeriodRequestOpen, "merchants_period_request_once"):
        return PeriodRequest.objects.create(
            month=month,
            action=action,
            reference=reference,
            reason=reason,
            requested_by=by,
            requested_at=at,
        )


@use_case
def approve(*, request: PeriodRequest, seen: str, by: User, at: datetime) -> PeriodRequest:
    """Approve what another person asked for, and do it.

    Raises:
        NotStaff, PeriodRightMissing: who approves may not.
        PeriodRequestDecided: it was decided before.
        SecondPersonNeeded: whoever asked for it does not decide it.
        SeenOther: it is not what was shown; see Note [What was seen].
        PeriodUnfinished: a month with an unexplained day is not locked.
        ledger.errors.PeriodError: the month does not go there.

    """
    found = _open_for(by, request)
    digest = seen_of(found)
    if not compare_digest(digest.encode(), seen.encode()):
        raise SeenOther
    names = {"maker": name_of(found.requested_by), "checker": name_of(by)}
    if found.action == _Action.PERMIT:
        period = Period.objects.filter(name=found.month).first()
        if period is None:
            raise PeriodMonthInvalid
        book.permit(period=period, reference=found.reference, reason=found.reason, at=at, **names)
    else:
        _refuse_unfinished(found)
        book.move_period(
            name=found.month,
            ends_at=ends_at(found.month),
            state=_GOES_TO[found.action],
            reason=found.reason,
            **names,
        )
    found.approved_digest = digest
    return _decided(found, _State.APPROVED, by, at)


@use_case
def reject(*, request: PeriodRequest, by: User, at: datetime) -> PeriodRequest:
    """Turn down what another person asked for.

    Raises:
        NotStaff, PeriodRightMissing: who decides may not.
        PeriodRequestDecided: it was decided before.
        SecondPersonNeeded: whoever asked for it does not decide it.

    """
    return _decided(_open_for(by, request), _State.REJECTED, by, at)


def _refuse_unfinished(request: PeriodRequest) -> None:
    standing = standing_of(request.month)
    runs, days = standing["closing_runs"], standing["unexplained_days"]
    if request.action == _Action.LOCK and (runs or days):
        raise PeriodUnfinished(runs, days)


def _require_right(by: User, action: str) -> None:
    require_staff(by)
    if not by.has_perm(RIGHTS[_Action(action)]):
        raise PeriodRightMissing


def _open_for(by: User, request: PeriodRequest) -> PeriodRequest:
    rows = PeriodRequest.objects.select_related("requested_by")
    found = rows.select_for_update(no_key=True, of=("self",)).get(pk=request.pk)
    _require_right(by, found.action)
    if found.state != _State.REQUESTED:
        raise PeriodRequestDecided
    if by.pk == found.requested_by_id:
        raise SecondPersonNeeded
    return found


def _decided(
    request: PeriodRequest, state: PeriodRequest.State, by: User, at: datetime
) -> PeriodRequest:
    request.state, request.decided_by, request.decided_at = state, by, at
    request.save()
    return request
