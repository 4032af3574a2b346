"""What a day that is not over comes to so far, and the next one; and with another fee plan.

A preview is settled for real, by the statement that closes days, and then undone: nothing of it
is ever committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from ledger.models import Transaction
from merchants.calendars.bank_days import bank_days_after
from merchants.calendars.days import Period, following, period_at
from merchants.calendars.terms import terms_of
from merchants.fees.pricing import payment_fee, price_of, vat
from merchants.fees.turnover import turnover_before
from merchants.models import (
    FeePlan,
    FeeRate,
    Merchant,
    Settlement,
    SettlementCalendar,
    SettlementItem,
    SettlementRun,
)
from merchants.settlement.computing import RELEASE, RESERVE, SETTLE_ONE
from merchants.settlement.facts import facts_of


@dataclass(frozen=True, slots=True)
class Preview:
    """A day as it would be settled now; ``settlement`` is None when there is nothing to settle."""

    business_date: date
    closes_at: datetime
    due_on: date
    settlement: Settlement | None


@dataclass(frozen=True, slots=True)
class FeeDifference:
    """What the payments of a day cost, and what they would cost by another plan; minor units."""

    payment_count: int
    fee_minor: int
    vat_minor: int
    other_fee_minor: int
    other_vat_minor: int

    @property
    def net_change_minor(self) -> int:
        """What the merchant would get more; negative: less."""
        return self.fee_minor + self.vat_minor - self.other_fee_minor - self.other_vat_minor


def preview(*, merchant: Merchant, at: datetime) -> list[Preview]:
    """Return the day that is under way and the one after it, as they stand now."""
    calendar = _calendar(merchant, at)
    today = period_at(calendar, at)
    with _undone():
        return [
            _shown(merchant, calendar, period, at)
            for period in (today, following(calendar, today))
        ]


def compare_plan(*, merchant: Merchant, plan: FeePlan, at: datetime) -> FeeDifference:
    """Return what the payments of the day under way would cost by another plan.

    Fees that refunds of the day give back stay as they are.
    """
    calendar = _calendar(merchant, at)
    rates = list(FeeRate.objects.filter(plan=plan))
    with _undone():
        shown = _shown(merchant, calendar, period_at(calendar, at), at)
        turnover = turnover_before(merchant=merchant, at=at)
        paid = SettlementItem.objects.filter(
            settlement=shown.settlement, line_type="PAYMENT", payment__isnull=False
        )
        count, fee, other = 0, 0, 0
        for item in paid.select_related("payment").iterator(chunk_size=2_000):
            kind = item.payment.presented if item.payment else FeeRate.Kind.ANY.value
            price = price_of(plan=plan, rates=rates, kind=kind, turnover_minor=turnover)
            count, fee = count + 1, fee + item.fee_minor
            other += payment_fee(plan=price, amount_minor=item.gross_minor)
        bps = shown.settlement.vat_bps if shown.settlement else plan.vat_bps
    return FeeDifference(
        payment_count=count,
        fee_minor=fee,
        vat_minor=vat(plan=FeePlan(vat_bps=bps), fee_minor=fee),
        other_fee_minor=other,
        other_vat_minor=vat(plan=plan, fee_minor=other),
    )


def _calendar(merchant: Merchant, at: datetime) -> SettlementCalendar:
    return terms_of(merchant=merchant, day=at.date()).calendar


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic(durable=True):
        yield
        transaction.set_rollback(True)


def _shown(
    merchant: Merchant, calendar: SettlementCalendar, period: Period, at: datetime
) -> Preview:
    run = SettlementRun.objects.create(
        calendar=calendar,
        kind=SettlementRun.Kind.EARLY,  # of which a day may have several
        business_date=period.last,
        window_from=period.opens_at,
        window_to=period.closes_at,
        settled_before=period.closes_at,
        due_on=bank_days_after(period.last, calendar.delay_days, calendar.country),
        through_id=Transaction.objects.aggregate(last=Max("pk"))["last"] or 0,
        asked_at=at,
    )
    facts = facts_of(run, at=at) | {"merchant_id": merchant.pk, "shards": [merchant.pk % 256]}
    with connection.cursor() as cursor:
        for statement in (SETTLE_ONE, RESERVE, RELEASE):
            cursor.execute(statement, facts)
    found = Settlement.objects.filter(run=run, merchant=merchant).first()
    return Preview(period.last, period.closes_at, run.due_on, found)
