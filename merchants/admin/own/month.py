"""A month as a sheet of days: what was settled for each, and what is paid on it."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from merchants.admin.showing import amount
from merchants.calendars.bank_days import is_bank_day
from merchants.models import Merchant, Payout, Settlement

_COUNTRY = "KR"


@dataclass(slots=True)
class Day:
    """One day of the sheet; ``is_other`` where it is of the month before or after."""

    day: date
    is_other: bool
    is_today: bool
    is_closed: bool
    settled: list[tuple[int, str]] = field(default_factory=list)
    paid: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Month:
    """The sheet, and the months before and after it as addresses name them."""

    first: date
    days: list[Day]
    before: str
    after: str
    names: list[str]


def month_of(text: str, today: date) -> date:
    """Return the first day of the month that an address names, this month where it names none."""
    year, _dash, month = text.partition("-")
    fits = len(year) == 4 and len(month) == 2 and (year + month).isdecimal() and text.isascii()  # noqa: PLR2004
    if not fits or not 1 <= int(month) <= 12 or not 2000 <= int(year) <= 2999:  # noqa: PLR2004
        return today.replace(day=1)
    return date(int(year), int(month), 1)


def sheet(*, merchant: Merchant, first: date, today: date) -> Month:
    """Return a month of a merchant, by two queries."""
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    shown = [day for week in weeks for day in week]
    settled, paid = _of(merchant, shown[0], shown[-1])
    days = [
        Day(
            day=day,
            is_other=day.month != first.month,
            is_today=day == today,
            is_closed=not is_bank_day(day, _COUNTRY),
            settled=settled[day],
            paid=paid[day],
        )
        for day in shown
    ]
    after = (first + timedelta(days=31)).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    return Month(first, days, f"{before:%Y-%m}", f"{after:%Y-%m}", _names())


def _of(
    merchant: Merchant, start: date, end: date
) -> tuple[dict[date, list[tuple[int, str]]], ...]:
    settled, paid = defaultdict(list), defaultdict(list)
    rows = Settlement.objects.filter(merchant=merchant, business_date__range=(start, end))
    for pk, day, net, currency in rows.order_by("pk").values_list(
        "pk", "business_date", "net_minor", "currency"
    )[:400]:
        settled[day].append((pk, amount(net, currency)))
    payouts = Payout.objects.filter(merchant=merchant, due_on__range=(start, end))
    for pk, day, minor, currency in payouts.order_by("pk").values_list(
        "pk", "due_on", "amount_minor", "currency"
    )[:400]:
        paid[day].append((pk, amount(minor, currency)))
    return settled, paid


def _names() -> list[str]:
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
