"""Which plan a merchant pays by, since when; what was agreed is never changed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from ledger.errors import CurrencyMismatch
from ledger.money import Money
from merchants.errors import (
    AgreementBackdated,
    AgreementTaken,
    FeePlanExists,
    FeePlanUnsound,
    MerchantError,
)
from merchants.fees.agreements import change_plan, plan_of, plans_at_close, price_for
from merchants.fees.plans import Terms, make_plan
from merchants.fees.turnover import month_before, turnover_before
from merchants.models import (
    FeeAgreement,
    FeePlan,
    FeeRate,
    Merchant,
    MerchantAudit,
    MonthlyTurnover,
    Payment,
    Store,
)
from merchants.payments.paying import Bill, pay
from merchants.payments.refunds import refund
from tests.merchants.cast import Member, refused_by
from tests.wallet.people import proven
from wallet.models import Wallet

pytestmark = pytest.mark.django_db
SEOUL = ZoneInfo("Asia/Seoul")
TICK = timedelta(microseconds=1)


@pytest.fixture
def cheap() -> FeePlan:
    return make_plan(name="cheap", currency="KRW", base=Terms(rate_bps=100))


@pytest.fixture
def tiered() -> FeePlan:
    return make_plan(
        name="tiered",
        currency="KRW",
        base=Terms(rate_bps=200),
        rates=[
            Terms(rate_bps=50, kind="CONSUMER"),
            Terms(rate_bps=150, from_turnover_minor=10_000),
        ],
    )


def change(merchant: Merchant, plan: FeePlan, since: datetime) -> FeeAgreement:
    now = timezone.now()
    return change_plan(
        merchant=merchant, plan=plan, effective_from=max(since, now), actor="test", at=now
    )


def sell(alice: Wallet, store: Store, minor: int, at: datetime) -> Payment:
    amount = Money(minor, "KRW")
    return pay(
        wallet=alice,
        store=store,
        bill=Bill(amount),
        proof=proven(alice),
        at=at,
    )


def test_a_plan_holds_from_its_instant_to_the_next_ones(
    corner_shop: Store, cheap: FeePlan, django_assert_num_queries: Any
) -> None:
    merchant = corner_shop.merchant
    since = timezone.now() + timedelta(days=30)
    change(merchant, cheap, since)
    with django_assert_num_queries(1):
        assert plan_of(merchant=merchant, at=since - TICK).name == "standard"
    assert plan_of(merchant=merchant, at=since).name == "cheap"
    line = MerchantAudit.objects.get(action="fee_plan.changed")
    assert line.facts == {"plan": "cheap", "effective_from": since.isoformat()}


def test_a_payment_is_charged_by_the_plan_of_its_instant(
    alice: Wallet, corner_shop: Store, cheap: FeePlan
) -> None:
    since = timezone.now() + timedelta(days=1)
    change(corner_shop.merchant, cheap, since)
    before = sell(alice, corner_shop, 10_000, since - TICK)
    after = sell(alice, corner_shop, 10_000, since)
    assert (before.fee_minor, after.fee_minor) == (175, 100)


def test_a_price_with_tiers_follows_kind_and_last_months_turnover(
    alice: Wallet, corner_shop: Store, tiered: FeePlan
) -> None:
    merchant, now = corner_shop.merchant, timezone.now()
    change(merchant, tiered, now)
    month = (now.astimezone(SEOUL).replace(day=1) + timedelta(days=70)).replace(day=10)
    first = sell(alice, corner_shop, 12_000, month)
    refund(
        merchant=first.merchant,
        number=first.number,
        refund_no="R1",
        amount=Money(1_999, "KRW"),
        reason="",
        at=month,
    )
    assert first.fee_minor == 240
    following = (month + timedelta(days=31)).replace(day=1)
    assert price_for(merchant=merchant, kind="STATIC", at=following).rate_bps == 150
    assert price_for(merchant=merchant, kind="CONSUMER", at=following).rate_bps == 50
    sell(alice, corner_shop, 5_000, month)  # after the counting: it changes nothing any more
    assert turnover_before(merchant=merchant, at=following) == 10_001
    after_that = (following + timedelta(days=31)).replace(day=1)
    assert price_for(merchant=merchant, kind="STATIC", at=after_that).rate_bps == 200


def test_months_are_those_of_the_merchants_zone(alice: Wallet, corner_shop: Store) -> None:
    midnight = datetime(2026, 3, 1, tzinfo=SEOUL)
    sell(alice, corner_shop, 1_000, midnight - TICK)
    sell(alice, corner_shop, 2_000, midnight)
    sell(alice, corner_shop, 4_000, datetime(2026, 4, 1, tzinfo=SEOUL) - TICK)
    sell(alice, corner_shop, 8_000, datetime(2026, 4, 1, tzinfo=SEOUL))
    merchant = corner_shop.merchant
    assert turnover_before(merchant=merchant, at=datetime(2026, 3, 31, 15, tzinfo=UTC)) == 6_000
    assert turnover_before(merchant=merchant, at=datetime(2026, 3, 31, 14, tzinfo=UTC)) == 1_000
    assert month_before(at=datetime(2026, 1, 5, tzinfo=UTC), zone="Asia/Seoul") == date(
        2025, 12, 1
    )


@pytest.mark.django_db(transaction=True)
def test_eight_who_count_a_month_at_once_keep_one_count(alice: Wallet, corner_shop: Store) -> None:
    sell(alice, corner_shop, 6_000, datetime(2026, 3, 5, tzinfo=SEOUL))
    barrier = threading.Barrier(8)

    def count(_: int) -> int:
        barrier.wait()
        try:
            at = datetime(2026, 4, 5, tzinfo=SEOUL)
            return turnover_before(merchant=corner_shop.merchant, at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(count, range(8))) == {6_000}
    assert MonthlyTurnover.objects.count() == 1


def test_a_day_is_settled_by_the_plan_it_ends_with(corner_shop: Store, cheap: FeePlan) -> None:
    merchant = corner_shop.merchant
    day = timezone.now().astimezone(SEOUL).date() + timedelta(days=10)
    midnight = datetime(day.year, day.month, day.day, tzinfo=SEOUL) + timedelta(days=1)
    change(merchant, cheap, midnight)
    for closed, name in ((day, "standard"), (day + timedelta(days=1), "cheap")):
        plans = plans_at_close(merchant_ids=[merchant.pk], business_date=closed)
        assert {pk: plan.name for pk, plan in plans.items()} == {merchant.pk: name}
    assert plans_at_close(merchant_ids=[], business_date=day) == {}


def test_an_agreement_is_never_for_the_past_nor_for_a_taken_instant(
    corner_shop: Store, cheap: FeePlan
) -> None:
    merchant, now = corner_shop.merchant, timezone.now()
    with pytest.raises(AgreementBackdated):
        change_plan(merchant=merchant, plan=cheap, effective_from=now - TICK, actor="test", at=now)
    change_plan(merchant=merchant, plan=cheap, effective_from=now, actor="test", at=now)
    with pytest.raises(AgreementTaken):
        change_plan(merchant=merchant, plan=cheap, effective_from=now, actor="test", at=now)
    dollars = make_plan(name="usd", currency="USD", base=Terms(rate_bps=1))
    with pytest.raises(CurrencyMismatch):
        change_plan(
            merchant=merchant,
            plan=dollars,
            effective_from=now + TICK,
            actor="test",
            at=now,
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"base": Terms(rate_bps=10_001)},
        {"base": Terms(rate_bps=-1)},
        {"base": Terms(rate_bps=0, fixed_minor=-1)},
        {"base": Terms(rate_bps=0, minimum_minor=5, maximum_minor=4)},
        {"base": Terms(rate_bps=0, fixed_minor=1 << 70)},
        {"vat_bps": -1},
        {"name": ""},
        {"name": "x" * 41},
        {"rates": [Terms(rate_bps=1), Terms(rate_bps=2)]},
        {"rates": [Terms(rate_bps=1, kind="CASH")]},
        {"rates": [Terms(rate_bps=1, from_turnover_minor=-1)]},
        {"rates": [Terms(rate_bps=1, minimum_minor=2, maximum_minor=1)]},
    ],
)
def test_terms_that_are_none_make_no_plan(changes: dict[str, Any]) -> None:
    asked = {"name": "odd", "currency": "KRW", "base": Terms(rate_bps=1), **changes}
    with pytest.raises(FeePlanUnsound):
        make_plan(**asked)
    assert not FeePlan.objects.exists()


def test_terms_are_final(tiered: FeePlan, corner_shop: Store) -> None:
    with pytest.raises(FeePlanExists):
        make_plan(name="tiered", currency="KRW", base=Terms(rate_bps=1))
    FeeRate.objects.create(plan=tiered, kind="OFFLINE", rate_bps=1)  # nobody agreed yet
    with refused_by("merchants_fee_rate_before_agreement"):
        plain = FeePlan.objects.get(name="standard")
        FeeRate.objects.create(plan=plain, kind="OFFLINE", rate_bps=1)
    change(corner_shop.merchant, tiered, timezone.now())
    with refused_by("merchants_fee_rate_before_agreement"):
        FeeRate.objects.create(plan=tiered, kind="DYNAMIC", rate_bps=1)
    for table in ("feeplan", "feerate", "feeagreement", "monthlyturnover"):
        for change_it in ("UPDATE merchants_{} SET id = 0", "DELETE FROM merchants_{}"):
            with (
                pytest.raises(DatabaseError, match="history is final"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(change_it.format(table))


def test_the_database_keeps_terms_and_agreements_whole(
    corner_shop: Store, tiered: FeePlan
) -> None:
    merchant, now = corner_shop.merchant, timezone.now()
    own: dict[str, Any] = {"merchant": merchant, "plan": tiered, "agreed_at": now}
    with refused_by("merchants_fee_agreement_not_backdated"):
        FeeAgreement.objects.create(**own, effective_from=now - TICK, agreed_by="x")
    with refused_by("merchants_fee_agreement_says_who"):
        FeeAgreement.objects.create(**own, effective_from=now, agreed_by="")
    FeeAgreement.objects.create(**own, effective_from=now, agreed_by="x")
    with refused_by("merchants_fee_agreement_one_at_a_time"):
        FeeAgreement.objects.create(**own, effective_from=now, agreed_by="x")
    with refused_by("merchants_fee_plan_sensible"):
        FeePlan.objects.create(name="odd", rate_bps=1, vat_bps=10_001)
    other = FeePlan.objects.create(name="other", rate_bps=1, is_tiered=True)
    with refused_by("merchants_fee_rate_sensible"):
        FeeRate.objects.create(plan=other, rate_bps=-1)
    with refused_by("merchants_fee_rate_kind_known"):
        FeeRate.objects.create(plan=other, rate_bps=1, kind="CASH")
    FeeRate.objects.create(plan=other, rate_bps=1)
    with refused_by("merchants_fee_rate_one_each"):
        FeeRate.objects.create(plan=other, rate_bps=1)
    month: dict[str, Any] = {"merchant": merchant, "month": date(2026, 3, 1), "counted_at": now}
    MonthlyTurnover.objects.create(**month, amount_minor=1)
    with refused_by("merchants_monthly_turnover_once"):
        MonthlyTurnover.objects.create(**month, amount_minor=1)
    with refused_by("merchants_monthly_turnover_sensible"):
        MonthlyTurnover.objects.create(**month | {"month": date(2026, 4, 2)}, amount_minor=1)


def test_the_api_shows_the_plan_in_force_and_every_agreement(
    owner: Member, corner_shop: Store, tiered: FeePlan, django_assert_max_num_queries: Any
) -> None:
    since = timezone.now() + timedelta(days=30)
    change(corner_shop.merchant, tiered, since)
    shown = owner.get("/merchant/fee-plan").json()
    assert (shown["name"], shown["rate_bps"], shown["rates"]) == ("standard", 175, [])
    with django_assert_max_num_queries(5):
        items = owner.get("/merchant/fee-agreements").json()["items"]
    assert [item["plan"]["name"] for item in items] == ["tiered", "standard"]
    rate = items[0]["plan"]["rates"][0]
    assert (rate["kind"], rate["from_turnover"]) == ("ANY", {"amount": "10000", "currency": "KRW"})
    with pytest.raises(MerchantError):
        change_plan(
            merchant=corner_shop.merchant,
            plan=tiered,
            effective_from=since,
            actor="test",
            at=timezone.now(),
        )


def test_the_applications_role_agrees_but_changes_no_terms(corner_shop: Store) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE jigap_app")
    try:
        plan = make_plan(
            name="new", currency="KRW", base=Terms(rate_bps=1), rates=[Terms(rate_bps=2)]
        )
        change(corner_shop.merchant, plan, timezone.now())
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            FeePlan.objects.update(rate_bps=0)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
