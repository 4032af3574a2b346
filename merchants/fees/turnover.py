"""What a merchant took in a calendar month, which decides the tier of the month after.

The month before is over when a payment is made, so that its price can be told beforehand and no
later payment changes it. It is counted once, when it is first asked for, and kept.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from merchants.models import Merchant, MonthlyTurnover, Payment

# Of two who count at once, both keep what the first one counted.
_KEEP = """
    INSERT INTO merchants_monthlyturnover (merchant_id, month, amount_minor, counted_at)
    VALUES (%s, %s, %s, %s) ON CONFLICT ON CONSTRAINT merchants_monthly_turnover_once DO NOTHING
"""


def turnover_before(*, merchant: Merchant, at: datetime) -> int:
    """Return the turnover of the calendar month before an instant, in minor units.

    Months are those of the merchant's zone. Refunds until the counting are taken off.
    """
    month = month_before(at=at, zone=merchant.zone)
    kept = MonthlyTurnover.objects.filter(merchant=merchant, month=month)
    found = kept.values_list("amount_minor", flat=True).first()
    if found is not None:
        return found
    counted = _count(merchant, month)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [merchant.pk, month, counted, at])
    return kept.values_list("amount_minor", flat=True).get()


def month_before(*, at: datetime, zone: str) -> date:
    """Return the first day of the calendar month before an instant, in a zone."""
    this = at.astimezone(ZoneInfo(zone)).date().replace(day=1)
    return (this - timedelta(days=1)).replace(day=1)


def _count(merchant: Merchant, month: date) -> int:
    following = (month + timedelta(days=31)).replace(day=1)
    paid = Payment.objects.filter(
        merchant=merchant,
        paid_at__gte=_midnight(month, merchant.zone),
        paid_at__lt=_midnight(following, merchant.zone),
    )
    left = F("amount_minor") - F("refunded_minor")
    return int(paid.aggregate(sum=Coalesce(Sum(left), 0))["sum"])


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
