"""What a payment costs, what of it a refund gives back, and the VAT on it: plain arithmetic.

Rounding: a fee is computed for each payment and rounded half away from zero to the minor unit;
what is left is the merchant's, so no unit is lost. VAT is computed once on the fees of a
settlement and rounded half up. What refunds give back is computed on all refunds of the payment
so far, so that parts add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from merchants.models import FeePlan, FeeRate, Price

BASIS_POINTS = 10_000


def price_of(*, plan: FeePlan, rates: Iterable[FeeRate], kind: str, turnover_minor: int) -> Price:
    """Return the price that a plan has for a kind of payment, at a month's turnover.

    A rate for the kind goes before one for every kind, and that before the plan's own price. Of
    rates for one kind the one with the highest turnover that was reached counts.
    """
    reached = [rate for rate in rates if rate.from_turnover_minor <= turnover_minor]
    for wanted in (kind, FeeRate.Kind.ANY):
        fitting = [rate for rate in reached if rate.kind == wanted]
        if fitting:
            return max(fitting, key=lambda rate: rate.from_turnover_minor)
    return plan


def payment_fee(*, plan: Price, amount_minor: int) -> int:
    """Return the fee on a payment in minor units, never more than the payment.

    Basis points of the amount, rounded half away from zero, plus the fixed part; at least the
    price's minimum, at most its maximum.
    """
    share = (amount_minor * plan.rate_bps + BASIS_POINTS // 2) // BASIS_POINTS
    fee = max(share + plan.fixed_minor, plan.minimum_minor)
    if plan.maximum_minor is not None:
        fee = min(fee, plan.maximum_minor)
    return min(fee, amount_minor)


def fee_returned(
    *, plan: FeePlan, amount_minor: int, fee_minor: int, before_minor: int, refund_minor: int
) -> int:
    """Return what a refund gives back of its payment's fee, in minor units.

    ``before_minor`` is what earlier refunds gave back of the payment. 0 where the plan keeps
    fees; else in proportion, so that refunds of the whole payment give back the whole fee.
    """
    if not plan.returns_fee:
        return 0

    def through(refunded_minor: int) -> int:
        return (2 * fee_minor * refunded_minor + amount_minor) // (2 * amount_minor)

    return through(before_minor + refund_minor) - through(before_minor)


def vat(*, plan: FeePlan, fee_minor: int) -> int:
    """Return the VAT on a settlement's fees in minor units, rounded half up."""
    return (fee_minor * plan.vat_bps + BASIS_POINTS // 2) // BASIS_POINTS
