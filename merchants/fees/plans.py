"""Making fee plans: terms that are never changed once a merchant agreed to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DataError, IntegrityError, transaction

from ledger.currencies import currency as currency_of
from merchants.errors import FeePlanExists, FeePlanUnsound
from merchants.models import FeePlan, FeeRate
from wallet.idempotency import use_case

_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Terms:
    """A price: basis points, a fixed part, and bounds, in minor units.

    As a rate of a plan also for which kind of payment, and from which monthly turnover up.
    """

    rate_bps: int
    fixed_minor: int = 0
    minimum_minor: int = 0
    maximum_minor: int | None = None
    kind: str = FeeRate.Kind.ANY.value
    from_turnover_minor: int = 0


@use_case
def make_plan(
    *,
    name: str,
    currency: str,
    base: Terms,
    rates: Sequence[Terms] = (),
    vat_bps: int = 1000,
    returns_fee: bool = False,
) -> FeePlan:
    """Make a plan; nobody pays by it yet.

    Raises:
        UnknownCurrency: the ledger keeps no such currency.
        FeePlanExists: another plan has the name; terms are not changed, so take another name.
        FeePlanUnsound: a number is out of range, or two rates are for the same.

    """
    code = currency_of(currency).code
    if not 0 < len(name) <= _LONGEST_NAME:
        raise FeePlanUnsound
    if FeePlan.objects.filter(name=name).exists():
        raise FeePlanExists
    plan = FeePlan(
        name=name,
        currency=code,
        rate_bps=base.rate_bps,
        fixed_minor=base.fixed_minor,
        minimum_minor=base.minimum_minor,
        maximum_minor=base.maximum_minor,
        vat_bps=vat_bps,
        returns_fee=returns_fee,
        is_tiered=bool(rates),
    )
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
            FeeRate.objects.bulk_create(_rate(plan, terms) for terms in rates)
    except (IntegrityError, DataError) as exc:
        raise FeePlanUnsound from exc
    return plan


def _rate(plan: FeePlan, terms: Terms) -> FeeRate:
    return FeeRate(
        plan=plan,
        kind=terms.kind,
        from_turnover_minor=terms.from_turnover_minor,
        rate_bps=terms.rate_bps,
        fixed_minor=terms.fixed_minor,
        minimum_minor=terms.minimum_minor,
        maximum_minor=terms.maximum_minor,
    )
