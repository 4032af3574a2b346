"""What the statements of ``merchants.settlement.computing`` ask about a run."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from merchants.calendars.days import NOON
from merchants.models import SettlementRun


def facts_of(run: SettlementRun, *, at: datetime) -> dict[str, Any]:
    """Return what the statements ask about a run, written down or only thought of."""
    return {
        "run_id": run.pk or 0,
        "calendar_id": run.calendar_id,
        "business_date": run.business_date.isoformat(),
        "kind": run.kind,
        "window_from": run.window_from,
        "window_to": run.window_to,
        "window_text": f"{stamp(run.window_from)},{stamp(run.window_to)}",
        "through_id": run.through_id,
        "due_on": run.due_on,
        "zone": run.calendar.zone,
        "day_shift": day_shift(run.calendar.cutoff),
        "at": at,
    }


def stamp(at: datetime) -> str:
    """Return an instant as it stands in a settlement's file."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def day_shift(cutoff: time) -> timedelta:
    """Return what is added to a local time so that its date is the business day."""
    into = timedelta(hours=cutoff.hour, minutes=cutoff.minute, seconds=cutoff.second)
    into += timedelta(microseconds=cutoff.microsecond)
    return -into if cutoff < NOON else timedelta(days=1) - into
