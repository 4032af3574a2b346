"""A merchant's events, oldest first, to be asked for again and again."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.events.documents import document_of
from merchants.events.kinds import KINDS
from merchants.events.numbering import number_due
from merchants.models import MerchantEvent
from wallet.api.etags import tagged

_DEFAULT_LIMIT, _MAX_LIMIT = 100, 500
_MOST_DIGITS = 18

AFTER = OpenApiParameter(
    "after", int, description="The sequence of the last event you have; 0 for all"
)
LIMIT = OpenApiParameter("limit", int)
TYPE = OpenApiParameter("type", str, many=True, enum=KINDS, description="One or several kinds")


class EventResponse(serializers.Serializer[Any]):
    """What a webhook's body holds, to the letter."""

    id = serializers.UUIDField()
    type = serializers.CharField()
    timestamp = serializers.DateTimeField()
    sequence = serializers.IntegerField(help_text="Counts the merchant's events without a gap")
    store_id = serializers.CharField(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]  # DRF's own name for something else.


class EventPage(serializers.Serializer[Any]):
    items = EventResponse(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="Ask on after this; null: no more")


class EventList(MerchantView):
    needs = {"GET": Permission.EVENTS_READ}

    @extend_schema(
        operation_id="list_events", parameters=[AFTER, LIMIT, TYPE], responses=EventPage
    )
    @tagged
    def get(self, request: Request) -> Response:
        """List what happened after a sequence, oldest first."""
        after = _number(request, "after", 0, least=0, most=10**_MOST_DIGITS)
        limit = _number(request, "limit", _DEFAULT_LIMIT, least=1, most=_MAX_LIMIT)
        kinds = _kinds(request)
        # Whoever asks sees all that is committed, whether the job runs or not.
        number_due(at=timezone.now(), merchant=self.principal.merchant)
        rows = _seen(self).filter(sequence__gt=after).order_by("sequence")
        if kinds:
            rows = rows.filter(kind__in=kinds)
        found = list(rows[: limit + 1])
        items = found[:limit]
        return Response(
            {
                "items": [document_of(event) for event in items],
                "next": items[-1].sequence if len(found) > limit else None,
            }
        )


class EventDetail(MerchantView):
    needs = {"GET": Permission.EVENTS_READ}

    @extend_schema(operation_id="show_event", responses=EventResponse)
    def get(self, request: Request, event_id: str) -> Response:  # noqa: ARG002
        return Response(document_of(get_object_or_404(_seen(self), public_id=event_id)))


def _seen(view: MerchantView) -> QuerySet[MerchantEvent]:
    """Return the numbered events of the stores at which the caller may read them."""
    rows = MerchantEvent.objects.select_related("store").filter(sequence__isnull=False)
    rows = rows.filter(merchant=view.principal.merchant)
    if view.principal.may_everywhere(Permission.EVENTS_READ):
        return rows
    return rows.filter(store__in=view.principal.stores(Permission.EVENTS_READ))


def _number(request: Request, name: str, default: int, *, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    if not (plain and least <= int(text) <= most):
        raise serializers.ValidationError({name: f"A number from {least} to {most}."})
    return int(text)


def _kinds(request: Request) -> list[str]:
    kinds = request.query_params.getlist("type")
    if any(kind not in KINDS for kind in kinds):
        raise serializers.ValidationError({"type": "No such kind of event."})
    return kinds
