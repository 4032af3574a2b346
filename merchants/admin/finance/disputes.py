"""Payments that their payers contest."""

from __future__ import annotations

from django.contrib import admin

from ledger.admin import ReadOnlyAdmin
from merchants.models import Dispute, DisputeEvidence


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
