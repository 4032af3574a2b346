"""Reconciling a day: match, find what is left, write the equation and safeguarding down.

May be run at any time and any number of times: what is matched stays so, breaks and equations are
written once per subject and day. Killed at any line, it leaves what the last one left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max, Min

from merchants.models import HouseAccount, ReconciliationDay, ReconciliationRun, Statement
from merchants.reconciliation import equation, records, safeguarding
from merchants.reconciliation.finding import find_breaks
from merchants.reconciliation.hearing import hear, mark_reconciled
from merchants.reconciliation.matching import match
from merchants.reconciliation.rules import DEFAULT, HOME_ZONE, Rules
from wallet.idempotency import use_case

_ONE_DAY = timedelta(days=1)
MOST_DAYS = 31


def reconcile(*, day: date, at: datetime, rules: Rules = DEFAULT) -> list[ReconciliationDay]:
    """Reconcile a day of all our accounts; return their equations, or none while postings run."""
    hear(day=day, at=at)
    run = match(day=day, at=at, rules=rules)
    if run is None:
        return []
    mark_reconciled()
    return _close(run=run, day=day, at=at)


@use_case
def _close(*, run: ReconciliationRun, day: date, at: datetime) -> list[ReconciliationDay]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('merchants.reconciliation'))")
    records.compare(day=day)
    find_breaks(day=day)
    accounts = list(HouseAccount.objects.order_by("pk"))
    for currency in sorted({account.currency for account in accounts}):
        safeguarding.write(currency=currency, day=day)
    return [equation.write(account=account, day=day, run=run, at=at) for account in accounts]


def reconcile_due(*, at: datetime) -> list[date]:
    """Reconcile the days that ended and were not reconciled since their last statement came."""
    done = due(at=at)
    for day in done:
        reconcile(day=day, at=at)
    return list(done)


def due(*, at: datetime) -> Sequence[date]:
    """Return the days to reconcile, the oldest first."""
    yesterday = at.astimezone(HOME_ZONE).date() - _ONE_DAY
    facts = Statement.objects.filter(is_booked=True).aggregate(first=Min("opening_on"))
    if facts["first"] is None:
        return []
    computed = dict(
        ReconciliationDay.objects.values("day")
        .annotate(last=Max("computed_at"))
        .values_list("day", "last")
    )
    arrived = dict(
        Statement.objects.filter(is_booked=True)
        .values("closing_on")
        .annotate(last=Max("file__ended_at"))
        .values_list("closing_on", "last")
    )
    start = max(facts["first"], yesterday - MOST_DAYS * _ONE_DAY)
    days = (start + n * _ONE_DAY for n in range((yesterday - start).days + 1))
    return [
        day
        for day in days
        if day not in computed or (day in arrived and arrived[day] > computed[day])
    ]
