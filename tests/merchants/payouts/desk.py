"""What finance does at its desk: accounts, proposing, signing twice, hearing the bank."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from ledger.accounts import account_id
from ledger.balances import balance, trial_balance
from merchants.calendars.terms import terms_of
from merchants.models import Merchant, MerchantBankAccount, Payout, PayoutRun, Store
from merchants.payouts import sending, signing
from merchants.payouts.proposing import propose
from merchants.settlement import runs, working
from wallet.chart import SAFEGUARDING
from wallet.models import User

HOUSE = "100200300400"
NOW = timezone.now()
SOON = timedelta(days=30)  # by when everything is due


def account_for(
    merchant: Merchant, asked: User, approved: User, number: str, at: datetime | None = None
) -> MerchantBankAccount:
    """Return an account that was approved and may be paid to since an hour ago."""
    since = (at or timezone.now()) - timedelta(hours=1)
    return MerchantBankAccount.objects.create(
        merchant=merchant,
        bank_code="090",
        number=number,
        holder_name="다른가게",
        state="APPROVED",
        requested_by=asked,
        requested_at=since,
        decided_by=approved,
        decided_at=since,
        approved_digest="a" * 64,
        usable_from=since,
    )


def close_now(store: Store, after: timedelta = timedelta()) -> None:
    """Settle what was sold until now, or until some minutes later."""
    now = timezone.now() + after
    calendar = terms_of(merchant=store.merchant, day=now.date()).calendar
    assert runs.ask_early(calendar=calendar, at=now) is not None
    while working.settle_next(now=lambda: now):
        pass
    runs.finish(at=now)
    assert working.failure() == ""


def proposed(by: User | None, **more: str) -> PayoutRun | None:
    """Propose all that is due within a month."""
    now = timezone.now()
    return propose(currency="KRW", due_on=now.date() + SOON, by=by, at=now, **more)


def signed(maker: User, checker: User, **more: str) -> PayoutRun:
    """Return a run that one person proposed and another one signed."""
    run = proposed(maker, **more)
    assert run is not None
    return signing.sign(run=run, seen=signing.seen_of(run), by=checker, at=timezone.now())


def sent(maker: User, checker: User) -> Payout:
    """Return the only payout of a run that was signed and handed over."""
    run = signed(maker, checker)
    assert sending.send_due(at=timezone.now()) == 1
    return Payout.objects.get(run=run)


def hear(after: timedelta = timedelta(minutes=10)) -> None:
    """Ask the bank about all that is open, some minutes later."""
    sending.poll(at=timezone.now() + after)


def books(store: Store) -> tuple[int, int, int]:
    """Return payable, in transit, and what left the bank; the book balances."""
    assert trial_balance() == {"KRW": 0}
    merchant = store.merchant
    return (
        balance(merchant.payable_account_id).minor,
        balance(merchant.in_transit_account_id).minor,
        -balance(account_id(SAFEGUARDING, "KRW")).minor,
    )
