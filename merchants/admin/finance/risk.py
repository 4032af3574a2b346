"""Rules about payments that look wrong, what they caught, and what people made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from unfold.admin import TabularInline

from ledger.admin import ReadOnlyAdmin
from merchants.admin.acting import Doing, DoingAdmin, ReasonForm
from merchants.admin.looking import Card, Lead, named
from merchants.admin.showing import amount, on
from merchants.models import RiskHit, RiskReview, RiskRule, RiskRuleChange
from merchants.risk import rules
from wallet.models import User


class RiskRuleChangeInline(TabularInline):  # type: ignore[misc]  # Unfold is not typed.
    model = RiskRuleChange
    extra = 0
    can_delete = False


@admin.register(RiskRule)
class RiskRuleAdmin(ReadOnlyAdmin):
    """A rule is made here, on a dry run; then put into effect or ended, and never changed."""

    list_display = ("code", "measure", "threshold", "outcome", "is_dry_run", "ended_at")
    list_filter = ("measure", "outcome", "is_dry_run")
    exclude = ("is_dry_run", "made_at", "ended_at")
    inlines = (RiskRuleChangeInline,)
    actions = ("put_into_effect", "end")
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("merchants.add_riskrule")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("merchants.change_riskrule")

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return () if obj is None else self.inlines

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        # Without the database transaction around it: the use-case owns its own.
        made: Any = self
        return made._changeform_view(request, object_id, form_url, extra_context)  # noqa: SLF001

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        rules.make(rule=obj, **_in_the_admin(request))

    @admin.action(description="Put into effect", permissions=["decide"])
    def put_into_effect(self, request: HttpRequest, chosen: QuerySet[RiskRule]) -> None:
        for rule in chosen.filter(ended_at__isnull=True):
            rules.go_live(rule=rule, **_in_the_admin(request))

    @admin.action(description="End for good", permissions=["decide"])
    def end(self, request: HttpRequest, chosen: QuerySet[RiskRule]) -> None:
        for rule in chosen.filter(ended_at__isnull=True):
            rules.end(rule=rule, **_in_the_admin(request))


def _in_the_admin(request: HttpRequest) -> dict[str, Any]:
    by = User.objects.get(pk=request.user.pk or 0)
    return {"reason": "in the admin", "by": by, "at": timezone.now()}


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
