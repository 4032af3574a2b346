"""When business days end in a zone, to the microsecond, on days of 23 and 25 hours too.

Note [Cut-offs]: a cut-off before noon is that of the next morning, any other that of the day
itself. The business day of 2 March with the cut-off 00:00 ends as 3 March begins, with 04:00 in
the night after, with 22:00 on its own evening. Where the clock shows the cut-off twice, the first
time counts; where it never shows it, the instant at which it jumps over it.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from merchants.models import SettlementCalendar

NOON = time(12)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The business days that are closed together: ``opens_at`` is in it, ``closes_at`` not."""

    first: date
    last: date
    opens_at: datetime
    closes_at: datetime


def day_end(*, day: date, cutoff: time, zone: str) -> datetime:
    """Return the first instant that is no longer in a business day, in UTC."""
    on = day + _DAY if cutoff < NOON else day
    # Arithmetic with a zone goes by the wall clock; an instant is what counts here.
    return datetime.combine(on, cutoff, ZoneInfo(zone)).astimezone(UTC)


def business_date(*, at: datetime, cutoff: time, zone: str) -> date:
    """Return the business day that an instant is in."""
    day = at.astimezone(ZoneInfo(zone)).date() - 2 * _DAY
    while day_end(day=day, cutoff=cutoff, zone=zone) <= at:
        day += _DAY
    return day


def period_of(calendar: SettlementCalendar, day: date) -> Period:
    """Return the period that a business day is in."""
    last = _last_day(calendar, day)
    first = _first_day(calendar, last)
    return Period(first, last, _end(calendar, first - _DAY), _end(calendar, last))


def period_at(calendar: SettlementCalendar, at: datetime) -> Period:
    """Return the period that an instant is in."""
    day = business_date(at=at, cutoff=calendar.cutoff, zone=calendar.zone)
    return period_of(calendar, day)


def following(calendar: SettlementCalendar, period: Period) -> Period:
    """Return the period after another one."""
    return period_of(calendar, period.last + _DAY)


def before(calendar: SettlementCalendar, period: Period) -> Period:
    """Return the period before another one."""
    return period_of(calendar, period.first - _DAY)


def _end(calendar: SettlementCalendar, day: date) -> datetime:
    return day_end(day=day, cutoff=calendar.cutoff, zone=calendar.zone)


def _last_day(calendar: SettlementCalendar, day: date) -> date:
    if calendar.weekday is not None:
        return day + timedelta(days=(calendar.weekday - day.weekday()) % 7)
    if calendar.month_day is not None:
        last = _in_month(day.year, day.month, calendar.month_day)
        return last if day <= last else _in_month(*_month_after(day), calendar.month_day)
    return day


def _first_day(calendar: SettlementCalendar, last: date) -> date:
    if calendar.weekday is not None:
        return last - timedelta(days=6)
    if calendar.month_day is not None:
        earlier = last.replace(day=1) - _DAY
        return _in_month(earlier.year, earlier.month, calendar.month_day) + _DAY
    return last


def _in_month(year: int, month: int, day: int) -> date:
    """Return a day of a month, or its last one where it is shorter."""
    return date(year, month, min(day, months.monthrange(year, month)[1]))


def _month_after(day: date) -> tuple[int, int]:
    return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)  # noqa: PLR2004
