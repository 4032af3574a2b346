"""Whatever honest and copied telephones do, in whatever order it arrives: the money adds up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.accounts import account_id
from ledger.balances import balance
from merchants.models import Allowance, OfflineCase, Store, Voucher
from merchants.offline.cases import book_due
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from merchants.offline.releasing import release_due
from tests.merchants.offline.stories import (
    DAY,
    NOON,
    open_till,
    pay,
    reserve,
    send,
    twin,
)
from tests.wallet.people import held
from wallet.chart import MERCHANT_FEES, OFFLINE_LOSS
from wallet.models import Wallet
from wallet.wallets.debts import owed

pytestmark = pytest.mark.django_db
AFTER = NOON + 7 * DAY


@contextmanager
def undone() -> Iterator[None]:
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


@dataclass
class World:
    """Alice, two stores with a till each, and all vouchers that were accepted."""

    payer: Wallet
    stores: list[Store]
    sent: list[tuple[int, str]]

    def upload(self, order: list[int]) -> None:
        for number in order:
            store, text = self.sent[number]
            send(self.stores[store], [text])

    def end(self) -> dict[str, object]:
        """What stands in the book, and that all of it adds up."""
        owed_to = [balance(store.merchant.payable_account_id).minor for store in self.stores]
        fees = balance(account_id(MERCHANT_FEES, "KRW")).minor
        loss = balance(account_id(OFFLINE_LOSS, "KRW")).minor
        debt = owed(self.payer).minor
        rest = reserve(self.payer)
        for allowance in Allowance.objects.all():
            vouchers = Voucher.objects.filter(allowance=allowance)
            claimed = sum(voucher.reserve_minor for voucher in vouchers)
            open_ = allowance.loaded_minor - claimed - allowance.released_minor
            assert (allowance.claimed_minor, allowance.reserve_minor) == (claimed, open_)
        assert held(self.payer) + rest + sum(owed_to) + fees == 50_000 + debt + loss
        cases = sorted((case.loss_minor, *case.kinds) for case in OfflineCase.objects.all())
        return {"stores": owed_to, "rest": rest, "loss": loss, "debt": debt, "cases": cases}


STEPS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(1, 15_000)),
    min_size=1,
    max_size=6,
)


@given(steps=STEPS, data=st.data())
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_end_is_the_same_in_every_order_and_the_money_adds_up(
    payer: Wallet,
    corner_shop: Store,
    rival: Store,
    phone: Telephone,
    steps: list[tuple[int, int, int]],
    data: st.DataObject,
) -> None:
    with undone():
        tills: list[Till] = [open_till(corner_shop, "9"), open_till(rival, "9")]
        world = World(payer, [corner_shop, rival], [])
        # Two copies of a telephone, each of which keeps to one till that believes it.
        copies = [twin(phone), twin(phone)]
        is_copied = {copy for copy, _, _ in steps} == {0, 1}
        for copy, _, minor in steps:
            if minor <= copies[copy].left:
                world.sent.append((copy, pay(copies[copy], tills[copy], minor)))
        ends = []
        for _ in range(2):
            with undone():
                world.upload(data.draw(st.permutations(range(len(world.sent)))))
                book_due(at=AFTER)
                release_due(at=AFTER)
                ends.append(world.end())
        assert ends[0] == ends[1]
        assert bool(ends[0]["cases"]) == (is_copied and len({s for s, _ in world.sent}) == 2)
        if not is_copied:
            assert (ends[0]["loss"], ends[0]["debt"]) == (0, 0)
