"""Which days are due to be closed, and the frozen input of each closing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ledger.horizon import settled_through
from merchants.models import SettlementRun
from merchants.states import RunState

HOME_ZONE = ZoneInfo("Asia/Seoul")


def ask_run(
    *, business_date: date, at: datetime, is_scheduled: bool = False
) -> SettlementRun | None:
    """Freeze the input of a closing and write down that it is due.

    Returns:
        The run; None when postings are still under way, so that the input cannot be frozen yet.

    """
    through_id = settled_through()
    if through_id is None:
        return None
    fields = {"through_id": through_id, "asked_at": at}
    if is_scheduled:
        return SettlementRun.objects.get_or_create(
            business_date=business_date, is_scheduled=True, defaults=fields
        )[0]
    return SettlementRun.objects.create(business_date=business_date, **fields)


def ask_due(*, at: datetime) -> None:
    """Ask for the closing of the day that ended last, unless it was asked for before."""
    yesterday = (at.astimezone(HOME_ZONE) - timedelta(days=1)).date()
    asked = SettlementRun.objects.filter(business_date=yesterday, is_scheduled=True)
    if not asked.exists():
        ask_run(business_date=yesterday, at=at, is_scheduled=True)


def pending() -> list[int]:
    """Return the ids of the runs that are due, the oldest first."""
    due = SettlementRun.objects.filter(state=RunState.PENDING).order_by("pk")
    return list(due.values_list("pk", flat=True))
