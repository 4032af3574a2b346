"""The bank calendar of a country: which days money moves on, and due dates of T+N.

Korea's banks rest on public holidays and on Workers' Day, which is in the category ``bank``.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

_CATEGORIES = ("public", "bank")
_DAY = timedelta(days=1)
_SATURDAY = 5


@lru_cache(maxsize=64)
def _calendar(country: str) -> holidays.HolidayBase:
    try:
        # Asking which countries are known would import all of them.
        found = holidays.country_holidays(country)
    except NotImplementedError:
        return holidays.HolidayBase()
    categories = tuple(name for name in _CATEGORIES if name in found.supported_categories)
    return holidays.country_holidays(country, categories=categories or None)


def is_bank_day(day: date, country: str) -> bool:
    """Tell whether banks of a country (ISO 3166) work on a day."""
    return day.weekday() < _SATURDAY and day not in _calendar(country)


def bank_days_after(day: date, count: int, country: str) -> date:
    """Return the bank day that is ``count`` of them after a day; 0: it, or the next bank day."""
    while not is_bank_day(day, country) and count == 0:
        day += _DAY
    for _ in range(count):
        day += _DAY
        while not is_bank_day(day, country):
            day += _DAY
    return day


def bank_days_between(start: date, end: date, country: str) -> int:
    """Return how many bank days come after ``start`` up to ``end``: an age in business days."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_bank_day(day, country) for day in days)
