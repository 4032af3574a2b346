"""P5 and P6: what only amounts and days tell; taken up to an amount, else proposed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.db import connection

from merchants.calendars.bank_days import is_bank_day
from merchants.reconciliation.rules import (
    COUNTRY,
    MOST_CANDIDATES,
    MOST_SUBSETS,
    WINDOW_BANK_DAYS,
)

_DAYS = "SELECT DISTINCT booked_on FROM open_line"
_UNIQUE = """
    WITH pair AS (
        SELECT l.id AS line_id, m.id AS movement_id,
            count(*) OVER (PARTITION BY l.id) AS lines,
            count(*) OVER (PARTITION BY m.id) AS movements
        FROM open_line AS l
        INNER JOIN near_day AS d ON d.booked_on = l.booked_on
        INNER JOIN open_movement AS m
            ON m.account_id = l.account_id AND m.amount_minor = l.amount_minor
            AND m.currency = l.currency AND m.expected_on BETWEEN d.first_on AND d.last_on
    )
    INSERT INTO found (key, line_id, movement_id)
    SELECT 'l' || pair.line_id, CASE n WHEN 1 THEN pair.line_id END,
        CASE n WHEN 2 THEN pair.movement_id END
    FROM pair CROSS JOIN generate_series(1, 2) AS n
    WHERE pair.lines = 1 AND pair.movements = 1
"""
_NEAR_DAYS = """
    DROP TABLE IF EXISTS near_day;
    CREATE TEMPORARY TABLE near_day ON COMMIT DROP AS
    SELECT * FROM unnest(%(days)s::date[], %(first)s::date[], %(last)s::date[])
        AS d (booked_on, first_on, last_on)
"""
# Only lines with few candidates: among many, some subset nearly always fits.
_CANDIDATES = """
    SELECT l.id, l.amount_minor, array_agg(m.id ORDER BY m.id),
        array_agg(m.amount_minor ORDER BY m.id)
    FROM open_line AS l
    INNER JOIN near_day AS d ON d.booked_on = l.booked_on
    INNER JOIN open_movement AS m
        ON m.account_id = l.account_id AND sign(m.amount_minor) = sign(l.amount_minor)
        AND abs(m.amount_minor) < abs(l.amount_minor)
        AND m.expected_on BETWEEN d.first_on AND d.last_on
    GROUP BY l.id, l.amount_minor
    HAVING count(*) BETWEEN 2 AND %(most)s
    ORDER BY l.id LIMIT %(lines)s
"""
_TAKE = "INSERT INTO found (key, line_id, movement_id) VALUES (%s, %s, %s)"


def by_amount_and_day() -> None:
    """P5: amount, account and day within some bank days, where only one fits, both ways."""
    _look_around()
    with connection.cursor() as cursor:
        cursor.execute(_UNIQUE)


def by_sum() -> None:
    """P6: the only set of a few movements that adds up to a line."""
    _look_around()
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"most": MOST_CANDIDATES, "lines": MOST_SUBSETS})
        rows = cursor.fetchall()
        claimed: set[int] = set()
        for line_id, amount, ids, amounts in rows:
            places = only_subset(amounts, amount)
            chosen = [ids[place] for place in places or ()]
            if len(chosen) > 1 and claimed.isdisjoint(chosen):
                claimed.update(chosen)
                key = f"l{line_id}"
                claims = [(key, line_id, None), *((key, None, found) for found in chosen)]
                cursor.executemany(_TAKE, claims)


def only_subset(amounts: Sequence[int], target: int) -> tuple[int, ...] | None:
    """Return the places of the only subset that sums to ``target``; None: there is none, or more.

    Both halves' sums are made and met in the middle: 2 times 2^13 sums for 25 amounts.
    """
    middle = len(amounts) // 2
    left: dict[int, list[int]] = defaultdict(list)
    for total, mask in _sums(amounts[:middle]):
        if len(left[total]) < 2:  # noqa: PLR2004 - two are as many as too many.
            left[total].append(mask)
    found: int | None = None
    for total, mask in _sums(amounts[middle:]):
        for other in left.get(target - total, ()):
            if found is not None:
                return None
            found = other | mask << middle
    if not found:
        return None
    return tuple(place for place in range(len(amounts)) if found >> place & 1)


def _sums(amounts: Sequence[int]) -> Iterator[tuple[int, int]]:
    sums = [0]
    for amount in amounts:
        sums += [total + amount for total in sums]
    return ((total, mask) for mask, total in enumerate(sums))


def _look_around() -> None:
    """Write down for each day of an open line which days are near it."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS)
        days = [row[0] for row in cursor.fetchall()]
        facts = {
            "days": days,
            "first": [_bank_days_away(day, -1) for day in days],
            "last": [_bank_days_away(day, 1) for day in days],
        }
        cursor.execute(_NEAR_DAYS, facts)


def _bank_days_away(day: date, step: int) -> date:
    left = WINDOW_BANK_DAYS
    while left:
        day += timedelta(days=step)
        left -= is_bank_day(day, COUNTRY)
    return day
