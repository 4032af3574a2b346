"""When days end and are due: cut-offs, days of 23 and 25 hours, weeks, months, bank holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.calendars.bank_days import bank_days_after, bank_days_between, is_bank_day
from merchants.calendars.days import business_date, day_end, following, period_at, period_of
from merchants.models import SettlementCalendar
from merchants.settlement.facts import day_shift

ZONES = ("Asia/Seoul", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "UTC")
CUTOFFS = (time(0), time(4), time(11, 59, 59, 999_999), time(12), time(22))
MICROSECOND = timedelta(microseconds=1)


def calendar(**fields: object) -> SettlementCalendar:
    return SettlementCalendar(**{"cutoff": time(0), "zone": "Asia/Seoul", **fields})


@pytest.mark.parametrize(
    ("cutoff", "ends"),
    [
        (time(0), "2026-03-02T15:00Z"),
        (time(4), "2026-03-02T19:00Z"),
        (time(22), "2026-03-02T13:00Z"),
    ],
)
def test_a_cutoff_before_noon_is_that_of_the_next_morning(cutoff: time, ends: str) -> None:
    assert day_end(day=date(2026, 3, 2), cutoff=cutoff, zone="Asia/Seoul") == (
        datetime.fromisoformat(ends)
    )


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 1), 24)]
)
def test_days_of_23_and_25_hours_are_so_long(day: date, hours: int) -> None:
    period = period_of(calendar(zone="America/New_York"), day)
    assert period.closes_at - period.opens_at == timedelta(hours=hours)


def test_where_midnight_does_not_exist_the_day_begins_at_the_jump() -> None:
    # Cairo's clocks go from 24 April 2026 00:00 to 01:00.
    ends = day_end(day=date(2026, 4, 23), cutoff=time(0), zone="Africa/Cairo")
    assert ends == datetime(2026, 4, 23, 22, tzinfo=UTC)
    assert ends.astimezone(ZoneInfo("Africa/Cairo")).hour == 1


@given(
    day=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    zone=st.sampled_from(ZONES),
    cutoff=st.sampled_from(CUTOFFS),
)
def test_every_instant_is_in_one_business_day_to_the_microsecond(
    day: date, zone: str, cutoff: time
) -> None:
    ends = day_end(day=day, cutoff=cutoff, zone=zone)
    assert business_date(at=ends - MICROSECOND, cutoff=cutoff, zone=zone) == day
    assert business_date(at=ends, cutoff=cutoff, zone=zone) == day + timedelta(days=1)


@given(
    seconds=st.integers(0, 500_000_000),
    microsecond=st.integers(0, 999_999),
    cutoff=st.sampled_from(CUTOFFS),
)
def test_postgresql_and_python_name_the_same_business_day(
    seconds: int, microsecond: int, cutoff: time
) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, microseconds=microsecond)
    local = at.astimezone(ZoneInfo("Asia/Seoul")).replace(tzinfo=None)
    named = (local + day_shift(cutoff)).date()
    assert named == business_date(at=at, cutoff=cutoff, zone="Asia/Seoul")


def test_weeks_and_months_end_on_their_day_and_follow_without_a_gap() -> None:
    weekly = calendar(schedule="WEEKLY", weekday=6)
    week = period_of(weekly, date(2026, 3, 4))
    assert (week.first, week.last) == (date(2026, 3, 2), date(2026, 3, 8))
    monthly = calendar(schedule="MONTHLY", month_day=31)
    month = period_of(monthly, date(2026, 2, 3))
    assert (month.first, month.last) == (date(2026, 2, 1), date(2026, 2, 28))
    for kind in (weekly, monthly, calendar(schedule="MONTHLY", month_day=15), calendar()):
        period = period_at(kind, datetime(2027, 12, 20, tzinfo=UTC))
        for _ in range(30):
            after = following(kind, period)
            assert after.opens_at == period.closes_at
            assert after.first == period.last + timedelta(days=1)
            period = after


@pytest.mark.parametrize(
    ("day", "count", "due"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),  # itself a holiday in place of 1 March
        (date(2026, 4, 30), 1, date(2026, 5, 4)),  # 1 May: Workers' Day, on which banks rest
        (date(2026, 2, 13), 1, date(2026, 2, 19)),  # a week-end, and three days of Seollal
        (date(2026, 2, 13), 2, date(2026, 2, 20)),
        (date(2026, 5, 1), 0, date(2026, 5, 4)),
        (date(2026, 5, 4), 0, date(2026, 5, 4)),
    ],
)
def test_what_was_closed_is_due_on_a_day_on_which_banks_work(
    day: date, count: int, due: date
) -> None:
    assert bank_days_after(day, count, "KR") == due
    assert is_bank_day(due, "KR")


def test_ages_are_counted_in_bank_days() -> None:
    assert bank_days_between(date(2026, 2, 13), date(2026, 2, 20), "KR") == 2
    assert bank_days_between(date(2026, 2, 13), date(2026, 2, 13), "KR") == 0
