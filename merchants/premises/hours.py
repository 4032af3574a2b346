"""Opening hours: for each day of the week the spans in which a store is open.

As JSON ``{"MON": [["09:00", "12:00"], ["13:00", "22:00"]]}``; a day left out is closed. A span
ends after it begins, on the same day, at ``24:00`` at the latest; one past midnight is two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from merchants.errors import InvalidOpeningHours

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
MOST_SPANS = 4
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00", re.ASCII)

Hours = dict[str, list[list[str]]]


def check_hours(hours: object) -> Hours:
    """Return opening hours as they came, once every day of them is in order.

    Raises:
        InvalidOpeningHours: not a day, not a time, or spans that overlap or are out of order.

    """
    if not isinstance(hours, Mapping):
        raise InvalidOpeningHours("the week")
    for day, spans in hours.items():
        if day not in DAYS or not _are_in_order(spans):
            raise InvalidOpeningHours(str(day)[:20])
    return {day: hours[day] for day in DAYS if hours.get(day)}


def is_open(*, hours: Hours, zone: str, at: datetime) -> bool:
    """Tell whether a store is open at an instant; one without hours is, always."""
    if not hours:
        return True
    local = at.astimezone(ZoneInfo(zone))
    time = f"{local:%H:%M}"
    return any(start <= time < end for start, end in hours.get(DAYS[local.weekday()], []))


def _are_in_order(spans: object) -> bool:
    if not isinstance(spans, list) or len(spans) > MOST_SPANS:
        return False
    times = list(_times(spans))
    # Times of one length compare as text.
    return None not in times and all(a < b for a, b in pairwise(map(str, times)))


def _times(spans: list[object]) -> Iterator[str | None]:
    for span in spans:
        if not isinstance(span, list) or len(span) != 2:  # noqa: PLR2004 - from and to.
            yield None
            continue
        for time in span:
            yield time if isinstance(time, str) and _TIME.fullmatch(time) else None
