"""Merchants in the admin: to look at; decisions are made by the use-cases."""

from __future__ import annotations

from itertools import groupby

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ledger.admin import ReadOnlyAdmin
from merchants.models import (
    ApiKey,
    Application,
    FeeAgreement,
    FeePlan,
    FeeRate,
    Merchant,
    MerchantAudit,
    MerchantBankAccount,
    MerchantEvent,
    StaffInvitation,
    StaffRole,
    Store,
    Terminal,
    WebhookDelivery,
    WebhookEndpoint,
)
from merchants.webhooks.deliveries import replay


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
