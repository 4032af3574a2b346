"""Vouchers: how long a till takes to verify one, and an upload of 10,000 against plain payments.

``verify SECONDS`` prints vouchers verified per second, ``upload`` vouchers taken per second by one
upload of 10,000, ``pay SECONDS`` payments to a store one after the other, by the same process.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.http.settings")
django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.http.prepare import move  # noqa: E402
from ledger.accounts import account_id  # noqa: E402
from ledger.money import Money  # noqa: E402
from ledger.posting import Item, credit, debit  # noqa: E402
from merchants.models import FeePlan, Store  # noqa: E402
from merchants.offline import allowances, tills  # noqa: E402
from merchants.offline.issuing import public_keys  # noqa: E402
from merchants.offline.reference.book import Book  # noqa: E402
from merchants.offline.reference.checks import Limits, check_voucher  # noqa: E402
from merchants.offline.reference.keys import Ed25519Key  # noqa: E402
from merchants.offline.reference.telephone import Telephone  # noqa: E402
from merchants.offline.reference.till import Till  # noqa: E402
from merchants.offline.terms import Ceilings, set_terms  # noqa: E402
from merchants.offline.uploading import Presented, upload  # noqa: E402
from merchants.offline.wire.certificates import ALLOWANCE_PREFIX  # noqa: E402
from merchants.offline.wire.records import seal  # noqa: E402
from merchants.offline.wire.vouchers import VoucherCode  # noqa: E402
from merchants.payments.paying import Bill, pay  # noqa: E402
from merchants.premises.terminals import add_terminal  # noqa: E402
from merchants.stores import take_on  # noqa: E402
from wallet.chart import SAFEGUARDING, open_chart  # noqa: E402
from wallet.models import Device, Limit, User, Wallet  # noqa: E402
from wallet.proof.proofs import Means, Proof  # noqa: E402
from wallet.wallets import make_wallet  # noqa: E402

VOUCHERS, EACH, AMOUNT = 10_000, 50, 1_000
NEVER = 2**32 - 1


def shop() -> Store:
    """Make a store with a plan of its own."""
    name = f"bench {time.time_ns()}"
    plan = FeePlan.objects.create(name=name[:40], rate_bps=175)
    return take_on(
        legal_name=name,
        currency="KRW",
        fee_plan=plan,
        name="Bench",
        latin_name="Bench",
        city="Seoul",
        merchant_category_code="5411",
    )


def payers(count: int, at: datetime) -> list[Wallet]:
    """Make so many people who may pay without a network, each with money."""
    with transaction.atomic():
        open_chart("KRW")
        Limit.objects.all().delete()
        made = []
        for _ in range(count):
            phone = f"+8210{random.randrange(10**11):011d}"[:16]
            holder = User(phone=phone, phone_confirmed_at=at)
            holder.set_unusable_password()  # a hash of one takes longer than all the rest
            holder.save()
            wallet = make_wallet(holder=holder, currency="KRW", at=at - timedelta(days=30))
            wallet.tier = Wallet.Tier.VERIFIED
            wallet.save(update_fields=["tier"])
            made.append(wallet)
    bank, amount = account_id(SAFEGUARDING, "KRW"), Money(1_000_000, "KRW")
    move([
        Item("TOP_UP", f"bench:{w.public_id}",
             [debit(bank, amount), credit(w.available_account_id, amount)])
        for w in made
    ])  # fmt: skip
    return made


def till(store: Store, at: datetime) -> Till:
    """Make a till without ceilings."""
    ceilings = Ceilings(2**30, 2**31, 2**31, 2**31)
    set_terms(merchant=store.merchant, accepts=True, ceilings=ceilings, actor="bench", at=at)
    terminal, key = add_terminal(store=store, label="1", actor="bench", at=at), Ed25519Key()
    signed = tills.registration(terminal_id=terminal.public_id, public_key=key.public)
    made = tills.certify(
        terminal=terminal,
        public_key=key.public,
        signature=key.sign(signed),
        actor="bench",
        at=at,
    )
    seconds = int(at.timestamp())
    return Till(
        key=key,
        certificate=tills.said_by(made),
        issued=bytes(made.signature),
        code_key=b"",
        issuers=public_keys(),
        limits=Limits(NEVER, NEVER, NEVER, NEVER, 24, 48),
        book=Book(uploaded_at=seconds, listed_at=seconds),
    )


def telephone(wallet: Wallet, at: datetime) -> Telephone:
    """Load a telephone with as much as its vouchers take."""
    key = Ed25519Key()
    device = Device.objects.create(
        user=wallet.holder, name="phone", public_key=key.public, bound_at=at
    )
    made = allowances.issue(
        wallet=wallet,
        device=device,
        amount=Money(EACH * AMOUNT, "KRW"),
        proof=Proof(wallet.holder_id, Means.STEP_UP, has_pin=True),
        at=at,
    )
    text = seal(ALLOWANCE_PREFIX, (bytes(made.body), bytes(made.signature)))
    return Telephone.load(key=key, issuers=public_keys(), text=text)


def vouchers(count: int, one: Till, at: datetime) -> Iterator[str]:
    """Yield vouchers for the till, of as many telephones as it takes."""
    seconds = int(at.timestamp())
    for wallet in payers(count // EACH, at):
        phone = telephone(wallet, at)
        for _ in range(EACH):
            yield phone.pay(one.ask(AMOUNT, at=seconds), at=seconds)


def verify(seconds: float) -> float:
    """Return how many vouchers a second a till verifies, all checks included."""
    at = timezone.now()
    one = till(shop(), at)
    texts = list(vouchers(EACH, one, at))

    def check() -> None:
        code = VoucherCode.read(random.choice(texts))
        one.book.seen.clear()
        check_voucher(
            code,
            till=one.certificate,
            book=one.book,
            limits=one.limits,
            keys=one.issuers,
            at=int(at.timestamp()),
        )

    return rate(check, seconds)


def upload_all() -> float:
    """Return vouchers per second of one upload of 10,000."""
    at = timezone.now()
    store = shop()
    made = vouchers(VOUCHERS, till(store, at), at)
    sent = [Presented(VoucherCode.read(text).alone.text) for text in made]
    random.shuffle(sent)
    started = time.perf_counter()
    outcomes = upload(
        merchant=store.merchant, store_ids=[store.pk], presented=sent, at=timezone.now()
    )
    seconds = time.perf_counter() - started
    if any(outcome.state != "PAID" for outcome in outcomes):
        sys.exit("a voucher was not paid")
    return VOUCHERS / seconds


def pay_plainly(seconds: float) -> float:
    """Return payments per second by a printed code, one after the other."""
    store, wallets = shop(), payers(50, timezone.now())

    def once() -> None:
        wallet = random.choice(wallets)
        pay(
            wallet=wallet,
            store=store,
            bill=Bill(amount=Money(100, "KRW")),
            proof=Proof(wallet.holder_id, Means.STEP_UP, has_pin=True),
            at=timezone.now(),
        )

    return rate(once, seconds)


def rate(act: Callable[[], None], seconds: float) -> float:
    """Return how often something can be done in a second."""
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        act()
        count += 1
    return count / seconds


if __name__ == "__main__":
    if sys.argv[1] == "verify":
        print(verify(float(sys.argv[2])))
    elif sys.argv[1] == "upload":
        print(upload_all())
    else:
        print(pay_plainly(float(sys.argv[2])))
