"""How much is out in allowances, and how much of what was claimed we lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, TruncDate

from ledger.money import Money
from merchants.models import Allowance, Voucher

DAYS = 30
_BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class Day:
    """What tills presented on one day (UTC), and what of it we paid; the rate in basis points."""

    day: date
    claimed: Money
    lost: Money

    @property
    def rate_bps(self) -> int:
        """What was lost of what was claimed."""
        return (
            0 if self.claimed.minor == 0 else self.lost.minor * _BASIS_POINTS // self.claimed.minor
        )


@dataclass(frozen=True, slots=True)
class Exposure:
    """One currency: reserves that can still be spent, all reserves, cases, and the last days."""

    currency: str
    allowances: int
    unexpired: Money
    reserves: Money
    open_cases: int
    days: list[Day]


def exposure(*, at: datetime, days: int = DAYS) -> list[Exposure]:
    """Return what is at stake in each currency in which there was ever an allowance."""
    reserve = F("loaded_minor") - F("claimed_minor") - F("released_minor")
    rows = Allowance.objects.values_list("currency").annotate(
        count=Count("pk", filter=Q(state=Allowance.State.ACTIVE, expires_at__gt=at)),
        unexpired=Coalesce(Sum(reserve, filter=Q(expires_at__gt=at)), 0),
        reserves=Coalesce(Sum(reserve), 0),
        cases=Count("pk", filter=Q(case__isnull=False, case__closed_at=None)),
    )
    by_day = _days(at - timedelta(days=days))
    return [
        Exposure(
            currency=currency,
            allowances=count,
            unexpired=Money(int(unexpired), currency),
            reserves=Money(int(reserves), currency),
            open_cases=cases,
            days=by_day.get(currency, []),
        )
        for currency, count, unexpired, reserves, cases in rows.order_by("currency")
    ]


def _days(since: datetime) -> dict[str, list[Day]]:
    rows = Voucher.objects.filter(received_at__gte=since).exclude(state=Voucher.State.LATE)
    sums = (
        rows.annotate(day=TruncDate("received_at"))
        .values_list("allowance__currency", "day")
        .annotate(claimed=Sum("amount_minor"), lost=Sum("loss_minor"))
        .order_by("allowance__currency", "-day")
    )
    found: dict[str, list[Day]] = {}
    for currency, day, claimed, lost in sums:
        line = Day(day, Money(int(claimed), currency), Money(int(lost), currency))
        found.setdefault(currency, []).append(line)
    return found
