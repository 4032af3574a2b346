"""What stands on a settlement: shares of VAT, reserve, adjustments, disputes, review."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from ledger.accounts import account_id
from ledger.balances import balance, trial_balance
from ledger.money import Money
from ledger.posting import Leg, credit, debit, post
from merchants.calendars.terms import change_terms, daily
from merchants.errors import TermsBackdated, TermsTaken
from merchants.models import Payment, Reserve, Settlement, SettlementItem, Store
from merchants.payouts.holds import approve
from merchants.settlement.recomputing import spread_vat
from merchants.settlement.verification import verify
from tests.merchants.settlement.days import DAY, NOON, ONE_DAY, close, payable, sell, settled
from tests.merchants.settlement.days import take_back as take
from wallet.chart import ADJUSTMENTS
from wallet.models import User, Wallet

FEES = st.lists(st.integers(-3_000, 3_000), min_size=1, max_size=40)


@given(fees=FEES, bps=st.integers(0, 10_000))
def test_shares_of_vat_come_to_the_vat_and_are_off_by_less_than_one(
    fees: list[int], bps: int
) -> None:
    shares = spread_vat(fees, bps)
    assert sum(shares) == (sum(fees) * bps + 5_000) // 10_000
    pairs = zip(shares, fees, strict=True)
    assert all(abs(share * 10_000 - fee * bps) < 10_000 for share, fee in pairs)


@pytest.mark.django_db(transaction=True)
def test_vat_is_spread_by_largest_remainder_and_ties_go_to_the_lower_line(
    alice: Wallet, corner_shop: Store
) -> None:
    # Fees of 26, 26, 18 and 175 won: VAT of 25 (24.5, half up), of which 2.6 + 2.6 + 1.8 + 17.5.
    for minor in (1_500, 1_500, 1_000, 10_000):
        sell(alice, corner_shop, minor)
    close(corner_shop)
    items = SettlementItem.objects.order_by("line_no")
    assert [(i.fee_minor, i.vat_minor) for i in items] == [(26, 3), (26, 3), (18, 2), (175, 17)]
    assert settled().vat_minor == 25
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_a_reserve_is_held_back_and_released_days_later(alice: Wallet, corner_shop: Store) -> None:
    merchant = corner_shop.merchant
    change_terms(
        merchant=merchant,
        calendar=daily("Asia/Seoul"),
        from_date=DAY,
        actor="user:1",
        at=NOON,
        reserve_bps=1_000,
        reserve_days=2,
    )
    sell(alice, corner_shop, 10_000)
    close(corner_shop)
    assert (settled().reserve_hold_minor, settled().net_minor) == (
        1_000,
        10_000 - 175 - 18 - 1_000,
    )
    assert balance(merchant.reserve_account_id).minor == 1_000
    close(corner_shop, DAY + ONE_DAY)
    close(corner_shop, DAY + 2 * ONE_DAY)
    released = settled(DAY + 2 * ONE_DAY)
    assert (released.item_count, released.reserve_release_minor) == (0, 1_000)
    assert (released.state, released.payout_minor) == ("PAYABLE", 1_000)
    assert balance(merchant.reserve_account_id).minor == 0
    assert Reserve.objects.get().released_in == released
    assert payable(corner_shop) == sum(s.payout_minor for s in Settlement.objects.all())
    assert trial_balance() == {"KRW": 0}
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_terms_begin_once_and_never_for_a_day_whose_closing_began(
    alice: Wallet, corner_shop: Store
) -> None:
    close(corner_shop)

    def agree(from_date: date) -> None:
        change_terms(
            merchant=corner_shop.merchant,
            calendar=daily("Asia/Seoul"),
            from_date=from_date,
            actor="user:1",
            at=NOON,
        )

    with pytest.raises(TermsBackdated):
        agree(DAY)
    agree(DAY + ONE_DAY)
    with pytest.raises(TermsTaken):
        agree(DAY + ONE_DAY)


@pytest.mark.django_db(transaction=True)
def test_every_posting_on_what_is_owed_is_a_line_of_some_kind(
    alice: Wallet, corner_shop: Store
) -> None:
    merchant = corner_shop.merchant
    number = sell(alice, corner_shop, 12_000)
    ours = account_id(ADJUSTMENTS, "KRW")

    def owed(kind: str, minor: int, **metadata: object) -> None:
        amount = Money(abs(minor), "KRW")
        legs: list[Leg] = [credit(merchant.payable_account_id, amount), debit(ours, amount)]
        if minor < 0:
            legs = [debit(merchant.payable_account_id, amount), credit(ours, amount)]
        with transaction.atomic():
            reference = f"{kind.lower()}:{minor}"
            post(kind=kind, reference=reference, legs=legs, effective_at=NOON, metadata=metadata)

    owed("DISPUTE", -2_000, payment=number)
    owed("DISPUTE_REVERSAL", 500, payment=number)
    owed("SOMETHING_NEW", -100)
    take(number, 1_000)
    close(corner_shop)
    day = settled()
    lines = day.items.order_by("line_no").values_list(
        "line_type", "gross_minor", "payment__number"
    )
    assert list(lines) == [
        ("PAYMENT", 12_000, number),
        ("DISPUTE", -2_000, number),
        ("DISPUTE_REVERSAL", 500, number),
        ("ADJUSTMENT", -100, None),
        ("REFUND", -1_000, number),
    ]
    assert (day.dispute_count, day.dispute_minor, day.adjustment_minor) == (2, 1_500, -100)
    assert payable(corner_shop) == day.net_minor == 12_000 - 210 - 21 - 1_500 - 100 - 1_000
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_a_payout_above_what_the_terms_let_pass_waits_for_a_person(
    alice: Wallet, corner_shop: Store, sena: User
) -> None:
    change_terms(
        merchant=corner_shop.merchant,
        calendar=daily("Asia/Seoul"),
        from_date=date(2026, 1, 1),
        actor="user:1",
        at=NOON,
        review_above_minor=10_000,
    )
    sell(alice, corner_shop, 12_000)
    close(corner_shop)
    assert (settled().state, settled().approved_by) == ("REVIEW", "")
    approve(settlement=settled(), reason="known", by=sena, at=NOON + timedelta(days=2))
    assert (settled().state, settled().approved_by) == ("PAYABLE", f"user:{sena.pk}")


@pytest.mark.django_db(transaction=True)
def test_fees_given_back_take_their_vat_back(alice: Wallet, corner_shop: Store) -> None:
    from merchants.fees.agreements import change_plan
    from merchants.models import FeePlan

    kind = FeePlan.objects.create(name="kind", rate_bps=500, returns_fee=True)
    change_plan(merchant=corner_shop.merchant, plan=kind, effective_from=NOON, actor="x", at=NOON)
    number = sell(alice, corner_shop, 10_000, NOON)
    close(corner_shop)
    take(number, 10_000, NOON + ONE_DAY)
    close(corner_shop, DAY + ONE_DAY)
    day = settled(DAY + ONE_DAY)
    assert (day.refund_minor, day.fee_minor, day.fee_refund_minor) == (10_000, 0, 500)
    assert (day.vat_minor, day.net_minor) == (-50, -9_450)
    assert payable(corner_shop) == settled().net_minor - 9_450 == 0
    assert Payment.objects.get().state == "REFUNDED"
    assert list(verify()) == []
