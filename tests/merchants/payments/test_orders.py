"""A till asks: by a code of its own, or by the payer's code."""

from __future__ import annotations

import pytest

from ledger.errors import InsufficientFunds
from merchants.errors import OrderConflict, PaymentEnded, UnknownPayment
from merchants.models import Payment, Store
from merchants.payments import orders
from merchants.payments.cancelling import close_due, decline
from tests.merchants.payments.stories import (
    MINUTE,
    NOON,
    ask,
    books,
    charge,
    confirm,
    refund,
    state,
)
from tests.wallet.people import BOB, PASSWORD
from wallet.errors import LimitExceeded, PinRequired, WalletNotOpen
from wallet.models import ActivityNote, Event, Wallet
from wallet.people import sign_up
from wallet.proof.proofs import Means, Proof

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(alice: Wallet) -> Wallet:
    return sign_up(phone=BOB, password=PASSWORD, currency="KRW", at=NOON)


def test_a_payer_looks_confirms_and_pays(alice: Wallet, corner_shop: Store) -> None:
    payment = ask(corner_shop, tip=2_000)
    assert payment.state == "CREATED"
    assert orders.look(number=payment.number, at=NOON).state == "AWAITING_PAYER"
    assert confirm(payment, alice).state == "SUCCEEDED"
    assert books(alice, corner_shop) == (38_000, 11_790)
    paid = Payment.objects.get()
    assert (paid.captured_minor, paid.tip_minor, paid.fee_minor) == (12_000, 2_000, 210)
    assert ActivityNote.objects.get(kind="PAYMENT").counterparty == "모퉁이가게"


def test_asking_again_returns_the_same_payment_whatever_became_of_it(
    alice: Wallet, corner_shop: Store
) -> None:
    first = ask(corner_shop)
    confirm(first, alice)
    again = ask(corner_shop, at=NOON + 5 * MINUTE)
    assert (again.number, again.state) == (first.number, "SUCCEEDED")
    assert books(alice, corner_shop) == (38_000, 11_790)


def test_an_order_number_is_no_other_payments(alice: Wallet, corner_shop: Store) -> None:
    ask(corner_shop)
    with pytest.raises(OrderConflict):
        ask(corner_shop, minor=12_001)
    with pytest.raises(OrderConflict):
        ask(corner_shop, tip=1)
    with pytest.raises(OrderConflict):
        charge(corner_shop, alice)
    assert books(alice, corner_shop) == (50_000, 0)


def test_confirming_twice_pays_once(alice: Wallet, corner_shop: Store) -> None:
    payment = ask(corner_shop)
    assert confirm(payment, alice).paid_at == confirm(payment, alice, at=NOON + 2 * MINUTE).paid_at
    assert books(alice, corner_shop) == (38_000, 11_790)


def test_a_second_payer_of_a_paid_code_pays_nothing(
    alice: Wallet, bob: Wallet, corner_shop: Store
) -> None:
    payment = ask(corner_shop)
    confirm(payment, alice)
    with pytest.raises(PaymentEnded) as refused:
        confirm(payment, bob)
    assert refused.value.state == "SUCCEEDED"


def test_nobody_pays_after_the_time_even_before_the_job_ran(
    alice: Wallet, corner_shop: Store
) -> None:
    payment = ask(corner_shop)
    with pytest.raises(PaymentEnded):
        confirm(payment, alice, at=NOON + 3 * MINUTE)
    assert close_due(at=NOON + 3 * MINUTE) == 1
    assert close_due(at=NOON + 3 * MINUTE) == 0
    assert (state(payment), Payment.objects.get().closed_because) == ("CLOSED", "TIMED_OUT")
    with pytest.raises(PaymentEnded):
        confirm(payment, alice)
    assert books(alice, corner_shop) == (50_000, 0)


def test_a_refusal_leaves_the_payment_to_be_paid(alice: Wallet, corner_shop: Store) -> None:
    payment = ask(corner_shop, minor=60_000)
    with pytest.raises(InsufficientFunds):
        confirm(payment, alice)
    only_signed_in = Proof(alice.holder_id, Means.SESSION)
    with pytest.raises(PinRequired):
        orders.confirm(number=payment.number, wallet=alice, proof=only_signed_in, at=NOON)
    assert state(payment) == "CREATED"


def test_a_small_amount_is_taken_by_the_payers_code_alone(
    alice: Wallet, corner_shop: Store
) -> None:
    assert charge(corner_shop, alice).state == "SUCCEEDED"
    assert charge(corner_shop, alice).state == "SUCCEEDED"
    assert books(alice, corner_shop) == (38_000, 11_790)


def test_a_larger_amount_waits_for_the_payer(alice: Wallet, corner_shop: Store) -> None:
    payment = charge(corner_shop, alice, minor=40_000)
    assert payment.state == "AWAITING_PAYER"
    assert books(alice, corner_shop) == (50_000, 0)
    assert Event.objects.filter(wallet=alice, kind="payment.asked").count() == 1
    assert confirm(payment, alice).state == "SUCCEEDED"
    assert books(alice, corner_shop) == (10_000, 39_300)


def test_what_the_code_may_not_pay_is_under_the_payers_own_limits_too(
    alice: Wallet, corner_shop: Store
) -> None:
    payment = charge(corner_shop, alice, minor=300_001)
    with pytest.raises(LimitExceeded):
        confirm(payment, alice)
    assert state(payment) == "AWAITING_PAYER"


def test_a_charge_that_the_wallet_cannot_pay_leaves_its_number_free(
    alice: Wallet, corner_shop: Store
) -> None:
    charge(corner_shop, alice, minor=25_000)
    with pytest.raises(InsufficientFunds):
        charge(corner_shop, alice, minor=25_001, order_no="A2")
    assert charge(corner_shop, alice, minor=25_000, order_no="A2").state == "SUCCEEDED"


def test_only_the_payer_confirms_or_declines_what_was_charged(
    alice: Wallet, bob: Wallet, corner_shop: Store
) -> None:
    payment = charge(corner_shop, alice, minor=40_000)
    with pytest.raises(UnknownPayment):
        confirm(payment, bob)
    with pytest.raises(UnknownPayment):
        decline(number=payment.number, wallet=bob, at=NOON)
    with pytest.raises(UnknownPayment):
        orders.look(number=payment.number, at=NOON)
    assert decline(number=payment.number, wallet=alice, at=NOON).state == "CLOSED"
    assert decline(number=payment.number, wallet=alice, at=NOON).closed_because == "DECLINED"
    with pytest.raises(PaymentEnded):
        confirm(payment, alice)


def test_a_frozen_wallet_pays_neither_way(alice: Wallet, corner_shop: Store) -> None:
    payment = ask(corner_shop)
    Wallet.objects.filter(pk=alice.pk).update(status=Wallet.Status.FROZEN)
    with pytest.raises(WalletNotOpen):
        confirm(payment, alice)
    with pytest.raises(WalletNotOpen):
        charge(corner_shop, alice, order_no="A2")


def test_an_unpaid_payment_is_not_refunded(alice: Wallet, corner_shop: Store) -> None:
    with pytest.raises(PaymentEnded):
        refund(ask(corner_shop), 1)
