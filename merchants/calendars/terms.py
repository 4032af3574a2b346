"""On which terms merchants are settled, and agreeing to others from a business day on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TypedDict, Unpack

from django.db import connection

from merchants.access.audits import note
from merchants.errors import TermsBackdated, TermsTaken
from merchants.models import Merchant, SettlementCalendar, SettlementRun, SettlementTerms
from merchants.refusals import refused_as
from wallet.idempotency import use_case

_EVER = date(2000, 1, 1)
_EVER_AT = datetime(2000, 1, 1, tzinfo=UTC)
# Of two who make it at once, both find one.
_MAKE = """
    INSERT INTO merchants_settlementcalendar (name, zone, country, cutoff, schedule, delay_days)
    VALUES (%(name)s, %(zone)s, 'KR', '00:00', 'DAILY', 1) ON CONFLICT (name) DO NOTHING
"""


class Agreed(TypedDict, total=False):
    """What terms say besides the calendar; see ``SettlementTerms``."""

    reserve_bps: int
    reserve_days: int
    review_above_minor: int | None


def daily(zone: str) -> SettlementCalendar:
    """Return the calendar of merchants that agreed to nothing else: each day, due on T+1."""
    name = f"{zone} daily"
    found = SettlementCalendar.objects.filter(name=name).first()
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(_MAKE, {"name": name, "zone": zone})
        found = SettlementCalendar.objects.get(name=name)
    return found


def begin_terms(*, merchant: Merchant) -> SettlementTerms:
    """Give a new merchant its first terms, inside the caller's database transaction."""
    return SettlementTerms.objects.create(
        merchant=merchant,
        from_date=_EVER,
        calendar=daily(merchant.zone),
        agreed_at=_EVER_AT,
        agreed_by="default",
    )


def terms_of(*, merchant: Merchant, day: date) -> SettlementTerms:
    """Return the terms that a merchant is settled by on a business day.

    Raises:
        SettlementTerms.DoesNotExist: the merchant was not one yet.

    """
    agreed = SettlementTerms.objects.select_related("calendar")
    return agreed.filter(merchant=merchant, from_date__lte=day).latest("from_date")


@use_case
def change_terms(
    *,
    merchant: Merchant,
    calendar: SettlementCalendar,
    from_date: date,
    actor: str,
    at: datetime,
    **agreed: Unpack[Agreed],
) -> SettlementTerms:
    """Let a merchant be settled by other terms from a business day on.

    Raises:
        TermsBackdated: the closing of that day has begun, by the new calendar or the old one.
        TermsTaken: other terms begin on this very day.

    """
    calendars = {calendar.pk, terms_of(merchant=merchant, day=from_date).calendar_id}
    closings = SettlementRun.objects.filter(calendar__in=calendars)
    if closings.filter(business_date__gte=from_date, kind=SettlementRun.Kind.SCHEDULED).exists():
        raise TermsBackdated
    with refused_as(TermsTaken, "merchants_settlement_terms_one_at_a_time"):
        terms = SettlementTerms.objects.create(
            merchant=merchant,
            from_date=from_date,
            calendar=calendar,
            agreed_at=at,
            agreed_by=actor,
            **agreed,
        )
    facts = {"calendar": calendar.name, "from_date": from_date.isoformat(), **agreed}
    note(merchant=merchant, action="settlement_terms.changed", actor=actor, facts=facts, at=at)
    return terms
