"""A telephone that was copied signs what it may not have: found out, frozen, paid, owed."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from django.db import transaction

from ledger.accounts import account_id
from ledger.balances import balance
from ledger.money import Money
from merchants.errors import OfflineNotEligible
from merchants.models import Allowance, OfflineCase, Store, Voucher
from merchants.offline.cases import book_due, close_case, proved
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from merchants.offline.revoking import revocations
from merchants.offline.uploading import Outcome
from merchants.offline.wire.revocations import read_revocations
from merchants.offline.wire.vouchers import VoucherCode
from tests.merchants.offline.stories import (
    CEILINGS,
    HOUR,
    NOON,
    load,
    open_till,
    opt_in,
    owed_to,
    pay,
    reserve,
    row,
    send,
    states,
    twin,
)
from tests.wallet.people import fund, held
from wallet.chart import OFFLINE_LOSS
from wallet.models import Device, Wallet
from wallet.wallets.debts import owed

pytestmark = pytest.mark.django_db


def loss() -> int:
    return balance(account_id(OFFLINE_LOSS, "KRW")).minor


def test_one_counter_twice_freezes_telephone_and_allowance(
    payer: Wallet, corner_shop: Store, rival: Store, phone: Telephone, till: Till
) -> None:
    copy = twin(phone)
    mine, theirs = pay(phone, till, 12_000), pay(copy, open_till(rival), 9_000)
    assert states(send(corner_shop, [mine])) == ["PAID"]
    assert row(phone).state == "ACTIVE"
    # The second claimant is paid too, as long as the reserve lasts.
    assert states(send(rival, [theirs])) == ["PAID"]
    assert (reserve(payer), loss()) == (29_000, 0)
    case = OfflineCase.objects.get()
    assert (case.kinds, case.loss_minor) == (["COUNTER_TWICE"], 0)
    assert row(phone).state == "FROZEN"
    assert Device.objects.get().revoked_at is not None
    assert Voucher.objects.filter(is_conflict=True).count() == 1
    listed = read_revocations(revocations(at=NOON + 3 * HOUR), phone.issuers)
    assert listed.allowances == (phone.certificate.allowance_id,)
    till.synchronize(revocations(at=NOON + 3 * HOUR), at=int((NOON + 3 * HOUR).timestamp()))
    with pytest.raises(OfflineNotEligible):
        load(payer, 1_000, at=NOON + 3 * HOUR)


def test_what_is_above_the_reserve_is_guaranteed_and_becomes_a_debt(
    payer: Wallet, corner_shop: Store, rival: Store, phone: Telephone, till: Till
) -> None:
    copy = twin(phone)
    texts = [pay(phone, till, 30_000), pay(phone, till, 20_000)]
    there = pay(copy, open_till(rival), 25_000)
    send(corner_shop, texts)
    assert reserve(payer) == 0
    (outcome,) = send(rival, [there])
    assert (outcome.state, outcome.paid_minor) == ("PAID", 25_000)
    assert loss() == 25_000
    assert OfflineCase.objects.get().kinds == ["COUNTER_TWICE", "OVERSPENT"]
    fund(payer, Money(10_000, "KRW"))
    assert book_due(at=NOON + 3 * HOUR) == 1
    assert book_due(at=NOON + 3 * HOUR) == 0
    # What the wallet holds is taken at once, the rest is owed, and nothing is lost for now.
    assert (loss(), held(payer), owed(payer).minor) == (0, 0, 15_000)
    payer.refresh_from_db()
    assert payer.status == "FROZEN"
    assert owed_to(rival) == 25_000 - 438


def test_no_more_than_the_guarantee_is_paid_of_one_telephone_at_one_till(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    terms = replace(CEILINGS, each_minor=15_000, allowance_minor=30_000)
    opt_in(corner_shop, terms)
    # A till that keeps to no ceiling takes 50,000 from each of two copies.
    copy = twin(phone)
    sent = [pay(phone, till, 25_000), pay(phone, till, 25_000)]
    till.book.seen.clear()
    sent += [pay(copy, till, 25_000)]
    till.book.seen.clear()
    till.book.seen_of(phone.certificate.allowance_id).counter = 1
    till.book.seen_of(phone.certificate.allowance_id).cumulative = 25_000
    sent += [pay(copy, till, 25_000)]
    outcomes = send(corner_shop, sent)
    paid = sorted(each.paid_minor for each in outcomes)
    assert sorted(states(outcomes)) == ["PAID", "PAID", "PAID", "PARTLY_PAID"]
    assert paid == [5_000, 25_000, 25_000, 25_000]
    assert {each.code for each in outcomes} == {None, "voucher_unguaranteed"}
    assert loss() == 30_000
    again = send(corner_shop, sent)
    assert [(a.state, a.paid_minor, a.number) for a in again] == [
        (b.state, b.paid_minor, b.number) for b in outcomes
    ]


def test_a_lie_about_the_sum_is_found_out(
    payer: Wallet, corner_shop: Store, rival: Store, phone: Telephone, till: Till
) -> None:
    first = pay(phone, till, 20_000)
    said = VoucherCode.read(pay(phone, open_till(rival), 20_000)).voucher
    lie = phone.sign(replace(said, cumulative=20_000))
    send(corner_shop, [first])
    assert states(send(rival, [lie])) == ["PAID"]
    assert OfflineCase.objects.get().kinds == ["SUMS_DIFFER"]


def test_whatever_order_they_arrive_in_the_end_is_the_same(
    payer: Wallet, corner_shop: Store, rival: Store, phone: Telephone, till: Till
) -> None:
    copy, other = twin(phone), open_till(rival)
    sent = [
        (corner_shop, pay(phone, till, 20_000)),
        (rival, pay(copy, other, 22_000)),
        (corner_shop, pay(phone, till, 15_000)),
        (rival, pay(copy, other, 18_000)),
    ]
    ends = set()
    for order in list(permutations(sent))[::4]:
        before = transaction.savepoint()
        for store, text in order:
            send(store, [text])
        book_due(at=NOON + 3 * HOUR)
        case = OfflineCase.objects.get()
        ends.add(
            (
                *(reserve(payer), loss(), owed(payer).minor),
                *(owed_to(corner_shop), owed_to(rival)),
                *(tuple(case.kinds), case.loss_minor, row(phone).state),
            )
        )
        transaction.savepoint_rollback(before)
    assert len(ends) == 1
    (end,) = ends
    assert end[:3] == (0, 0, 25_000)


def test_a_case_is_closed_by_a_colleague(
    payer: Wallet, corner_shop: Store, rival: Store, phone: Telephone, till: Till
) -> None:
    copy = twin(phone)
    send(corner_shop, [pay(phone, till, 1_000)])
    send(rival, [pay(copy, open_till(rival), 2_000)])
    case = OfflineCase.objects.get()
    for note in ("the child's copy", "again"):
        close_case(case=case, note=note, actor="user:1", at=NOON + 3 * HOUR)
    case.refresh_from_db()
    assert (case.note, case.closed_by) == ("the child's copy", "user:1")
    fund(payer, Money(5_000, "KRW"))
    assert load(payer, 5_000, at=NOON + 4 * HOUR).left == 5_000


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        ([], []),
        ([(1, 10, 10), (2, 10, 20)], []),
        ([(3, 10, 30), (7, 10, 70)], []),
        ([(1, 10, 10), (1, 10, 10)], ["COUNTER_TWICE"]),
        ([(1, 10, 10), (2, 10, 10)], ["SUMS_DIFFER"]),
        ([(1, 10, 10), (3, 10, 15)], ["SUMS_DIFFER"]),
        ([(1, 60, 60), (2, 60, 60)], ["SUMS_DIFFER", "OVERSPENT"]),
    ],
)
def test_what_vouchers_prove(lines: list[tuple[int, int, int]], kinds: list[str]) -> None:
    assert proved(lines, loaded=100) == kinds


def test_nothing_is_proved_against_who_is_honest(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    sent = [pay(phone, till, minor) for minor in (25_000, 25_000)]
    outcomes: list[Outcome] = []
    for text in reversed(sent):
        outcomes += send(corner_shop, [text])
    assert states(outcomes) == ["PAID", "PAID"]
    assert not OfflineCase.objects.exists()
    assert Allowance.objects.get().state == "ACTIVE"
