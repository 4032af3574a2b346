"""The night after a day: settled, paid out, the statement read, reconciled, safeguarded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Sum

from config.demo.paying_out import HOUSE_ACCOUNT
from config.simulation.trading import set_clock
from config.simulation.world import CURRENCY, World, move_bank_account
from ledger.balances import trial_balance
from ledger.money import Money
from ledger.verification import verify_ledger
from merchants.calendars.bank_days import is_bank_day
from merchants.models import Break, Payout, ReconciliationDay, SafeguardingDay, Settlement
from merchants.payouts import sending
from merchants.payouts.proposing import propose
from merchants.payouts.signing import seen_of, sign
from merchants.reconciliation import safeguarding
from merchants.reconciliation.daily import reconcile
from merchants.reconciliation.rules import COUNTRY, HOME_ZONE
from merchants.settlement import runs, working
from merchants.settlement.verification import verify as verify_settlements
from merchants.statements.importing import import_file
from merchants.states import PayoutState, SettlementState
from wallet.providers import channel, payout_files

_WAITING = (PayoutState.SUBMITTED, PayoutState.UNKNOWN, PayoutState.ACCEPTED)


class SimulationFailedError(Exception):
    """A day did not close; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What a day came to."""

    day: date
    settled: int
    paid_out: Money
    equation: ReconciliationDay
    kept: SafeguardingDay
    break_count: int


def on(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a time of a day in Seoul."""
    return datetime.combine(day, time(hour, minute), HOME_ZONE)


def settle(day: date) -> int:
    """Close the business day; return how many settlements it has."""
    night = on(day + timedelta(days=1), 0, 5)
    runs.ask_due(at=night)
    while working.settle_next(now=lambda: night):
        pass
    runs.finish(at=night)
    if working.failure():
        raise SimulationFailedError(working.failure())
    return Settlement.objects.filter(business_date=day).count()


def pay_out(world: World, day: date) -> None:
    """Pay what is due by a day, and hear what the bank did with it."""
    morning = on(day, 10)
    set_clock(morning)
    _mend(world, morning)
    run = propose(currency=CURRENCY, due_on=day, by=world.maker, at=morning)
    if run is not None:
        sign(run=run, seen=seen_of(run), by=world.checker, at=morning)
    sending.send_due(at=morning)
    for minutes in (10, 20):
        sending.poll(at=morning + timedelta(minutes=minutes))
    # The bank takes its time with some; in the afternoon it has decided.
    set_clock(on(day, 16))
    for number in Payout.objects.filter(state__in=_WAITING).values_list("number", flat=True):
        if channel.fetch(f"/payments/{number}") is not None:
            channel.tell(f"/payments/{number}/decide", {"status": "PAID", "code": ""})
    sending.poll(at=on(day, 16, 30))


def _mend(world: World, at: datetime) -> None:
    """Let merchants whose payout failed give another account, so that they are paid anew."""
    held = Settlement.objects.filter(state=SettlementState.HELD).select_related("merchant")
    for merchant in {s.merchant_id: s.merchant for s in held}.values():
        number = f"3333{int(at.timestamp()) % 10**8:08}{merchant.pk % 10}"
        move_bank_account(merchant, number, world.maker, world.checker, at)


def close(day: date) -> Closed:
    """Read the bank's statement of a day, reconcile it, and see that nothing is left over."""
    night = on(day + timedelta(days=1), 1)
    raw = payout_files.statement(account=HOUSE_ACCOUNT, currency=CURRENCY, day=day)
    verdict = import_file(file=io.BytesIO(raw or b""), name=f"camt053 {day}", at=night)
    if verdict.is_refused:
        raise SimulationFailedError("; ".join(verdict.lines()))
    found = reconcile(day=day, at=night)
    if not found:
        raise SimulationFailedError("postings are still under way")
    kept = SafeguardingDay.objects.get(day=day, currency=CURRENCY)
    equation = found[0]
    if equation.residual_minor:
        raise SimulationFailedError(f"{day}: a residual of {equation.residual_minor}")
    if kept.difference_minor < 0:
        raise SimulationFailedError(f"{day}: {-kept.difference_minor} are not safeguarded")
    paid = Payout.objects.filter(paid_at__gte=on(day, 0), paid_at__lt=on(day, 0) + timedelta(1))
    return Closed(
        day=day,
        settled=Settlement.objects.filter(business_date=day).count(),
        paid_out=Money(paid.aggregate(sum=Sum("amount_minor"))["sum"] or 0, CURRENCY),
        equation=equation,
        kept=kept,
        break_count=Break.objects.exclude(state="RESOLVED").count(),
    )


def sweep(world: World, closed: Closed) -> None:
    """Take what is more than has to be safeguarded, as two persons say; the bank moves it."""
    kept = closed.kept
    if kept.action != SafeguardingDay.Action.WITHDRAW or not is_bank_day(closed.day, COUNTRY):
        return
    morning = on(closed.day + timedelta(days=1), 8)
    set_clock(morning)
    safeguarding.propose(of_day=kept, by=world.maker, at=morning)
    done = safeguarding.approve(of_day=kept, by=world.checker, at=morning)
    amount = Money(done.difference_minor, CURRENCY)
    channel.tell(
        "/transfers",
        {
            "source": "safeguarding",
            "target": "operating",
            "amount": amount.to_major(),
            "currency": CURRENCY,
            "end_to_end_id": safeguarding.reference_of(done),
        },
    )


def prove() -> Iterator[str]:
    """Yield what is wrong after all days: with the book, settlements, payouts, or breaks."""
    if set(trial_balance().values()) - {0}:
        yield "the trial balance is not zero"
    yield from (str(problem) for problem in verify_ledger())
    yield from verify_settlements()
    for payout in Payout.objects.exclude(state=PayoutState.CANCELLED):
        covered = payout.settlements.aggregate(sum=Sum("payout_minor"))["sum"]
        remade = Payout.objects.filter(retry_of=payout).exists()
        if covered != payout.amount_minor and not remade and payout.folded_at is None:
            yield f"{payout} pays {payout.amount_minor}, its settlements say {covered}"
    for day in ReconciliationDay.objects.exclude(residual_minor=0):
        yield f"{day} has a residual of {day.residual_minor}"
    for left in Break.objects.exclude(state="RESOLVED").exclude(category="TIMING"):
        yield f"{left} of {left.amount_minor} is not explained"
