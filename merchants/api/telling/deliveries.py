"""What was sent to a webhook, what was not, and sending it again."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.api.telling.endpoints import WebhookView
from merchants.errors import WebhookNotActive
from merchants.models import WebhookDelivery, WebhookEndpoint
from merchants.webhooks import deliveries
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer
from wallet.api.reading import KEY, read_body
from wallet.idempotency import Once

_LARGEST = 2**62
_OK = 200


class DeliveryResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    event_id = serializers.UUIDField(source="event.public_id", default=None, allow_null=True)
    type = serializers.CharField(source="event.kind", default="webhook.verification")
    sequence = serializers.IntegerField(source="event.sequence", default=None, allow_null=True)
    state = serializers.ChoiceField(WebhookDelivery.State.choices)
    attempts = serializers.IntegerField()
    due_at = serializers.DateTimeField(help_text="When it is tried next, or was first due")
    tried_at = serializers.DateTimeField(allow_null=True)
    answered = serializers.IntegerField(allow_null=True, help_text="The last HTTP status")
    error = serializers.CharField()


class DeliveryPage(serializers.Serializer[Any]):
    items = DeliveryResponse(many=True)
    next = serializers.CharField(allow_null=True)


class ReplayRequest(serializers.Serializer[Any]):
    """One of: everything from a sequence on, what was given up, or one delivery."""

    from_sequence = serializers.IntegerField(min_value=1, max_value=_LARGEST, required=False)
    dead = serializers.BooleanField(required=False, help_text="true: what was given up")
    delivery_id = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1 or attrs.get("dead") is False:
            raise serializers.ValidationError("Say one of the three.", "one_of")
        return attrs


class ReplayResponse(serializers.Serializer[Any]):
    sent_again = serializers.IntegerField(help_text="10,000 at most from a sequence on")


class DeliveryList(WebhookView):
    needs = {"GET": Permission.WEBHOOKS_READ}

    @extend_schema(
        operation_id="list_webhook_deliveries",
        parameters=[
            *PAGE_PARAMETERS,
            OpenApiParameter("state", str, enum=WebhookDelivery.State.values),
        ],
        responses=DeliveryPage,
    )
    def get(self, request: Request, webhook_id: uuid.UUID) -> Response:
        found = self.found(webhook_id)
        rows = WebhookDelivery.objects.filter(endpoint=found).select_related("event")
        if (state := request.query_params.get("state")) is not None:
            if state not in WebhookDelivery.State.values:
                raise serializers.ValidationError({"state": "No such state."})
            rows = rows.filter(state=state)
        return Response(DeliveryPage(page(request, rows)).data)


class WebhookReplay(WebhookView):
    needs = {"POST": Permission.WEBHOOKS_WRITE}

    @extend_schema(
        operation_id="replay_webhook",
        parameters=[KEY],
        request=ReplayRequest,
        responses={200: ReplayResponse},
    )
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Send messages again, each under the id it had."""
        found = self.found(webhook_id)
        body = read_body(ReplayRequest, request)
        if found.state != WebhookEndpoint.State.ACTIVE:
            raise WebhookNotActive
        again: Once[int] = self.once("replay_webhook", _sent, status=_OK)
        at = timezone.now()
        if "from_sequence" in body:
            reply = deliveries.send_since.once(
                again,
                endpoint=found,
                sequence=body["from_sequence"],
                actor=self.principal.actor,
                at=at,
            )
            return answer(reply)
        chosen = Q(state=WebhookDelivery.State.DEAD)
        if "delivery_id" in body:
            rows = WebhookDelivery.objects.filter(endpoint=found)
            chosen = Q(pk=get_object_or_404(rows, public_id=body["delivery_id"]).pk)
        reply = deliveries.replay.once(
            again, endpoint=found, chosen=chosen, actor=self.principal.actor, at=at
        )
        return answer(reply)


def _sent(count: int) -> ReplayResponse:
    return ReplayResponse({"sent_again": count})
