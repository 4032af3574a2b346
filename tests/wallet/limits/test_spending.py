"""Spending against the limits: what is counted, what is refused and what is given back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from ledger.money import Money
from tests.ledger.sql import APP, refused
from wallet.chart import open_chart
from wallet.errors import LimitExceeded, RecipientFull
from wallet.limits.spending import admit, give_back, spend, what_is_left
from wallet.models import Limit, Spend, Wallet
from wallet.models.limits import ANY
from wallet.proof.proofs import Means, Proof
from wallet.wallets import make_wallet

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


def pay(
    wallet: Wallet,
    minor: int,
    at: datetime = NOW,
    *,
    purpose: str = "PAYMENT",
    means: Means = Means.PIN,
    **more: str,
) -> None:
    proof = Proof(wallet.holder_id, means)
    amount = Money(minor, wallet.currency)
    spend(wallet=wallet, purpose=purpose, amount=amount, proof=proof, at=at, **more)


def only(wallet: Wallet, period: str, minor: int | None, **more: Any) -> None:
    """Make this the wallet's only limit."""
    Limit.objects.all().delete()
    Limit.objects.create(
        tier=wallet.tier, currency=wallet.currency, period=period, amount_minor=minor, **more
    )


def test_a_day_is_the_last_24_hours(alice: Wallet) -> None:
    only(alice, "DAY", 1_000)
    pay(alice, 600)
    pay(alice, 400, NOW + timedelta(hours=3))
    with pytest.raises(LimitExceeded) as caught:
        pay(alice, 600, NOW + timedelta(hours=5))
    assert (caught.value.limit, caught.value.left) == ("DAY", "0")
    assert caught.value.resets_at == "2026-03-03T12:00:00Z"
    with pytest.raises(LimitExceeded):
        pay(alice, 600, NOW + DAY - timedelta(microseconds=1))
    pay(alice, 600, NOW + DAY)
    with pytest.raises(LimitExceeded):
        pay(alice, 1, NOW + DAY)


def test_a_month_is_the_last_30_days(alice: Wallet) -> None:
    only(alice, "MONTH", 1_000)
    pay(alice, 1_000)
    with pytest.raises(LimitExceeded):
        pay(alice, 1, NOW + timedelta(days=29, hours=23))
    pay(alice, 1_000, NOW + timedelta(days=30))


def test_movements_are_counted_as_well_as_money(alice: Wallet) -> None:
    only(alice, "DAY", None, count=2)
    pay(alice, 1)
    pay(alice, 1)
    with pytest.raises(LimitExceeded) as caught:
        pay(alice, 1)
    assert (caught.value.left, caught.value.resets_at) == ("0", "2026-03-03T12:00:00Z")


def test_a_printed_code_has_a_limit_of_its_own(alice: Wallet) -> None:
    only(alice, "DAY", 1_000, code_kind="STATIC")
    pay(alice, 900, code="STATIC")
    pay(alice, 900, code="DYNAMIC")
    pay(alice, 900)
    with pytest.raises(LimitExceeded) as caught:
        pay(alice, 101, code="STATIC")
    assert (caught.value.limit, caught.value.left) == ("DAY STATIC", "100")
    with pytest.raises(ValueError, match="PAPER"):
        pay(alice, 1, code="PAPER")


def test_a_limit_may_go_by_proof_and_by_purpose(alice: Wallet) -> None:
    only(alice, "DAY", 1_000, means="DEVICE", purpose="TRANSFER")
    pay(alice, 900, purpose="TRANSFER", means=Means.DEVICE)
    pay(alice, 900, purpose="TRANSFER")
    pay(alice, 900, means=Means.DEVICE)
    with pytest.raises(LimitExceeded) as caught:
        pay(alice, 101, purpose="TRANSFER", means=Means.DEVICE)
    assert caught.value.limit == "DAY TRANSFER DEVICE"


def test_each_tier_has_its_own_limits(alice: Wallet) -> None:
    with pytest.raises(LimitExceeded) as caught:
        pay(alice, 300_001)
    assert (caught.value.left, caught.value.resets_at) == ("300000", None)
    alice.tier = Wallet.Tier.VERIFIED
    pay(alice, 2_000_000)
    pay(alice, 2_000_000)
    with pytest.raises(LimitExceeded) as caught:
        pay(alice, 1_000_001)
    assert (caught.value.limit, caught.value.left) == ("DAY", "1000000")


def test_a_refused_movement_counts_for_nothing(alice: Wallet) -> None:
    only(alice, "DAY", 1_000)
    with pytest.raises(LimitExceeded):
        pay(alice, 1_001)
    pay(alice, 1_000)


def test_another_holders_movements_do_not_count(alice: Wallet, bob: Wallet) -> None:
    only(alice, "DAY", 1_000)
    pay(bob, 1_000)
    pay(alice, 1_000)


def test_closing_a_wallet_and_opening_another_frees_nothing(alice: Wallet) -> None:
    only(alice, "DAY", 1_000)
    pay(alice, 1_000)
    Wallet.objects.filter(pk=alice.pk).update(status="CLOSED", closed_at=NOW)
    another = make_wallet(holder=alice.holder, currency="KRW", at=NOW)
    with pytest.raises(LimitExceeded):
        pay(another, 1, NOW + timedelta(hours=1))


