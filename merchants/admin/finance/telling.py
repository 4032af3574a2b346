"""What merchants are told, and whether it arrived."""

from __future__ import annotations

from itertools import groupby

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ledger.admin import ReadOnlyAdmin
from merchants.models import MerchantEvent, WebhookDelivery, WebhookEndpoint
from merchants.webhooks.deliveries import replay


@admin.register(MerchantEvent)
class MerchantEventAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "merchant", "sequence", "kind", "happened_at")
    list_select_related = ("merchant",)
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
