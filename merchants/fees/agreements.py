"""Which plan a merchant pays by at an instant, and agreeing to another one from a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection

from ledger.errors import CurrencyMismatch
from merchants.access.audits import note
from merchants.errors import AgreementBackdated, AgreementTaken
from merchants.fees.pricing import price_of
from merchants.fees.turnover import turnover_before
from merchants.models import FeeAgreement, FeePlan, FeeRate, Merchant, Price
from merchants.refusals import refused_as
from wallet.idempotency import use_case

# Midnight after the business day in each merchant's own zone.
_AT_CLOSE = """
    SELECT DISTINCT ON (a.merchant_id) a.merchant_id, a.plan_id
    FROM merchants_feeagreement AS a
    INNER JOIN merchants_merchant AS m ON m.id = a.merchant_id
    WHERE a.merchant_id = ANY(%s)
        AND a.effective_from < (%s::date + 1)::timestamp AT TIME ZONE m.zone
    ORDER BY a.merchant_id, a.effective_from DESC
"""


def plan_of(*, merchant: Merchant, at: datetime) -> FeePlan:
    """Return the plan that a merchant pays by at an instant, by one query.

    Raises:
        FeeAgreement.DoesNotExist: the merchant was not one yet.

    """
    agreed = FeeAgreement.objects.select_related("plan")
    return agreed.filter(merchant=merchant, effective_from__lte=at).latest("effective_from").plan


def price_for(*, merchant: Merchant, kind: str, at: datetime) -> Price:
    """Return the price of a payment to a merchant; ``kind`` is one of ``FeeRate.Kind``.

    One query; two more for a plan with rates by kind or turnover.
    """
    return price_by(plan=plan_of(merchant=merchant, at=at), merchant=merchant, kind=kind, at=at)


def price_by(*, plan: FeePlan, merchant: Merchant, kind: str, at: datetime) -> Price:
    """Return the same where the plan is known already."""
    if not plan.is_tiered:
        return plan
    rates = list(FeeRate.objects.filter(plan=plan))
    is_by_turnover = any(rate.from_turnover_minor for rate in rates)
    turnover = turnover_before(merchant=merchant, at=at) if is_by_turnover else 0
    return price_of(plan=plan, rates=rates, kind=kind, turnover_minor=turnover)


def plans_at_close(*, merchant_ids: Iterable[int], business_date: date) -> dict[int, FeePlan]:
    """Return the plan of each merchant as a business day ends, by merchant, by two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_AT_CLOSE, [list(merchant_ids), business_date])
        agreed: dict[int, int] = dict(cursor.fetchall())
    plans = FeePlan.objects.in_bulk(set(agreed.values()))
    return {merchant_id: plans[plan_id] for merchant_id, plan_id in agreed.items()}


@use_case
def change_plan(
    *, merchant: Merchant, plan: FeePlan, effective_from: datetime, actor: str, at: datetime
) -> FeeAgreement:
    """Let a merchant pay by another plan from an instant on.

    Raises:
        AgreementBackdated: the instant is past.
        AgreementTaken: another agreement begins at this very instant.
        CurrencyMismatch: the plan is not in the merchant's currency.

    """
    if effective_from < at:
        raise AgreementBackdated
    with refused_as(AgreementTaken, "merchants_fee_agreement_one_at_a_time"):
        agreement = agree(
            merchant=merchant, plan=plan, effective_from=effective_from, actor=actor, at=at
        )
    facts = {"plan": plan.name, "effective_from": effective_from.isoformat()}
    note(merchant=merchant, action="fee_plan.changed", actor=actor, facts=facts, at=at)
    return agreement


def agree(
    *, merchant: Merchant, plan: FeePlan, effective_from: datetime, actor: str, at: datetime
) -> FeeAgreement:
    """Write an agreement down, inside the caller's database transaction.

    Raises:
        CurrencyMismatch: the plan is not in the merchant's currency.

    """
    if plan.currency != merchant.currency:
        raise CurrencyMismatch(merchant.currency, plan.currency)
    return FeeAgreement.objects.create(
        merchant=merchant,
        plan=plan,
        effective_from=effective_from,
        agreed_at=at,
        agreed_by=actor,
    )
