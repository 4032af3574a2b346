"""What merchants are told, and whether it arrived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from ledger.admin import ReadOnlyAdmin
from merchants.access.audits import name_of
from merchants.admin.acting import Doing, DoingAdmin
from merchants.admin.looking import Card, Lead, named
from merchants.admin.showing import chip_of, on, state_column
from merchants.models import MerchantEvent, WebhookDelivery, WebhookEndpoint
from merchants.webhooks.deliveries import replay
from wallet.models import User


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


def _send_again(row: Any, given: dict[str, Any], by: User, at: datetime) -> int:
    return replay(
        endpoint=row.endpoint,
        chosen=Q(pk=row.pk),
        actor=name_of(by),
        reason=given["reason"],
        at=at,
    )


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(DoingAdmin):
    """Messages to merchants' servers, and how often they were tried."""

    title = __("Webhooks")
    list_display = ("public_id", "to", "about", "attempts", "answered", "error", "state_column")
    list_filter = ("state",)
    search_fields = ("public_id__exact", "endpoint__public_id__exact")
    to = named("endpoint", __("To"))
    about = named("event", __("Event"))
    state_column = state_column
    doings = (
        Doing(
            "send_again",
            __("Send again, under the same ids"),
            _send_again,
            when=lambda row: row.event_id is not None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        return super().get_queryset(request).select_related("endpoint__merchant", "event")

    def lead(self, row: WebhookDelivery) -> Lead:
        title = _("Message %(number)s") % {"number": str(row.public_id)[:8]}
        return Lead(title, title, chip_of(row), [str(row.endpoint.merchant), row.endpoint.url])

    def cards(self, request: HttpRequest, row: WebhookDelivery) -> list[Card]:
        facts = [
            (_("Number"), row.public_id),
            (_("Event"), f"{row.event.kind} {row.event}" if row.event else "\N{EN DASH}"),
            (_("Attempts"), row.attempts),
            (_("Next attempt"), on(row.due_at)),
            (_("Tried"), on(row.tried_at)),
            (_("Answered"), row.answered if row.answered is not None else "\N{EN DASH}"),
            (_("What went wrong"), row.error or "\N{EN DASH}"),
        ]
        return [Card(_("About it"), facts=facts)]
