"""How old a break is, in days on which banks work."""

from __future__ import annotations

from datetime import date

from merchants.calendars.bank_days import bank_days_after, bank_days_between
from merchants.models import Break
from merchants.reconciliation.rules import COUNTRY, GRACE_BANK_DAYS

BUCKETS = ((1, "0-1"), (3, "2-3"), (5, "4-5"), (10, "6-10"), (30, "11-30"))
OLDEST = ">30"
# Within how many bank days a break is to be cleared: the larger or older, the sooner.
_DUE_WITHIN = ((10_000_000, 1), (1_000_000, 2), (100_000, 3), (0, 5))


def age(found: Break, day: date) -> int:
    """Return how many bank days have passed since a break was first seen."""
    return bank_days_between(found.first_seen_on, found.resolved_on or day, COUNTRY)


def bucket(bank_days: int) -> str:
    """Return the bucket of an age."""
    return next((name for most, name in BUCKETS if bank_days <= most), OLDEST)


def due_on(found: Break) -> date:
    """Return until when a break is to be cleared."""
    within = next(days for least, days in _DUE_WITHIN if abs(found.amount_minor) >= least)
    return bank_days_after(found.first_seen_on, within, COUNTRY)


def missed_before(day: date) -> date:
    """Return the day before which what is expected at the bank is overdue on ``day``."""
    candidate = day
    while bank_days_between(candidate, day, COUNTRY) <= GRACE_BANK_DAYS:
        candidate = date.fromordinal(candidate.toordinal() - 1)
    return date.fromordinal(candidate.toordinal() + 1)
