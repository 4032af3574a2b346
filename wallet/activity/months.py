"""Days and months where the holder lives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wallet.errors import InvalidMonth, NoStatement, StatementNotYet

ZONE = ZoneInfo("Asia/Seoul")

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month: ``start`` belongs to it, ``end`` is the first instant that does not."""

    name: str
    start: datetime
    end: datetime


def read_month(text: str, *, opened_at: datetime, at: datetime) -> Month:
    """Return the month named ``2026-03`` of a wallet opened then.

    Raises:
        InvalidMonth: it is not a month.
        StatementNotYet: it has not begun.
        NoStatement: it ended before the wallet was opened.

    """
    match = _MONTH.fullmatch(text)
    if match is None:
        raise InvalidMonth
    year, number = int(match[1]), int(match[2])
    following = date(year + number // 12, number % 12 + 1, 1)
    month = Month(text, midnight(date(year, number, 1)), midnight(following))
    if month.start > at:
        raise StatementNotYet
    if month.end <= opened_at:
        raise NoStatement
    return month


def read_day(text: str) -> date:
    """Return the day named ``2026-03-02``.

    Raises:
        ValueError: it is not a day of this century.

    """
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def midnight(day: date) -> datetime:
    """Return the first instant of a day."""
    return datetime.combine(day, time(), ZONE)


def day_after(day: date) -> datetime:
    """Return the first instant after a day."""
    return midnight(day + timedelta(days=1))
