"""Making rules, putting them into effect, ending them; and reviewing what they caught."""

from __future__ import annotations

from datetime import datetime

from merchants.access.audits import name_of
from merchants.errors import NotStaff, RiskReviewed, RiskRuleEnded, RiskRuleExists, RiskRuleUnsound
from merchants.models import RiskHit, RiskReview, RiskRule, RiskRuleChange
from merchants.refusals import refused_as
from wallet.idempotency import use_case
from wallet.models import User


@use_case
def make(*, rule: RiskRule, reason: str, by: User, at: datetime) -> RiskRule:
    """Keep a new rule; it begins on a dry run, whatever it says.

    Raises:
        NotStaff: not one of our people.
        RiskRuleExists: another one has the code.
        RiskRuleUnsound: it lacks what it measures by, or has what it does not.

    """
    _require_staff(by)
    rule.is_dry_run, rule.made_at, rule.ended_at = True, at, None
    with (
        refused_as(RiskRuleExists, "merchants_riskrule_code_key"),
        refused_as(RiskRuleUnsound, "merchants_risk_rule_sensible"),
        refused_as(RiskRuleUnsound, "merchants_risk_rule_has_what_it_measures"),
        refused_as(RiskRuleUnsound, "merchants_risk_rule_amounts_have_currency"),
    ):
        rule.save(force_insert=True)
    _note(rule, "made", reason, by, at)
    return rule


@use_case
def go_live(*, rule: RiskRule, reason: str, by: User, at: datetime) -> RiskRule:
    """Put a rule into effect; one that is in effect stays so, and it is noted again.

    Raises:
        NotStaff: not one of our people.
        RiskRuleEnded: it was ended.

    """
    found = _open(rule, by)
    found.is_dry_run = False
    found.save(update_fields=["is_dry_run"])
    _note(found, "in effect", reason, by, at)
    return found


@use_case
def end(*, rule: RiskRule, reason: str, by: User, at: datetime) -> RiskRule:
    """End a rule for good; another one may be made.

    Raises:
        NotStaff: not one of our people.
        RiskRuleEnded: it was ended.

    """
    found = _open(rule, by)
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    _note(found, "ended", reason, by, at)
    return found


@use_case
def review(*, hit: RiskHit, finding: str, note: str, by: User, at: datetime) -> RiskReview:
    """Write down what one of our people made of a hit, once.

    Raises:
        NotStaff: not one of our people.
        RiskReviewed: somebody did before.

    """
    _require_staff(by)
    with refused_as(RiskReviewed, "merchants_riskreview_hit_id_key"):
        return RiskReview.objects.create(
            hit=hit, finding=finding, note=note, reviewed_by=by, reviewed_at=at
        )


def _open(rule: RiskRule, by: User) -> RiskRule:
    _require_staff(by)
    found = RiskRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    if found.ended_at is not None:
        raise RiskRuleEnded
    return found


def _require_staff(user: User) -> None:
    if not (user.is_staff and user.is_active):
        raise NotStaff


def _note(rule: RiskRule, action: str, reason: str, by: User, at: datetime) -> None:
    RiskRuleChange.objects.create(
        rule=rule, action=action, actor=name_of(by), reason=reason, happened_at=at
    )