def test_what_is_given_back_can_be_spent_again(alice: Wallet) -> None:
    only(alice, "DAY", 1_000, count=2)
    pay(alice, 700, reference="withdrawal:1")
    pay(alice, 300, reference="withdrawal:2")
    give_back(reference="withdrawal:1", amount=Money(700, "KRW"))
    give_back(reference="withdrawal:1", amount=Money(700, "KRW"))
    pay(alice, 700, reference="withdrawal:3")
    with pytest.raises(LimitExceeded):
        pay(alice, 1)


def test_a_part_given_back_frees_money_and_no_movement(alice: Wallet) -> None:
    only(alice, "DAY", 1_000, count=2)
    pay(alice, 1_000, reference="hold:1")
    give_back(reference="hold:1", amount=Money(400, "KRW"))
    pay(alice, 400)
    with pytest.raises(LimitExceeded):
        pay(alice, 1)


def test_at_most_what_was_spent_is_given_back(alice: Wallet) -> None:
    only(alice, "DAY", 1_000)
    pay(alice, 500, reference="hold:1")
    give_back(reference="hold:1", amount=Money(5_000, "KRW"))
    give_back(reference="never heard of", amount=Money(5_000, "KRW"))
    with pytest.raises(LimitExceeded):
        pay(alice, 1_001)


def test_what_was_given_back_leaves_the_window_together_with_its_spending(alice: Wallet) -> None:
    only(alice, "DAY", 1_000)
    pay(alice, 1_000, reference="claim:1")
    give_back(reference="claim:1", amount=Money(1_000, "KRW"))
    later = NOW + DAY
    pay(alice, 1_000, later)
    with pytest.raises(LimitExceeded):
        pay(alice, 1, later)


def test_a_wallet_takes_no_more_than_it_may_hold(alice: Wallet) -> None:
    only(alice, "BALANCE", 60_000)
    admit(wallet=alice, amount=Money(10_000, "KRW"), at=NOW)
    with pytest.raises(LimitExceeded) as caught:
        admit(wallet=alice, amount=Money(10_001, "KRW"), at=NOW)
    assert (caught.value.limit, caught.value.left) == ("BALANCE", "10000")
    with pytest.raises(RecipientFull):
        admit(wallet=alice, amount=Money(10_001, "KRW"), at=NOW, by_holder=False)


def test_what_is_left_tells_each_limit(alice: Wallet) -> None:
    Limit.objects.filter(tier="UNVERIFIED").exclude(code_kind=ANY, means=ANY).delete()
    pay(alice, 100_000)
    found = {left.period: left for left in what_is_left(wallet=alice, at=NOW)}
    assert list(found) == ["EACH", "DAY", "MONTH", "BALANCE"]
    day, holds = found["DAY"], found["BALANCE"]
    assert (day.used, day.left) == (Money(100_000, "KRW"), Money(200_000, "KRW"))
    assert (day.used_count, day.left_count) == (1, 99)
    assert day.resets_at == NOW + DAY
    assert (holds.used, holds.left) == (Money(50_000, "KRW"), Money(450_000, "KRW"))
    assert (found["EACH"].used.minor, found["EACH"].resets_at) == (0, None)


def test_spending_costs_two_queries(alice: Wallet, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        pay(alice, 1)
    with django_assert_num_queries(2):
        pay(alice, 1)
    with django_assert_num_queries(2), pytest.raises(LimitExceeded):
        pay(alice, 300_000)


def test_counted_amounts_cannot_be_changed(alice: Wallet) -> None:
    pay(alice, 1_000)
    for change in ("UPDATE wallet_spend SET amount_minor = 1", "DELETE FROM wallet_spend"):
        assert refused(change) == "ledger_append_only"
        assert refused(change, role=APP) == "InsufficientPrivilege"


def test_a_row_that_makes_no_sense_is_refused(alice: Wallet) -> None:
    columns = "(wallet_id, purpose, means, code_kind, amount_minor, count, spent_at)"
    row = (
        f"INSERT INTO wallet_spend {columns} VALUES (%s, 'PAYMENT', 'PIN', 'NONE', %s, %s, now())"
    )
    for minor, count in ((-5, -1), (0, 1), (5, 2)):
        assert refused(row, [alice.pk, minor, count]) == "wallet_spend_sign_fits"
    assert Spend.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"period": "WEEK"}, "wallet_limit_says_something"),
        ({"amount_minor": None}, "wallet_limit_says_something"),
        ({"amount_minor": -1}, "wallet_limit_amount_not_negative"),
        ({"period": "EACH", "count": 1}, "wallet_limit_count_over_time"),
        ({"period": "BALANCE", "means": "PIN"}, "wallet_limit_balance_of_all"),
        ({"tier": "GOLD"}, "wallet_limit_tier_known"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(changes: dict[str, Any], constraint: str) -> None:
    row = {"tier": "VERIFIED", "period": "DAY", "amount_minor": 5, "count": None, "means": "ANY"}
    columns, values = zip(*(row | changes).items(), strict=True)
    sql = (
        f"INSERT INTO wallet_limit (currency, purpose, code_kind, {', '.join(columns)})"
        f" VALUES ('CHF', 'ANY', 'ANY', {', '.join(['%s'] * len(columns))})"
    )
    assert refused(sql, values) == constraint


def test_limits_that_staff_changed_stay_when_the_chart_is_opened_again(alice: Wallet) -> None:
    only(alice, "DAY", 7)
    with transaction.atomic():
        open_chart("KRW")
    assert list(Limit.objects.values_list("amount_minor", flat=True)) == [7]
