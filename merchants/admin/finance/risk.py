"""Rules about payments that look wrong, what they caught, and what people made of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import TabularInline

from ledger.admin import ReadOnlyAdmin
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


@admin.register(RiskHit)
class RiskHitAdmin(ReadOnlyAdmin):
    list_display = ("happened_at", "rule", "measured", "verdict", "is_dry_run", "store", "review")
    list_select_related = ("rule", "store", "review")
    list_filter = ("verdict", "is_dry_run", ("review", admin.EmptyFieldListFilter))
    ordering = ("-pk",)


@admin.register(RiskReview)
class RiskReviewAdmin(ReadOnlyAdmin):
    list_display = ("hit", "finding", "note", "reviewed_by", "reviewed_at")
    list_select_related = ("hit", "reviewed_by")
    list_filter = ("finding",)
    ordering = ("-pk",)
