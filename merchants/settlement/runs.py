"""Which periods are due to be closed, and freezing the input of each closing.

Note [What a closing reads]: an entry belongs to the first settlement of its merchant whose run was
frozen after the entry was committed and whose window ends after it counts. A settlement therefore
takes what counts from where the one before it ended, found by an index, and what came too late for
that: at each freezing the postings since the last one are read once, and those that count before
the end of an earlier run are written down as late.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from ledger.horizon import settled_through
from merchants.calendars.bank_days import bank_days_after
from merchants.calendars.days import Period, before, following, period_at
from merchants.errors import DayNotOver
from merchants.models import SettlementCalendar, SettlementRun, SettlementTerms
from merchants.states import RunState
from wallet.idempotency import use_case

SHARDS = 256
MOST_AT_ONCE = 60  # periods of one calendar asked for by one job, after a long stop
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('merchants.settlement.freeze'))"
_FIND_LATE = """
    INSERT INTO merchants_lateentry (entry_id, merchant_id, found_at)
    SELECT e.id, m.id, %(at)s
    FROM ledger_transaction AS t
    INNER JOIN ledger_entry AS e ON e.transaction_id = t.id
    INNER JOIN merchants_merchant AS m ON m.payable_account_id = e.account_id
    WHERE t.id > %(after_id)s AND t.id <= %(through_id)s AND t.effective_at < %(before)s
    ON CONFLICT DO NOTHING
"""
_SHARDS = """
    INSERT INTO merchants_settlementshard (
        run_id, number, state, token, attempts, settlement_count, failure
    )
    SELECT DISTINCT %(run_id)s::bigint, m.id %% 256, 'PENDING', 0, 0, 0, ''
    FROM merchants_merchant AS m
    CROSS JOIN LATERAL (
        SELECT x.calendar_id FROM merchants_settlementterms AS x
        WHERE x.merchant_id = m.id AND x.from_date <= %(business_date)s
        ORDER BY x.from_date DESC LIMIT 1
    ) AS t
    WHERE t.calendar_id = %(calendar_id)s
"""
_FINISH = """
    UPDATE merchants_settlementrun AS r SET state = 'CLOSED', closed_at = %(at)s
    WHERE r.state = 'CLOSING' AND NOT EXISTS (
        SELECT FROM merchants_settlementshard AS s WHERE s.run_id = r.id AND s.state <> 'DONE'
    )
"""


def ask_due(*, at: datetime) -> list[SettlementRun]:
    """Ask for the closing of every period that has ended and was not asked for, in order.

    What is due follows from the calendars alone: two clocks that tick, one that missed its ticks
    and an hour that comes twice all lead to the same runs.
    """
    used = SettlementTerms.objects.values("calendar_id")
    asked: list[SettlementRun] = []
    for calendar in SettlementCalendar.objects.filter(pk__in=used).order_by("pk"):
        asked += _ask_due_of(calendar, at)
    return asked


def _ask_due_of(calendar: SettlementCalendar, at: datetime) -> list[SettlementRun]:
    asked: list[SettlementRun] = []
    scheduled = SettlementRun.objects.filter(
        calendar=calendar, kind=SettlementRun.Kind.SCHEDULED
    ).order_by("-business_date")
    last = scheduled.first()
    period = before(calendar, period_at(calendar, at))
    if last is not None:
        known = Period(last.business_date, last.business_date, last.window_from, last.window_to)
        period = following(calendar, known)
    while period.closes_at <= at and len(asked) < MOST_AT_ONCE:
        run = ask_run(calendar=calendar, period=period, at=at)
        if run is None:
            break
        asked.append(run)
        period = following(calendar, period)
    return asked


def ask_run(*, calendar: SettlementCalendar, period: Period, at: datetime) -> SettlementRun | None:
    """Freeze the input of a period's closing and write down that it is due, once.

    Returns:
        The run; None when postings are still under way, so that nothing can be frozen yet.

    Raises:
        DayNotOver: the period has not ended.

    """
    if at < period.closes_at:
        raise DayNotOver
    through_id = settled_through()
    if through_id is None:
        return None
    run = SettlementRun(
        calendar=calendar,
        business_date=period.last,
        window_from=period.opens_at,
        window_to=period.closes_at,
        settled_before=period.closes_at,
        due_on=bank_days_after(period.last, calendar.delay_days, calendar.country),
        through_id=through_id,
        asked_at=at,
    )
    return freeze(run=run)


def ask_early(*, calendar: SettlementCalendar, at: datetime) -> SettlementRun | None:
    """Close the period that is under way for what it has so far; the rest is closed as it ends.

    Returns:
        The run; None when postings are still under way.

    """
    through_id = settled_through()
    if through_id is None:
        return None
    period = period_at(calendar, at)
    run = SettlementRun(
        calendar=calendar,
        kind=SettlementRun.Kind.EARLY,
        business_date=period.last,
        window_from=period.opens_at,
        window_to=at,
        # What counts from this period may still come, and is not late then.
        settled_before=period.opens_at,
        due_on=bank_days_after(period.last, calendar.delay_days, calendar.country),
        through_id=through_id,
        asked_at=at,
    )
    return freeze(run=run)


@use_case
def freeze(*, run: SettlementRun) -> SettlementRun:
    """Write a run down with its shards, and which postings came too late for earlier runs."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
    if run.kind == SettlementRun.Kind.SCHEDULED:
        same = SettlementRun.objects.filter(
            calendar=run.calendar, business_date=run.business_date, kind=run.kind
        ).first()
        if same is not None:
            return same
    earlier = SettlementRun.objects.aggregate(
        through_id=Max("through_id"), before=Max("settled_before")
    )
    run.through_id = max(run.through_id, earlier["through_id"] or 0)
    run.save(force_insert=True)
    facts: dict[str, Any] = {
        "run_id": run.pk,
        "calendar_id": run.calendar_id,
        "business_date": run.business_date,
        "at": run.asked_at,
        "after_id": earlier["through_id"],
        "through_id": run.through_id,
        "before": earlier["before"],
    }
    with connection.cursor() as cursor:
        if earlier["before"] is not None:
            cursor.execute(_FIND_LATE, facts)
        cursor.execute(_SHARDS, facts)
    return run


@use_case
def finish(*, at: datetime) -> int:
    """Close the runs whose shards are all done; return how many they were."""
    with connection.cursor() as cursor:
        cursor.execute(_FINISH, {"at": at})
        return int(cursor.rowcount)


def unfinished() -> list[SettlementRun]:
    """Return the runs that still have something to do, the oldest first."""
    return list(SettlementRun.objects.filter(state=RunState.CLOSING).order_by("pk"))
