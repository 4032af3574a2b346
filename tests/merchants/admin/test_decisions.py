"""What finance decides beside money at the bank: each for a reason, by two where it takes two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from ledger.accounts import account_id
from ledger.balances import balance
from ledger.models import Period
from merchants.models import (
    Application,
    Dispute,
    FeePlan,
    Merchant,
    MerchantBankAccount,
    Payment,
    PeriodRequest,
    RiskHit,
    RiskRule,
    SafeguardingDay,
    Store,
)
from merchants.onboarding.applications import submit
from merchants.reconciliation import safeguarding
from tests.merchants.admin.desk import REASON, do, may_add, may_change, outcomes
from tests.merchants.cast import MINJI, application, newcomer
from tests.merchants.disputes.stories import answer, contest
from tests.merchants.settlement.days import sell
from wallet.chart import SAFEGUARDING
from wallet.models import User, Wallet

pytestmark = pytest.mark.django_db


def test_a_month_is_closed_by_two(sena: User, doyun: User) -> None:
    for user in (sena, doyun):
        user.user_permissions.add(Permission.objects.get(codename="close_periods"))
    asking, deciding = may_add(sena, "periodrequest"), may_change(doyun, "periodrequest")
    may_change(sena, "periodrequest")
    given = {"month": "2026-02", "action": "SOFT_CLOSE"}
    path = "/admin/merchants/periodrequest"
    for month in ("2026-13", "2026-2", "", "2026-02\n", "\x00"):
        assert do(asking, f"{path}/do/ask/", **(given | {"month": month})).status_code == 200
    named = given | {"reference": "payment:1"}
    assert do(asking, f"{path}/do/ask/", **named).status_code == 200
    assert not PeriodRequest.objects.exists()
    assert do(asking, f"{path}/do/ask/", **given).status_code == 302
    made = PeriodRequest.objects.get()
    assert (made.reason, made.requested_by) == (REASON, sena)
    assert do(asking, f"{path}/{made.pk}/do/approve/").status_code == 200
    assert do(deciding, f"{path}/{made.pk}/do/approve/", seen="0" * 64).status_code == 200
    assert not Period.objects.exists()
    assert do(deciding, f"{path}/{made.pk}/do/approve/").status_code == 302
    assert Period.objects.get().state == "SOFT_CLOSED"
    assert outcomes() == ["done", "second_person_needed", "seen_other", "done"]


def test_a_request_about_a_month_is_turned_down(sena: User, doyun: User) -> None:
    for user in (sena, doyun):
        user.user_permissions.add(Permission.objects.get(codename="close_periods"))
    asking, deciding = may_add(sena, "periodrequest"), may_change(doyun, "periodrequest")
    path = "/admin/merchants/periodrequest"
    do(asking, f"{path}/do/ask/", month="2026-02", action="SOFT_CLOSE")
    made = PeriodRequest.objects.get()
    assert do(deciding, f"{path}/{made.pk}/do/reject/").status_code == 302
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("REJECTED", doyun)
    assert not Period.objects.exists()


def test_what_is_missing_in_safeguarding_is_moved_by_two(
    alice: Wallet, sena: User, doyun: User
) -> None:
    today = timezone.localdate() - timedelta(days=1)
    day = safeguarding.write(currency="KRW", day=today)
    SafeguardingDay.objects.filter(pk=day.pk).update(
        requirement_minor=day.requirement_minor + 700,
        customers_positive_minor=day.customers_positive_minor + 700,
        difference_minor=day.difference_minor - 700,
        action="TOP_UP",
    )
    before = balance(account_id(SAFEGUARDING, "KRW")).minor
    making, checking = may_change(sena, "safeguardingday"), may_change(doyun, "safeguardingday")
    path = f"/admin/merchants/safeguardingday/{day.pk}/do"
    assert do(making, f"{path}/propose/").status_code == 302
    assert do(making, f"{path}/propose/").status_code == 200
    assert do(making, f"{path}/approve/").status_code == 200
    assert do(checking, f"{path}/approve/").status_code == 302
    day.refresh_from_db()
    assert (day.maker, day.checker) == (sena, doyun)
    moved = balance(account_id(SAFEGUARDING, "KRW")).minor - before
    assert moved == -day.difference_minor > 0
    assert outcomes() == ["done", "break_state", "second_person_needed", "done"]


def test_a_dispute_is_proposed_sent_back_and_agreed_on(
    alice: Wallet, corner_shop: Store, sena: User, doyun: User
) -> None:
    now = timezone.now()
    payment = Payment.objects.get(number=sell(alice, corner_shop, 10_000, now))
    dispute = contest(payment, alice, at=now)
    answer(dispute, at=now)
    making, checking = may_change(sena, "dispute"), may_change(doyun, "dispute")
    path = f"/admin/merchants/dispute/{dispute.pk}/do"
    assert do(making, f"{path}/propose/", outcome="WITHDRAWN").status_code == 200
    assert do(making, f"{path}/propose/", outcome="LOST").status_code == 302
    assert do(making, f"{path}/agree/").status_code == 200
    assert do(checking, f"{path}/send_back/").status_code == 302
    assert do(making, f"{path}/propose/", outcome="WON").status_code == 302
    assert do(checking, f"{path}/agree/", seen="0" * 64).status_code == 200
    assert do(checking, f"{path}/agree/").status_code == 302
    assert Dispute.objects.get().state == "WON"
    expected = ["done", "second_person_needed", "done", "done", "seen_other", "done"]
    assert outcomes() == expected


def test_a_business_is_reviewed_by_one_and_approved_by_another(sena: User, doyun: User) -> None:
    plan = FeePlan.objects.create(name="standard", rate_bps=175)
    asked = submit(applicant=newcomer(MINJI).holder, asked=application(), at=timezone.now())
    first, second = may_change(sena, "application"), may_change(doyun, "application")
    path = f"/admin/merchants/application/{asked.pk}/do"
    assert do(first, f"{path}/review/", plan="none").status_code == 200
    assert do(first, f"{path}/review/", plan=plan.name).status_code == 302
    assert do(first, f"{path}/approve/").status_code == 200
    assert do(second, f"{path}/approve/").status_code == 302
    merchant = Merchant.objects.get()
    assert Application.objects.get().state == "APPROVED"
    assert merchant.audits.filter(actor=f"user:{doyun.pk}").exists()
    assert outcomes() == ["done", "second_person_needed", "done"]


def test_an_application_is_rejected_with_the_reason(sena: User) -> None:
    asked = submit(applicant=newcomer(MINJI).holder, asked=application(), at=timezone.now())
    client = may_change(sena, "application")
    assert do(client, f"/admin/merchants/application/{asked.pk}/do/reject/").status_code == 302
    asked.refresh_from_db()
    assert asked.state == "REJECTED"
    assert REASON in str(list(asked.audits.values_list("reason", flat=True)))


def test_a_merchant_is_suspended_and_the_suspension_lifted(corner_shop: Store, sena: User) -> None:
    client = may_change(sena, "merchant")
    path = f"/admin/merchants/merchant/{corner_shop.merchant_id}/do"
    for deed, status in (("suspend", "SUSPENDED"), ("lift", "ACTIVE")):
        assert do(client, f"{path}/{deed}/").status_code == 302
        assert Merchant.objects.get().status == status
    told = corner_shop.merchant.audits.filter(reason=REASON).order_by("pk")
    assert [one.action for one in told] == ["merchant.suspended", "merchant.lifted"]


def test_a_bank_account_is_approved_as_it_was_shown(
    corner_shop: Store, minji: Wallet, sena: User, doyun: User
) -> None:
    made = [
        MerchantBankAccount.objects.create(
            merchant=corner_shop.merchant,
            bank_code="090",
            number=f"333301123456{n}",
            holder_name="모퉁이가게",
            requested_by=minji.holder,
            requested_at=timezone.now(),
            state=state,
        )
        for n, state in ((1, "REJECTED"), (2, "REQUESTED"))
    ]
    path = f"/admin/merchants/merchantbankaccount/{made[1].pk}/do"
    client = may_change(sena, "merchantbankaccount")
    assert do(client, f"{path}/approve/", seen="0" * 64).status_code == 200
    assert do(client, f"{path}/approve/").status_code == 302
    assert do(client, f"{path}/reject/").status_code == 200  # it is decided
    made[1].refresh_from_db()
    assert made[1].state == "APPROVED"


RULE: dict[str, Any] = {
    "code": "far",
    "measure": "DISTANCE",
    "threshold": "5000",
    "outcome": "STEP_UP",
}


def test_a_rule_is_made_put_into_effect_and_ended_each_for_a_reason(sena: User) -> None:
    may_add(sena, "riskrule")
    client = may_change(sena, "riskrule")
    path = "/admin/merchants/riskrule"
    for wrong in ({"threshold": "-1"}, {"threshold": "9" * 30}, {"code": "a b"}, {"reason": ""}):
        assert do(client, f"{path}/do/make/", **(RULE | wrong)).status_code == 200, wrong
    unsound = RULE | {"measure": "COUNT"}  # without how far it looks back
    assert do(client, f"{path}/do/make/", **unsound).status_code == 200
    assert not RiskRule.objects.exists()
    made = do(client, f"{path}/do/make/", **RULE)
    rule = RiskRule.objects.get()
    assert made["Location"] == f"{path}/{rule.pk}/change/"
    assert rule.is_dry_run
    assert do(client, f"{path}/do/make/", **RULE).status_code == 200  # the code is taken
    assert do(client, f"{path}/{rule.pk}/do/go_live/").status_code == 302
    assert do(client, f"{path}/{rule.pk}/do/end/").status_code == 302
    assert do(client, f"{path}/{rule.pk}/do/go_live/").status_code == 200
    rule.refresh_from_db()
    assert (rule.is_dry_run, rule.ended_at is None) == (False, False)
    said = (f"user:{sena.pk}", REASON)
    steps = rule.changes.order_by("pk").values_list("action", "actor", "reason")
    assert list(steps) == [("made", *said), ("in effect", *said), ("ended", *said)]
    expected = ["risk_rule_unsound", "done", "risk_rule_exists", "done", "done"]
    assert outcomes() == [*expected, "risk_rule_ended"]


def test_a_hit_is_reviewed_once(alice: Wallet, corner_shop: Store, sena: User) -> None:
    now = timezone.now()
    rule = RiskRule.objects.create(
        code="far", measure="DISTANCE", threshold=5_000, outcome="ALLOW", made_at=now
    )
    hit = RiskHit.objects.create(
        rule=rule,
        wallet=alice,
        store=corner_shop,
        amount_minor=1_000,
        currency="KRW",
        measured=9_000,
        verdict="ALLOW",
        is_dry_run=True,
        happened_at=now,
    )
    may_add(sena, "riskreview")
    client = may_change(sena, "riskhit")
    path = f"/admin/merchants/riskhit/{hit.pk}/do/review/"
    assert do(client, path, finding="MAYBE").status_code == 200
    assert do(client, path, finding="FINE").status_code == 302
    assert do(client, path, finding="FRAUD").status_code == 200
    hit.refresh_from_db()
    assert (hit.review.finding, hit.review.note, hit.review.reviewed_by) == ("FINE", REASON, sena)
    assert outcomes() == ["done", "risk_reviewed"]
