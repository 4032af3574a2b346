"""Rules about payments that look wrong, what they caught, and what people made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from ledger.admin import ReadOnlyAdmin
from ledger.currencies import CURRENCIES
from merchants.admin.acting import Doing, DoingAdmin, ReasonForm
from merchants.admin.looking import Card, Lead, named
from merchants.admin.showing import amount, chip, on
from merchants.models import RiskHit, RiskReview, RiskRule
from merchants.models.risk import CODE_LENGTH
from merchants.risk import rules
from wallet.models import User

_SHOWN = 30
MAX_BIGINT = 2**63 - 1


class RuleForm(ReasonForm):
    """What a rule measures, and what happens above its threshold."""

    code = forms.SlugField(label=__("Code"), max_length=CODE_LENGTH)
    measure = forms.ChoiceField(label=__("Measure"), choices=RiskRule.Measure.choices)
    threshold = forms.IntegerField(
        label=__("Threshold"),
        min_value=0,
        max_value=MAX_BIGINT,
        help_text=__("Payments, metres, or minor units"),
    )
    currency = forms.ChoiceField(
        label=__("Currency"),
        required=False,
        choices=[("", "\N{EN DASH}"), *((code, code) for code in sorted(CURRENCIES))],
    )
    window_minutes = forms.IntegerField(
        label=__("Looks back, minutes"), required=False, min_value=1, max_value=525_600
    )
    from_hour = forms.IntegerField(
        label=__("From hour"), required=False, min_value=0, max_value=23
    )
    to_hour = forms.IntegerField(label=__("To hour"), required=False, min_value=0, max_value=24)
    outcome = forms.ChoiceField(label=__("Outcome"), choices=RiskRule.Outcome.choices)
    field_order = (
        "code",
        "measure",
        "threshold",
        "currency",
        "window_minutes",
        "from_hour",
        "to_hour",
        "outcome",
        "reason",
    )


_RULE_FIELDS = tuple(name for name in RuleForm.field_order if name != "reason")


def _make(_row: Any, given: dict[str, Any], by: User, at: datetime) -> RiskRule:
    rule = RiskRule(**{name: given[name] for name in _RULE_FIELDS})
    return rules.make(rule=rule, reason=given["reason"], by=by, at=at)


def _go_live(row: Any, given: dict[str, Any], by: User, at: datetime) -> RiskRule:
    return rules.go_live(rule=row, reason=given["reason"], by=by, at=at)


def _end(row: Any, given: dict[str, Any], by: User, at: datetime) -> RiskRule:
    return rules.end(rule=row, reason=given["reason"], by=by, at=at)


@admin.register(RiskRule)
class RiskRuleAdmin(DoingAdmin):
    """A rule begins on a dry run; it is put into effect or ended, and never changed."""

    title = __("Risk rules")
    list_display = ("code", "what", "threshold", "came_of_it", "stands")
    list_filter = ("measure", "outcome", "is_dry_run")
    doings = (
        Doing(
            "make",
            __("Make a rule"),
            _make,
            form=RuleForm,
            permission="merchants.add_riskrule",
            of_list=True,
            leads_to=lambda rule: rule.pk,
        ),
        Doing(
            "go_live",
            __("Put into effect"),
            _go_live,
            when=lambda row: row.ended_at is None and row.is_dry_run,
        ),
        Doing("end", __("End for good"), _end, when=lambda row: row.ended_at is None),
    )

    @admin.display(description=__("Measure"))
    def what(self, row: RiskRule) -> str:
        return _(str(row.get_measure_display()))

    @admin.display(description=__("Outcome"))
    def came_of_it(self, row: RiskRule) -> str:
        return _(str(row.get_outcome_display()))

    @admin.display(description=__("State"))
    def stands(self, row: RiskRule) -> object:
        if row.ended_at is not None:
            return chip("ENDED", _("Ended"))
        return chip("DRAFT", _("Dry run")) if row.is_dry_run else chip("ACTIVE", _("In effect"))

    def lead(self, row: RiskRule) -> Lead:
        return Lead(row.code, row.code, self.stands(row), [self.what(row), self.came_of_it(row)])

    def cards(self, request: HttpRequest, row: RiskRule) -> list[Card]:
        hours = (
            "\N{EN DASH}"
            if row.from_hour is None
            else f"{row.from_hour}:00\N{EN DASH}{row.to_hour}:00"
        )
        facts = [
            (_("Threshold"), f"{row.threshold:,} {row.currency}".strip()),
            (_("Looks back, minutes"), row.window_minutes or "\N{EN DASH}"),
            (_("Hours"), hours),
            (_("Made on"), on(row.made_at)),
            (_("Ended"), on(row.ended_at)),
        ]
        steps = [
            (on(one.happened_at), _(one.action), one.actor, one.reason)
            for one in row.changes.order_by("pk")[:_SHOWN]
        ]
        heads = (_("When"), _("What"), _("By"), _("Why"))
        return [
            Card(_("About it"), facts=facts),
            Card(_("What happened"), heads=heads, rows=steps),
        ]


class FindingForm(ReasonForm):
    """What somebody made of a hit."""

    finding = forms.ChoiceField(label=__("Finding"), choices=RiskReview.Finding.choices)
    field_order = ("finding", "reason")


def _review(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return rules.review(hit=row, finding=given["finding"], note=given["reason"], by=by, at=at)


@admin.register(RiskHit)
class RiskHitAdmin(DoingAdmin):
    """Payments that a rule caught, for review."""

    title = __("Risk: what rules caught")
    list_display = (
        "when",
        "rule_code",
        "measured",
        "verdict",
        "is_dry_run",
        "store_name",
        "came_out",
    )
    list_filter = ("verdict", "is_dry_run")
    rule_code = named("rule", __("Rule"))
    store_name = named("store", __("Store"))
    doings = (
        Doing(
            "review",
            __("Review"),
            _review,
            form=FindingForm,
            when=lambda row: not hasattr(row, "review"),
            permission="merchants.add_riskreview",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[RiskHit]:
        return super().get_queryset(request).select_related("rule", "store", "review")

    @admin.display(description=__("When"))
    def when(self, row: RiskHit) -> str:
        return on(row.happened_at)

    @admin.display(description=__("Finding"))
    def came_out(self, row: RiskHit) -> str:
        review = getattr(row, "review", None)
        return "\N{EN DASH}" if review is None else _(str(review.get_finding_display()))

    def lead(self, row: RiskHit) -> Lead:
        says = [str(row.rule), str(row.store), on(row.happened_at)]
        return Lead(
            str(row.rule), amount(row.amount_minor, row.currency), self.came_out(row), says
        )

    def cards(self, request: HttpRequest, row: RiskHit) -> list[Card]:
        review = getattr(row, "review", None)
        facts = [
            (_("Measured"), row.measured),
            (_("Threshold"), row.rule.threshold),
            (_("What came of it"), _(str(row.get_verdict_display()))),
            (_("On a dry run"), _("yes") if row.is_dry_run else _("no")),
            (_("Finding"), self.came_out(row)),
            (_("Why"), review.note if review else "\N{EN DASH}"),
        ]
        return [Card(_("About it"), facts=facts)]


@admin.register(RiskReview)
class RiskReviewAdmin(ReadOnlyAdmin):
    list_display = ("hit", "finding", "note", "reviewed_by", "reviewed_at")
    list_select_related = ("hit", "reviewed_by")
    list_filter = ("finding",)
    ordering = ("-pk",)
