"""What a store takes on a day and a till in a shift, as the till shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum

from ledger.money import Money
from merchants.models import Payment, Refund, Store, Terminal
from merchants.payments.orders import LONGEST_TIME_OUT
from merchants.states import PAID

# How long before it is paid a payment may have been asked for: to be captured later, a week.
_ASKED_BEFORE = LONGEST_TIME_OUT + timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Takings:
    """Payments, what they came to, and what was given back, since an instant."""

    payments: int
    taken: Money
    refunded: Money

    @property
    def left(self) -> Money:
        """What is left of it; below zero where more was given back."""
        return self.taken - self.refunded


def day_began(store: Store, at: datetime) -> datetime:
    """Return when the store's day began."""
    local = at.astimezone(ZoneInfo(store.zone))
    return datetime.combine(local.date(), time.min, local.tzinfo)


def paid_since(store: Store, since: datetime) -> QuerySet[Payment]:
    """Return the payments a store was paid since an instant; not yet queried."""
    return Payment.objects.filter(
        store=store, created_at__gte=since - _ASKED_BEFORE, paid_at__gte=since, state__in=PAID
    )


def takings_of(*, store: Store, since: datetime, terminal: Terminal | None = None) -> Takings:
    """Return what a store took since an instant; of one till alone, where one is named."""
    rows = paid_since(store, since)
    refunds = Refund.objects.filter(
        merchant_id=store.merchant_id, payment__store=store, refunded_at__gte=since
    )
    if terminal is not None:
        prefix = order_prefix(terminal)
        rows = rows.filter(merchant_order_no__startswith=prefix)
        refunds = refunds.filter(payment__merchant_order_no__startswith=prefix)
    found = rows.aggregate(count=Count("pk"), minor=Sum("captured_minor"))
    back = refunds.aggregate(minor=Sum("amount_minor"))["minor"] or 0
    currency = store.merchant.currency
    return Takings(found["count"], Money(found["minor"] or 0, currency), Money(back, currency))


def taken_by_kind(*, store: Store, since: datetime) -> dict[str, tuple[int, Money]]:
    """Return how many payments there were by each kind of code, and what they came to."""
    rows = paid_since(store, since).values("presented").order_by("presented")
    found = rows.annotate(count=Count("pk"), minor=Sum("captured_minor"))
    currency = store.merchant.currency
    return {row["presented"]: (row["count"], Money(row["minor"], currency)) for row in found}


def order_prefix(terminal: Terminal) -> str:
    """Return what the order numbers of a till's page begin with."""
    return f"{terminal.public_id}-"
