"""Set aside now; captured, voided or expired later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledger.balances import balance
from merchants.errors import PaymentEnded, UnknownPayment
from merchants.models import FeePlan, Payment, Store
from merchants.payments.authorizing import AUTHORIZED_FOR
from merchants.payments.cancelling import close_due
from merchants.stores import take_on
from tests.merchants.payments.stories import (
    MINUTE,
    NOON,
    ask,
    books,
    capture,
    confirm,
    refund,
    state,
    void,
)
from wallet import holds
from wallet.errors import CaptureTooLarge
from wallet.models import Wallet

pytestmark = pytest.mark.django_db
PAID_AT = NOON + MINUTE


@pytest.fixture
def set_aside(alice: Wallet, corner_shop: Store) -> Payment:
    return confirm(ask(corner_shop, manual=True), alice, at=PAID_AT)


def aside(wallet: Wallet) -> int:
    found = Wallet.objects.get(pk=wallet.pk).held_account_id
    return 0 if found is None else balance(found).minor


def test_a_part_is_captured_and_the_rest_is_the_payers(
    alice: Wallet, corner_shop: Store, set_aside: Payment
) -> None:
    assert (set_aside.state, aside(alice)) == ("AUTHORIZED", 12_000)
    paid = capture(set_aside, 10_000)
    assert (paid.state, paid.captured_minor, paid.fee_minor) == ("CAPTURED", 10_000, 175)
    assert (books(alice, corner_shop), aside(alice)) == ((40_000, 9_825), 0)
    assert capture(set_aside, 10_000).number == paid.number
    with pytest.raises(PaymentEnded):
        capture(set_aside, 9_999)


@pytest.mark.parametrize("minor", [12_001, 0, -1])
def test_more_than_was_set_aside_is_not_captured(
    alice: Wallet, set_aside: Payment, minor: int
) -> None:
    with pytest.raises(CaptureTooLarge):
        capture(set_aside, minor)
    assert (state(set_aside), aside(alice)) == ("AUTHORIZED", 12_000)


def test_a_void_gives_back_once(alice: Wallet, corner_shop: Store, set_aside: Payment) -> None:
    assert [void(set_aside).state, void(set_aside).state] == ["VOIDED", "VOIDED"]
    assert (books(alice, corner_shop), aside(alice)) == ((50_000, 0), 0)
    with pytest.raises(PaymentEnded):
        capture(set_aside, 1)


def test_it_expires_by_the_clock_and_then_by_the_job(
    alice: Wallet, corner_shop: Store, set_aside: Payment
) -> None:
    late = PAID_AT + AUTHORIZED_FOR
    with pytest.raises(PaymentEnded):
        capture(set_aside, 1, at=late)
    assert close_due(at=late - timedelta(seconds=1)) == 0
    assert close_due(at=late) == 1
    assert (state(set_aside), books(alice, corner_shop)) == ("EXPIRED", (50_000, 0))


def test_the_holds_own_job_may_come_first(
    alice: Wallet, corner_shop: Store, set_aside: Payment
) -> None:
    late = PAID_AT + AUTHORIZED_FOR
    assert holds.expire_due(at=late) == 1
    assert close_due(at=late) == 1
    assert (state(set_aside), books(alice, corner_shop)) == ("EXPIRED", (50_000, 0))


def test_a_capture_is_refunded_like_a_payment(
    alice: Wallet, corner_shop: Store, set_aside: Payment
) -> None:
    capture(set_aside, 10_000)
    refund(set_aside, 4_000, "R1")
    refund(set_aside, 6_000, "R2")
    assert (state(set_aside), books(alice, corner_shop)) == ("REFUNDED", (50_000, -175))


def test_another_merchant_captures_and_voids_nothing(
    alice: Wallet, corner_shop: Store, set_aside: Payment
) -> None:
    other = take_on(
        legal_name="Other",
        currency="KRW",
        fee_plan=FeePlan.objects.get(),
        name="Other",
        latin_name="Other",
        city="Seoul",
        merchant_category_code="5411",
    )
    set_aside.merchant = other.merchant
    with pytest.raises(UnknownPayment):
        capture(set_aside, 1)
    with pytest.raises(UnknownPayment):
        void(set_aside)
    assert aside(alice) == 12_000
