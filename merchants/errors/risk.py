"""Refusals about payments that look wrong, and about the rules that say so."""

from __future__ import annotations

from collections.abc import Callable

from merchants.errors.base import MerchantError


class RiskError(MerchantError):
    """Base of everything that is refused about risk."""

    code = "risk"
    message = "this was refused"

    def __str__(self) -> str:
        return self.message


class RiskRefused(RiskError):
    """A rule refuses the payment; ``reason`` is its code."""

    code = "risk_refused"
    status = 403
    message = "this payment looks unusual and was refused"
    reason: str = ""
    leaves_behind: Callable[[], None] | None = None


class RiskRuleExists(RiskError):
    """Another rule has the code."""

    code = "risk_rule_exists"
    message = "there is a rule with this code already"


class RiskRuleUnsound(RiskError):
    """The rule lacks what it measures by, or has what it does not."""

    code = "risk_rule_unsound"
    status = 400
    message = (
        "COUNT and AMOUNT take a window, HOUR two hours, the others neither; amounts a currency"
    )


class RiskRuleEnded(RiskError):
    """The rule was ended."""

    code = "risk_rule_ended"
    message = "this rule was ended; make another one"


class RiskReviewed(RiskError):
    """Somebody reviewed it before."""

    code = "risk_reviewed"
    message = "this was reviewed before"
