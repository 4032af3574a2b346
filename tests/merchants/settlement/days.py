"""A few days in March 2026 at the corner shop: selling, giving back, closing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ledger.balances import balance
from ledger.money import Money
from merchants.calendars.days import period_of
from merchants.calendars.terms import terms_of
from merchants.models import Payment, Settlement, SettlementRun, Store
from merchants.payments.paying import Bill, pay
from merchants.payments.refunds import refund
from merchants.settlement import runs, working
from tests.wallet.people import proven
from wallet.models import Wallet

SEOUL = ZoneInfo("Asia/Seoul")
DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=SEOUL)
ONE_DAY = timedelta(days=1)


def sell(alice: Wallet, store: Store, minor: int, at: datetime = NOON) -> str:
    """Let alice pay; return the payment's number."""
    bill = Bill(Money(minor, "KRW"))
    return pay(wallet=alice, store=store, bill=bill, proof=proven(alice), at=at).number


def take_back(number: str, minor: int, at: datetime = NOON) -> None:
    """Refund part of a payment."""
    refund(
        merchant=Payment.objects.get(number=number).merchant,
        number=number,
        refund_no=f"R{number}-{minor}",
        amount=Money(minor, "KRW"),
        reason="",
        at=at,
    )


def ask(store: Store, day: date = DAY) -> SettlementRun:
    """Freeze a day of the store's calendar, a minute after it ended."""
    calendar = terms_of(merchant=store.merchant, day=day).calendar
    period = period_of(calendar, day)
    run = runs.ask_run(
        calendar=calendar, period=period, at=period.closes_at + timedelta(minutes=1)
    )
    assert run is not None
    return run


def work(at: datetime) -> None:
    """Do what a worker does until nothing is left to do."""
    while working.settle_next(now=lambda: at):
        pass
    runs.finish(at=at)


def close(store: Store, day: date = DAY) -> SettlementRun:
    """Close a day of the store, all of it."""
    run = ask(store, day)
    work(run.asked_at)
    run.refresh_from_db()
    assert run.state == "CLOSED", working.failure()
    return run


def settled(day: date = DAY) -> Settlement:
    """Return the only settlement of a day."""
    return Settlement.objects.get(business_date=day)


def payable(store: Store) -> int:
    """Return what the book owes the store's merchant."""
    return balance(store.merchant.payable_account_id).minor
