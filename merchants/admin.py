"""Merchants in the admin: to look at; decisions are made by the use-cases."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ledger.admin import ReadOnlyAdmin
from merchants.models import (
    ApiKey,
    Application,
    Dispute,
    DisputeEvidence,
    FeeAgreement,
    FeePlan,
    FeeRate,
    Merchant,
    MerchantAudit,
    MerchantBankAccount,
    MerchantEvent,
    RiskHit,
    RiskReview,
    RiskRule,
    RiskRuleChange,
    StaffInvitation,
    StaffRole,
    Store,
    Terminal,
    WebhookDelivery,
    WebhookEndpoint,
)
from merchants.risk import rules
from merchants.webhooks.deliveries import replay
from wallet.models import User


@admin.register(Merchant)
class MerchantAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "legal_name", "registration_number", "currency", "status")
    list_filter = ("status", "currency")
    search_fields = ("public_id__exact", "registration_number__exact", "legal_name__startswith")
    ordering = ("-pk",)


@admin.register(Store)
class StoreAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "name", "merchant", "city", "merchant_category_code", "accepts")
    list_select_related = ("merchant",)
    search_fields = ("public_id__exact", "name__startswith")
    ordering = ("-pk",)


@admin.register(Terminal)
class TerminalAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "label", "store", "added_at", "revoked_at")
    list_select_related = ("store",)
    search_fields = ("public_id__exact",)
    ordering = ("-pk",)


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "legal_name", "registration_number", "state", "submitted_at")
    list_filter = ("state",)
    search_fields = ("public_id__exact", "registration_number__exact")
    exclude = ("bank_number",)
    ordering = ("-pk",)


@admin.register(MerchantBankAccount)
class MerchantBankAccountAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "merchant", "masked", "state", "requested_at", "usable_from")
    list_select_related = ("merchant",)
    list_filter = ("state",)
    exclude = ("number",)
    ordering = ("-pk",)


@admin.register(StaffRole)
class StaffRoleAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "merchant", "store", "role", "began_at", "ended_at")
    list_select_related = ("merchant", "store")
    list_filter = ("role",)
    ordering = ("-pk",)


@admin.register(StaffInvitation)
class StaffInvitationAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "merchant", "store", "role", "state", "expires_at")
    list_select_related = ("merchant", "store")
    list_filter = ("state",)
    ordering = ("-pk",)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "merchant", "label", "scopes", "made_at", "revoked_at")
    list_select_related = ("merchant",)
    ordering = ("-pk",)


class FeeRateInline(admin.TabularInline):
    model = FeeRate
    extra = 0
    can_delete = False


@admin.register(FeePlan)
class FeePlanAdmin(ReadOnlyAdmin):
    list_display = ("name", "currency", "rate_bps", "fixed_minor", "vat_bps", "returns_fee")
    inlines = (FeeRateInline,)
    ordering = ("name",)


@admin.register(FeeAgreement)
class FeeAgreementAdmin(ReadOnlyAdmin):
    list_display = ("merchant", "plan", "effective_from", "agreed_at", "agreed_by")
    list_select_related = ("merchant", "plan")
    ordering = ("-pk",)


@admin.register(MerchantAudit)
class MerchantAuditAdmin(ReadOnlyAdmin):
    list_display = ("happened_at", "action", "actor", "merchant", "reason")
    list_select_related = ("merchant",)
    list_filter = ("action",)
    ordering = ("-pk",)


@admin.register(MerchantEvent)
class MerchantEventAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "merchant", "sequence", "kind", "happened_at")
    list_select_related = ("merchant",)
    list_filter = ("kind",)
    search_fields = ("public_id__exact", "merchant__public_id__exact")
    ordering = ("-pk",)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "merchant", "url", "state", "failing_since", "made_at")
    list_select_related = ("merchant",)
    list_filter = ("state",)
    search_fields = ("public_id__exact", "merchant__public_id__exact")
    exclude = ("challenge",)
    ordering = ("-pk",)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "endpoint", "event", "state", "attempts", "answered", "error")
    list_select_related = ("endpoint", "event")
    list_filter = ("state",)
    search_fields = ("public_id__exact", "endpoint__public_id__exact")
    ordering = ("-pk",)
    actions = ("send_again",)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("merchants.change_webhookdelivery")

    @admin.action(description="Send again, under the same ids", permissions=["replay"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[WebhookDelivery]) -> None:
        rows = chosen.select_related("endpoint__merchant").order_by("endpoint_id")
        again = 0
        for endpoint, deliveries in groupby(rows, lambda row: row.endpoint):
            ids = [delivery.pk for delivery in deliveries]
            again += replay(
                endpoint=endpoint,
                chosen=Q(pk__in=ids),
                actor=f"user:{request.user.pk}",
                at=timezone.now(),
            )
        self.message_user(request, f"{again} are sent again")


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "merchant", "payment", "state", "decide_by", "ended_by")
    list_select_related = ("merchant", "payment")
    list_filter = ("state", "reason")
    search_fields = ("public_id__exact", "payment__number__exact")
    ordering = ("-pk",)


@admin.register(DisputeEvidence)
class DisputeEvidenceAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "dispute", "side", "file_type", "added_at")
    list_select_related = ("dispute",)
    exclude = ("file",)
    ordering = ("-pk",)


class RiskRuleChangeInline(admin.TabularInline):
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
