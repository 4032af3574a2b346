"""Refusals about fee plans."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class FeeRefused(MerchantError):
    """Base of everything that keeps a fee plan from being made or agreed to."""

    code = "fee_refused"
    message = "the fee plan was refused"

    def __str__(self) -> str:
        return self.message


class AgreementBackdated(FeeRefused):
    """Fees that were taken are not computed anew."""

    code = "agreement_backdated"
    message = "a fee plan takes effect now or later, never in the past"


class AgreementTaken(FeeRefused):
    """Another agreement of the merchant begins at the same instant."""

    code = "agreement_taken"
    message = "another fee plan takes effect at this very instant"


class FeePlanExists(FeeRefused):
    """Terms are final, so a plan of the same name cannot be other terms."""

    code = "fee_plan_exists"
    message = "there is a fee plan of this name; terms are not changed, take another name"


class FeePlanUnsound(FeeRefused):
    """A number out of range, a minimum above the maximum, or two rates for the same."""

    code = "fee_plan_unsound"
    status = 400
    message = "these are not terms of a fee plan"
