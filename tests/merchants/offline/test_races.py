"""Uploads at the same moment, with real commits: no voucher is paid twice, no won is made."""

from __future__ import annotations

import pytest

from merchants.models import OfflineCase, Payment, Store, Voucher
from merchants.offline import allowances, releasing
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from tests.ledger.threads import all_at_once
from tests.merchants.offline.stories import (
    DAY,
    HOUR,
    NOON,
    open_till,
    owed_to,
    pay,
    reserve,
    row,
    send,
    twin,
)
from tests.wallet.people import held
from wallet.models import Wallet

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def test_the_same_batch_from_eight_at_once_is_paid_once(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    sent = [pay(phone, till, 1_000) for _ in range(6)]

    def upload(number: int) -> set[str | None]:
        turned = sent[number % 6 :] + sent[: number % 6]
        return {each.number for each in send(corner_shop, turned)}

    numbers = all_at_once(upload, threads=THREADS)
    assert len(numbers[0]) == 6
    assert all(each == numbers[0] for each in numbers)
    assert (Payment.objects.count(), reserve(payer)) == (6, 44_000)
    assert not OfflineCase.objects.exists()


def test_two_claimants_of_one_counter_at_once(
    payer: Wallet, corner_shop: Store, rival: Store, phone: Telephone, till: Till
) -> None:
    copy, other = twin(phone), open_till(rival)
    mine = [pay(phone, till, 15_000), pay(phone, till, 15_000)]
    theirs = [pay(copy, other, 12_000), pay(copy, other, 18_000)]

    def upload(number: int) -> None:
        if number % 2:
            send(rival, theirs)
        else:
            send(corner_shop, mine)

    all_at_once(upload, threads=THREADS)
    assert Voucher.objects.filter(state="PAID").count() == 4
    assert (reserve(payer), OfflineCase.objects.get().loss_minor) == (0, 10_000)
    assert owed_to(corner_shop) + owed_to(rival) == 60_000 - 2 * 263 - 210 - 315


def test_releasing_ending_and_claiming_at_once(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    sent = [pay(phone, till, 1_000) for _ in range(4)]
    deadline = NOON + 6 * DAY

    def act(number: int) -> int:
        if number % 4 == 0:
            return releasing.release_due(at=deadline + HOUR)
        if number % 4 == 1:
            allowances.end(allowance=row(phone), at=deadline)
            return 0
        send(corner_shop, sent, at=deadline)
        return 0

    assert sum(all_at_once(act, threads=THREADS)) == 1
    found = row(phone)
    assert found.state == "RELEASED"
    assert found.claimed_minor in {0, 4_000}
    assert held(payer) == 50_000 - found.claimed_minor
    assert reserve(payer) == 0
