"""Where the money of a contested payment is, whatever happens to it meanwhile.

Each story begins with 10,000 won paid by Alice, who has 50,000 left; 9,825 of it are the shop's.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from merchants.disputes import deciding
from merchants.errors import (
    DisputeEnded,
    DisputeExists,
    DisputeTooLarge,
    DisputeWindowOver,
    MerchantError,
    RefundTooLarge,
)
from merchants.models import Dispute, MerchantEvent, Payment, Store
from merchants.payments import cancelling
from tests.merchants.cast import refused_by
from tests.merchants.disputes.stories import (
    DAY,
    answer,
    approve,
    books,
    concede,
    contest,
    paid,
    propose,
    state,
    withdraw,
)
from tests.merchants.payments.stories import NOON, refund
from wallet.models import Event, User, Wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(alice: Wallet, corner_shop: Store) -> Payment:
    return paid(corner_shop, alice)


def test_what_is_claimed_is_held_back_at_once(
    alice: Wallet, corner_shop: Store, payment: Payment
) -> None:
    dispute = contest(payment, alice, 4_000)
    assert books(alice, corner_shop) == (50_000, 5_825, 4_000)
    assert contest(payment, alice, 4_000).pk == dispute.pk
    with pytest.raises(DisputeExists):
        contest(payment, alice, 5_000)
    assert books(alice, corner_shop) == (50_000, 5_825, 4_000)


def test_a_merchant_that_was_paid_out_owes(
    alice: Wallet, corner_shop: Store, payment: Payment
) -> None:
    contest(payment, alice)
    assert books(alice, corner_shop) == (50_000, -175, 10_000)


def test_won_it_is_the_merchants_again(
    alice: Wallet, corner_shop: Store, payment: Payment, sena: User, doyun: User
) -> None:
    dispute = contest(payment, alice)
    answer(dispute)
    propose(dispute, "WON", sena)
    approve(dispute, doyun)
    assert state(dispute) == ("WON", "PEOPLE")
    assert books(alice, corner_shop) == (50_000, 9_825, 0)


def test_lost_it_is_the_payers_again(
    alice: Wallet, corner_shop: Store, payment: Payment, sena: User, doyun: User
) -> None:
    dispute = contest(payment, alice, 4_000)
    answer(dispute)
    propose(dispute, "LOST", sena)
    approve(dispute, doyun)
    assert state(dispute) == ("LOST", "PEOPLE")
    assert books(alice, corner_shop) == (54_000, 5_825, 0)
    payment.refresh_from_db()
    assert (payment.state, payment.refunded_minor) == ("PARTIALLY_REFUNDED", 4_000)
    refund(payment, 6_000)
    payment.refresh_from_db()
    assert payment.state == "REFUNDED"


def test_conceded_and_withdrawn_need_nobody_else(
    alice: Wallet, corner_shop: Store, payment: Payment
) -> None:
    other = paid(corner_shop, alice, 2_000)
    first, second = contest(payment, alice), contest(other, alice)
    assert concede(first).pk == concede(first).pk
    assert withdraw(other, alice).pk == withdraw(other, alice).pk
    assert (state(first), state(second)) == (("CONCEDED", "MERCHANT"), ("WITHDRAWN", "PAYER"))
    assert books(alice, corner_shop) == (60_000, -175 + 1_965, 0)


@pytest.mark.parametrize(("answers", "ended", "held"), [(0, "LOST", 60_000), (1, "WON", 50_000)])
def test_what_nobody_decides_in_time_ends_by_who_answered(
    alice: Wallet, corner_shop: Store, payment: Payment, answers: int, ended: str, held: int
) -> None:
    dispute = contest(payment, alice)
    for _ in range(answers):
        answer(dispute)
    assert deciding.close_due(at=NOON + 7 * DAY - DAY / 24) == 0
    assert deciding.close_due(at=NOON + 7 * DAY) == 1
    assert deciding.close_due(at=NOON + 7 * DAY) == 0
    assert state(dispute) == (ended, "TIME")
    assert books(alice, corner_shop)[0] == held


def test_refunds_and_the_claim_share_what_was_paid(
    alice: Wallet, corner_shop: Store, payment: Payment
) -> None:
    refund(payment, 3_000)
    with pytest.raises(DisputeTooLarge):
        contest(payment, alice, 7_001)
    dispute = contest(payment, alice, 5_000)
    with pytest.raises(RefundTooLarge):
        refund(payment, 2_001, "R2")
    refund(payment, 2_000, "R3")
    payment.refresh_from_db()
    assert payment.state == "PARTIALLY_REFUNDED"
    concede(dispute)
    payment.refresh_from_db()
    assert (payment.state, payment.refunded_minor, payment.disputed_minor) == (
        "REFUNDED",
        10_000,
        0,
    )
    assert books(alice, corner_shop)[0] == 60_000


def test_cancelling_concedes(alice: Wallet, corner_shop: Store, payment: Payment) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE merchants_payment SET merchant_order_no = 'A1'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    dispute = contest(payment, alice, 4_000)
    for action in ("REFUND", "NONE"):
        done = cancelling.cancel(merchant=payment.merchant, order_no="A1", at=NOON)
        assert done.action == action
    assert state(dispute) == ("CONCEDED", "MERCHANT")
    assert books(alice, corner_shop)[::2] == (60_000, 0)


def test_too_late_or_not_paid_is_not_contested(
    alice: Wallet, corner_shop: Store, payment: Payment
) -> None:
    with pytest.raises(DisputeWindowOver):
        contest(payment, alice, at=NOON + 121 * DAY)
    refund(payment, 10_000)
    with pytest.raises(DisputeTooLarge):
        contest(payment, alice)


def test_both_sides_are_told(alice: Wallet, corner_shop: Store, payment: Payment) -> None:
    dispute = contest(payment, alice, 4_000)
    answer(dispute)
    answer(dispute, "And here is the receipt.")
    deciding.close_due(at=NOON + 7 * DAY)
    kinds = MerchantEvent.objects.filter(kind__startswith="dispute").order_by("pk")
    assert [e.kind for e in kinds] == ["dispute.opened", "dispute.answered", "dispute.won"]
    assert kinds[0].facts["amount_minor"] == 4_000
    told = Event.objects.filter(kind__startswith="dispute").order_by("pk")
    assert [e.kind for e in told] == ["dispute.opened", "dispute.answered", "dispute.rejected"]


def test_the_database_knows_how_much_is_held_back(alice: Wallet, payment: Payment) -> None:
    contest(payment, alice, 4_000)
    row = Payment.objects.filter(pk=payment.pk)
    with refused_by("merchants_payment_refunds_within"):
        row.update(refunded_minor=6_001)
    with refused_by("merchants_payment_refunds_within"):
        row.update(disputed_minor=10_001)
    with refused_by("merchants_dispute_held_back"), transaction.atomic():
        row.update(disputed_minor=0)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db(transaction=True)
def test_claims_and_refunds_at_once_never_come_to_more_than_was_paid(
    alice: Wallet, corner_shop: Store
) -> None:
    payment = paid(corner_shop, alice)
    barrier = threading.Barrier(8)

    def act(number: int) -> str:
        try:
            barrier.wait()
            if number % 2:
                contest(payment, alice, 7_000)
                return "contested"
            refund(payment, 4_000, f"R{number}")
        except (RefundTooLarge, DisputeTooLarge):
            return "refused"
        finally:
            connection.close()
        return "refunded"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(act, range(8)))
    # Who was first, decides: the claim leaves no room for a refund, nor a refund for the claim.
    assert outcomes in (
        ["contested"] * 4 + ["refused"] * 4,
        sorted(["refunded"] * 2 + ["refused"] * 6),
    )
    payment.refresh_from_db()
    assert payment.refunded_minor + payment.disputed_minor <= 10_000


@pytest.mark.django_db(transaction=True)
def test_ends_of_all_kinds_at_once_are_one_end(
    alice: Wallet, corner_shop: Store, sena: User, doyun: User
) -> None:
    payment = paid(corner_shop, alice)
    dispute = contest(payment, alice)
    answer(dispute)
    propose(dispute, "LOST", sena)
    barrier = threading.Barrier(4)

    def act(end: Any) -> str:
        try:
            barrier.wait()
            end()
        except (DisputeEnded, MerchantError):
            return "refused"
        finally:
            connection.close()
        return "ended"

    ends = [
        lambda: approve(dispute, doyun),
        lambda: concede(dispute),
        lambda: withdraw(payment, alice),
        lambda: deciding.close_due(at=NOON + 8 * DAY),
    ]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(act, ends))
    assert outcomes.count("ended") in {1, 2}  # the job that finds nothing due is content
    found = Dispute.objects.get(pk=dispute.pk)
    is_back = found.state in {"LOST", "CONCEDED"}
    assert books(alice, corner_shop) == ((60_000, -175, 0) if is_back else (50_000, 9_825, 0))
