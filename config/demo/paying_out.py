"""The end of the story: two colleagues sign, the file goes to the bank, and the bank pays."""

from __future__ import annotations

import secrets
import time
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from config.demo.story import CURRENCY, must, until
from ledger.balances import balance
from merchants.models import Payout, PayoutRun, Settlement, Store
from merchants.onboarding.bank_accounts import COOLING_OFF, approve_change, request_change
from merchants.onboarding.digests import account_facts, digest_of
from merchants.payouts.proposing import propose
from merchants.payouts.signing import seen_of, sign
from merchants.statements.accounts import add_house_account
from merchants.states import PayoutState
from merchants.tasks import pay_out as pay_out_job
from wallet.models import User

HOUSE_ACCOUNT = "10020030040050"
MAKER, CHECKER = "+821099990001", "+821099990002"


def pay_out(store: Store, settlement: Settlement) -> Payout:
    """Pay a settlement to the store's bank account; return the payout that the bank has paid."""
    now = timezone.now()
    maker, checker = _colleague(MAKER), _colleague(CHECKER)
    add_house_account(number=HOUSE_ACCOUNT, currency=CURRENCY, purpose="SAFEGUARDING", at=now)
    _bank_account(store, maker, checker, now)
    run = propose(currency=CURRENCY, due_on=settlement.due_on, by=maker, at=now)
    if run is None:
        must(run, "nothing is due")
        raise TypeError
    sign(run=run, seen=seen_of(run), by=checker, at=timezone.now())
    payout = Payout.objects.get(run=run, merchant=store.merchant)
    until(lambda: _poked(payout), "the bank's payment")
    merchant = store.merchant
    owed = [
        balance(a).minor for a in (merchant.payable_account_id, merchant.in_transit_account_id)
    ]
    must(owed == [0, 0], "something is still owed to the store")
    return payout


def write_file(payout: Payout, folder: Path) -> Path:
    """Write the file that went to the bank."""
    run = PayoutRun.objects.get(pk=payout.run_id)
    path = folder / f"{run.number}.xml"
    path.write_bytes(bytes(run.file or b""))
    return path


def _colleague(phone: str) -> User:
    found = User.objects.filter(phone=phone).first()
    return found or User.objects.create_user(phone, secrets.token_urlsafe(16), is_staff=True)


def _bank_account(store: Store, maker: User, checker: User, at: datetime) -> None:
    """Give the store a bank account, as if it had been approved before the cooling-off."""
    since = at - COOLING_OFF
    asked = request_change(
        merchant=store.merchant,
        bank_code="090",
        number="3333-01-1234567",
        holder_name=store.merchant.legal_name,
        by=maker,
        at=since,
    )
    seen = digest_of(account_facts(asked))
    approve_change(account=asked, seen=seen, by=checker, at=since)


def _poked(payout: Payout) -> bool:
    """Poke the worker as the timetable does each minute; tell whether the bank has paid."""
    pay_out_job.delay()
    time.sleep(1)
    payout.refresh_from_db()
    return payout.state == PayoutState.PAID
