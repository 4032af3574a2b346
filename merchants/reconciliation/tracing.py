"""Where a payment's money is: from the payment to its settlement, payout and bank line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ledger.models import Entry
from merchants.calendars.bank_days import bank_days_after
from merchants.calendars.days import period_at
from merchants.calendars.terms import terms_of
from merchants.models import BankLine, Payment, Settlement, SettlementItem
from merchants.reconciliation.rules import COUNTRY, GRACE_BANK_DAYS, HOME_ZONE
from merchants.states import PAID, PayoutState, SettlementState


class Where(StrEnum):
    """Where the money is."""

    NOT_PAID = "NOT_PAID"
    DAY_OPEN = "DAY_OPEN"
    IN_REVIEW = "IN_REVIEW"
    CARRIED = "CARRIED"
    HELD = "HELD"
    DUE = "DUE"
    BEING_PAID = "BEING_PAID"
    PAID_OUT = "PAID_OUT"
    AT_BANK = "AT_BANK"
    CAME_BACK = "CAME_BACK"


REASONS = {
    Where.NOT_PAID: "nobody has paid it",
    Where.DAY_OPEN: "its business day is not settled yet",
    Where.IN_REVIEW: "a person looks at its settlement",
    Where.CARRIED: "its settlement pays nothing by itself and is part of the next one",
    Where.HELD: "its settlement is on hold",
    Where.DUE: "its settlement is paid out when it is due",
    Where.BEING_PAID: "its payout is on its way to the bank",
    Where.PAID_OUT: "the bank paid it; it is not on a statement yet",
    Where.AT_BANK: "it is on the bank's statement",
    Where.CAME_BACK: "its payout came back, and is made anew",
}


@dataclass(frozen=True, slots=True)
class Trace:
    """Each step that a payment's money has taken; ``next_on`` is when the next one is expected."""

    payment: Payment
    where: Where
    reason: str
    next_on: date | None
    item: SettlementItem | None = None
    settlement: Settlement | None = None
    line: BankLine | None = None


def trace(*, payment: Payment, at: datetime) -> Trace:
    """Return where a payment's money is, why, and when something happens next."""
    if payment.state not in PAID or payment.paid_at is None:
        return Trace(payment, Where.NOT_PAID, REASONS[Where.NOT_PAID], None)
    item = _item(payment)
    if item is None:
        due = _due_on(payment, payment.paid_at)
        return Trace(payment, Where.DAY_OPEN, REASONS[Where.DAY_OPEN], due)
    settlement = _paying(item.settlement)
    where, next_on = _stands(settlement, at)
    line = _line(settlement) if where in (Where.PAID_OUT, Where.AT_BANK) else None
    reason = REASONS[where]
    if settlement.hold_reason:
        reason = f"{reason}: {settlement.hold_reason}"
    return Trace(payment, where, reason, next_on, item, settlement, line)


def _item(payment: Payment) -> SettlementItem | None:
    entries = Entry.objects.filter(
        transaction__reference=f"payment:{payment.number}",
        account_id=payment.merchant.payable_account_id,
    )
    rows = SettlementItem.objects.select_related(
        "settlement__payout__run", "settlement__payout__bank_account", "settlement__merchant"
    )
    return rows.filter(entry_id__in=entries.values_list("pk", flat=True)).first()


def _paying(first: Settlement) -> Settlement:
    """Return the settlement that a carried one became a part of, if there is one by now."""
    if first.state != SettlementState.CARRIED:
        return first
    later = Settlement.objects.select_related("payout__run", "payout__bank_account").filter(
        merchant_id=first.merchant_id, currency=first.currency, pk__gt=first.pk
    )
    return later.exclude(state=SettlementState.CARRIED).order_by("pk").first() or first


def _stands(settlement: Settlement, at: datetime) -> tuple[Where, date | None]:
    today = at.astimezone(HOME_ZONE).date()
    payout = settlement.payout
    if settlement.state == SettlementState.PAYABLE:
        if payout is None or payout.state in (PayoutState.FUNDS_RESTORED, PayoutState.CANCELLED):
            return Where.DUE, max(settlement.due_on, today)
        return Where.BEING_PAID, max(payout.due_on, today)
    if settlement.state == SettlementState.PAID_OUT:
        paid_on = (payout.paid_at if payout and payout.paid_at else at).astimezone(HOME_ZONE)
        return Where.PAID_OUT, bank_days_after(paid_on.date(), GRACE_BANK_DAYS, COUNTRY)
    where = _RESTING.get(SettlementState(settlement.state), Where.IN_REVIEW)
    if where is Where.HELD and payout is not None and payout.returned_at is not None:
        where = Where.CAME_BACK
    if where is Where.CARRIED:
        return where, bank_days_after(today, 1, COUNTRY)
    return where, settlement.due_on if where is Where.IN_REVIEW else None


_RESTING = {
    SettlementState.HELD: Where.HELD,
    SettlementState.CARRIED: Where.CARRIED,
    SettlementState.RECONCILED: Where.AT_BANK,
}


def _due_on(payment: Payment, paid_at: datetime) -> date:
    day = paid_at.astimezone(HOME_ZONE).date()
    calendar = terms_of(merchant=payment.merchant, day=day).calendar
    period = period_at(calendar, paid_at)
    return bank_days_after(period.last, calendar.delay_days, calendar.country)


def _line(settlement: Settlement) -> BankLine | None:
    if settlement.payout is None:
        return None
    lines = BankLine.objects.select_related("statement").filter(
        claims__is_live=True,
        claims__group__claims__movement__kind="PAYOUT_PAID",
        claims__group__claims__movement__end_to_end_id=settlement.payout.number,
        claims__group__claims__is_live=True,
    )
    return lines.order_by("pk").first()
