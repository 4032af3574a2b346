"""What a merchant's staff see first: the next payout with its day and its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from merchants.admin.showing import amount, on
from merchants.admin.words import reason_of
from merchants.calendars.bank_days import bank_days_after
from merchants.calendars.days import period_at
from merchants.calendars.terms import terms_of
from merchants.models import Merchant, Settlement
from merchants.states import LIVE, SettlementState

_WAITING = (SettlementState.REVIEW, SettlementState.APPROVED, SettlementState.HELD)
_MOST = 400  # days of a merchant that are not paid yet; more are summed up by nobody


@dataclass(frozen=True, slots=True)
class NextPayout:
    """What is paid next: the day (None: nobody knows), how much (None: not settled yet), why."""

    due_on: date | None
    amount: str
    says: list[str]
    settlements: list[Settlement]
    is_held: bool = False


def next_payout(*, merchant: Merchant, at: datetime) -> NextPayout:
    """Return what the merchant is paid next, as it stands now."""
    unpaid = Settlement.objects.filter(
        merchant=merchant, state__in=[SettlementState.PAYABLE, *_WAITING]
    )
    rows = list(unpaid.select_related("payout").order_by("due_on", "pk")[:_MOST])
    payable = [row for row in rows if row.state == SettlementState.PAYABLE]
    if payable:
        return _payable(payable, at)
    if rows:
        return _waiting(rows)
    return _open_day(merchant, at)


def _payable(rows: list[Settlement], at: datetime) -> NextPayout:
    today = at.date()
    first = max(rows[0].due_on, today)
    due = [row for row in rows if max(row.due_on, today) == first]
    says = [_of_days(due)]
    if any(row.payout is not None and row.payout.state in LIVE for row in due):
        says.append(_("It is on its way to the bank."))
    elif rows[0].due_on < today:
        says.append(_("It was due before, and is part of the next payout run."))
    return NextPayout(first, _sum(due), says, due)


def _waiting(rows: list[Settlement]) -> NextPayout:
    held = [row for row in rows if row.state == SettlementState.HELD]
    shown = held or rows
    why = (
        reason_of(shown[0].hold_reason)
        if held
        else _("A person looks at it, because it is more than usual.")
    )
    return NextPayout(None, _sum(shown), [_of_days(shown), why], shown, is_held=bool(held))


def _open_day(merchant: Merchant, at: datetime) -> NextPayout:
    calendar = terms_of(merchant=merchant, day=at.date()).calendar
    period = period_at(calendar, at)
    due = bank_days_after(period.last, calendar.delay_days, calendar.country)
    says = [
        _("Nothing that is settled waits to be paid."),
        _("The day that goes on closes at %(moment)s.") % {"moment": on(period.closes_at)},
    ]
    return NextPayout(due, "", says, [])


def _of_days(rows: list[Settlement]) -> str:
    first, last = min(r.business_date for r in rows), max(r.business_date for r in rows)
    if first == last:
        return _("For %(day)s.") % {"day": on(first)}
    return _("For %(first)s to %(last)s.") % {"first": on(first), "last": on(last)}


def _sum(rows: list[Settlement]) -> str:
    return amount(sum(row.payout_minor for row in rows), rows[0].currency)
