"""Stores and tills of merchants, who works for them, and what they pay."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import TabularInline

from ledger.admin import ReadOnlyAdmin
from merchants.models import (
    ApiKey,
    FeeAgreement,
    FeePlan,
    FeeRate,
    MerchantAudit,
    StaffInvitation,
    StaffRole,
    Store,
    Terminal,
)


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


class FeeRateInline(TabularInline):  # type: ignore[misc]  # Unfold is not typed.
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
    ordering = ("-pk",)
