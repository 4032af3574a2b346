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
