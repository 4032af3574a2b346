"""What a payment costs, and the VAT on it."""

from __future__ import annotations

from merchants.models import FeePlan

BASIS_POINTS = 10_000


def payment_fee(*, plan: FeePlan, amount_minor: int) -> int:
    """Return the fee on a payment in minor units, never more than the payment.

    Basis points of the amount, rounded half away from zero, plus the fixed part. What is left is
    the merchant's, so no unit is lost.
    """
    share = (amount_minor * plan.rate_bps + BASIS_POINTS // 2) // BASIS_POINTS
    return min(share + plan.fixed_minor, amount_minor)


def vat(*, plan: FeePlan, fee_minor: int) -> int:
    """Return the VAT on a settlement's fees in minor units, rounded half up."""
    return (fee_minor * plan.vat_bps + BASIS_POINTS // 2) // BASIS_POINTS
