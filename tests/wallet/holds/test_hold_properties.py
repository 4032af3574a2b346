"""Any order of holds, captures, releases and expiries: the money adds up after each step."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from ledger.accounts import account_id
from ledger.balances import balances, trial_balance
from ledger.errors import InsufficientFunds
from ledger.money import Money
from ledger.posting import credit
from tests.wallet.people import PASSWORD, fund
from wallet import holds
from wallet.chart import VAT_PAYABLE, open_chart
from wallet.errors import CaptureTooLarge
from wallet.models import Hold, Limit, Wallet
from wallet.people import sign_up
from wallet.proof.proofs import Means, Proof

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LASTS = timedelta(hours=5)
FUNDS = 1_000


class Holding(RuleBasedStateMachine):
    """A model of one wallet beside the real one."""

    held: Bundle[Any] = Bundle("held")

    @initialize()
    def begin(self) -> None:
        open_chart("KRW")
        Limit.objects.all().delete()
        # The examples share a database transaction: one begins where the last one left no hold.
        for public_id in Hold.objects.filter(state="HELD").values_list("public_id", flat=True):
            holds.release(public_id=public_id, at=START)
        phone = f"+8210{uuid.uuid4().int % 10**8:08d}"
        self.wallet: Wallet = sign_up(phone=phone, password=PASSWORD, currency="KRW", at=START)
        fund(self.wallet, Money(FUNDS, "KRW"))
        self.now, self.available, self.taken = START, FUNDS, 0
        self.live: dict[uuid.UUID, tuple[int, datetime]] = {}
        self.taken_before = self._taken()

    @rule(target=held, minor=st.integers(1, 600))
    def place(self, minor: int) -> Any:
        proof = Proof(self.wallet.holder_id, Means.PIN)
        until = self.now + LASTS
        try:
            with transaction.atomic():
                hold = holds.place_hold(
                    wallet=Wallet.objects.get(pk=self.wallet.pk),
                    amount=Money(minor, "KRW"),
                    payee="store",
                    proof=proof,
                    expires_at=until,
                    at=self.now,
                )
        except InsufficientFunds:
            assert minor > self.available
            return multiple()
        assert minor <= self.available
        self.available -= minor
        self.live[hold.public_id] = (minor, until)
        return hold.public_id

    @rule(which=held, minor=st.integers(1, 700))
    def capture(self, which: uuid.UUID, minor: int) -> None:
        if which not in self.live or self.live[which][1] <= self.now:
            return
        amount = Money(minor, "KRW")
        legs = [credit(account_id(VAT_PAYABLE, "KRW"), amount)]
        try:
            with transaction.atomic():
                holds.capture_hold(public_id=which, amount=amount, credits=legs, at=self.now)
        except CaptureTooLarge:
            assert minor > self.live[which][0]
            return
        whole, _ = self.live.pop(which)
        self.taken += minor
        self.available += whole - minor

    @rule(which=consumes(held))
    def release(self, which: uuid.UUID) -> None:
        if which in self.live:
            holds.release(public_id=which, at=self.now)
            self.available += self.live.pop(which)[0]

    @rule(hours=st.integers(1, 4))
    def wait_and_expire(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        due = {which for which, (_, until) in self.live.items() if until <= self.now}
        assert holds.expire_due(at=self.now) == len(due)
        self.available += sum(self.live.pop(which)[0] for which in due)

    @invariant()
    def the_book_says_the_same(self) -> None:
        if not hasattr(self, "live"):
            return
        wallet = Wallet.objects.get(pk=self.wallet.pk)
        found = balances(wallet.account_ids)
        available = found.pop(wallet.available_account_id).minor
        held = sum(money.minor for money in found.values())
        assert min(available, held) >= 0
        assert (available, held) == (self.available, sum(m for m, _ in self.live.values()))
        assert available + held + self.taken == FUNDS
        assert self._taken() - self.taken_before == self.taken
        assert trial_balance()["KRW"] == 0

    def _taken(self) -> int:
        account = account_id(VAT_PAYABLE, "KRW")
        return balances([account])[account].minor


@pytest.mark.django_db
def test_held_and_available_always_add_up() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    run_state_machine_as_test(
        Holding,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=checks
        ),
    )
