"""Webhook endpoints. A secret is shown once, in the first answer to who asked for it.

The answer that is stored for a repeat does not hold it: who lost it rotates it.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.events.kinds import KINDS
from merchants.models import WebhookEndpoint, WebhookSecret
from merchants.models.events import URL_LENGTH
from merchants.webhooks import endpoints
from merchants.webhooks.endpoints import Wanted, address_rules
from merchants.webhooks.secrets import new_secret
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer
from wallet.api.payees import CleanTextField
from wallet.api.reading import KEY, read_body
from wallet.idempotency import Once, Reply
from wallet.outgoing.addresses import look_at

_CREATED, _OK = 201, 200
_HOURS_OF_OVERLAP, _MOST_HOURS = 24, 720


class WebhookRequest(serializers.Serializer[Any]):
    url = serializers.CharField(
        max_length=URL_LENGTH, trim_whitespace=False, help_text="https, on a public host"
    )
    types = serializers.ListField(
        child=serializers.ChoiceField(KINDS),
        max_length=len(KINDS),
        default=list,
        help_text="Kinds of events; empty: all",
    )
    label = CleanTextField(max_length=40, allow_blank=True, default="")  # type: ignore[assignment]  # DRF takes it out.


class WebhookChanges(WebhookRequest):
    def get_fields(self) -> Any:
        fields = super().get_fields()
        for field in fields.values():
            field.required, field.default = False, serializers.empty
        return fields


class WebhookSecretResponse(serializers.Serializer[Any]):
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class WebhookResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    url = serializers.CharField()
    types = serializers.ListField(child=serializers.CharField(), source="kinds")
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes it out.
    state = serializers.ChoiceField(WebhookEndpoint.State.choices)
    disabled_because = serializers.CharField()
    failing_since = serializers.DateTimeField(allow_null=True)
    made_at = serializers.DateTimeField()
    secrets = WebhookSecretResponse(many=True)


class NewWebhookResponse(WebhookResponse):
    secret = serializers.CharField(required=False, help_text="Shown this once")


class WebhookPage(serializers.Serializer[Any]):
    items = WebhookResponse(many=True)
    next = serializers.CharField(allow_null=True)


class WebhookRotation(serializers.Serializer[Any]):
    overlap_hours = serializers.IntegerField(
        min_value=0,
        max_value=_MOST_HOURS,
        default=_HOURS_OF_OVERLAP,
        help_text="How long messages are signed with the secret before as well; 0: no longer",
    )


class WebhookView(MerchantView):
    """A view about endpoints, which are of the merchant as a whole."""

    merchant_wide = True

    def endpoints(self) -> QuerySet[WebhookEndpoint]:
        """Return the merchant's endpoints, with the secrets that are in use."""
        valid = WebhookSecret.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
        )
        rows = WebhookEndpoint.objects.filter(merchant=self.principal.merchant)
        rows = rows.exclude(state=WebhookEndpoint.State.REMOVED).select_related("merchant")
        return rows.prefetch_related(Prefetch("secrets", valid.order_by("pk")))

    def found(self, webhook_id: uuid.UUID) -> WebhookEndpoint:
        return get_object_or_404(self.endpoints(), public_id=webhook_id)

    def shown(self, endpoint: WebhookEndpoint) -> WebhookResponse:
        """Return an endpoint that was changed, as it is looked at."""
        return WebhookResponse(self.found(endpoint.public_id))


class WebhookList(WebhookView):
    needs = {"GET": Permission.WEBHOOKS_READ, "POST": Permission.WEBHOOKS_WRITE}

    @extend_schema(
        operation_id="list_webhooks", parameters=PAGE_PARAMETERS, responses={200: WebhookPage}
    )
    def get(self, request: Request) -> Response:
        return Response(WebhookPage(page(request, self.endpoints())).data)

    @extend_schema(
        operation_id="register_webhook",
        parameters=[KEY],
        request=WebhookRequest,
        responses={201: NewWebhookResponse},
    )
    def post(self, request: Request) -> Response:
        """Register an endpoint: it is sent a challenge, and events once it has answered."""
        body = read_body(WebhookRequest, request)
        look_at(body["url"], rules=address_rules())
        secret = new_secret()
        made: Once[WebhookEndpoint] = self.once("register_webhook", self.shown)
        reply = endpoints.register.once(
            made,
            merchant=self.principal.merchant,
            wanted=Wanted(body["url"], body["types"], body["label"]),
            secret=secret,
            actor=self.principal.actor,
            at=timezone.now(),
        )
        return _answer(reply, secret)


class WebhookDetail(WebhookView):
    needs = {
        "GET": Permission.WEBHOOKS_READ,
        "PATCH": Permission.WEBHOOKS_WRITE,
        "DELETE": Permission.WEBHOOKS_WRITE,
    }

    @extend_schema(operation_id="show_webhook", responses=WebhookResponse)
    def get(self, request: Request, webhook_id: uuid.UUID) -> Response:  # noqa: ARG002
        return Response(WebhookResponse(self.found(webhook_id)).data)

    @extend_schema(
        operation_id="change_webhook", request=WebhookChanges, responses=WebhookResponse
    )
    def patch(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Change an endpoint; another address has to answer a challenge first."""
        found = self.found(webhook_id)
        body = read_body(WebhookChanges, request)
        wanted = Wanted(
            body.get("url", found.url),
            body.get("types", found.kinds),
            body.get("label", found.label),
        )
        look_at(wanted.url, rules=address_rules())
        changed = endpoints.change(
            endpoint=found, wanted=wanted, actor=self.principal.actor, at=timezone.now()
        )
        return Response(self.shown(changed).data)

    @extend_schema(operation_id="remove_webhook", responses={204: None})
    def delete(self, request: Request, webhook_id: uuid.UUID) -> Response:  # noqa: ARG002
        endpoints.remove(
            endpoint=self.found(webhook_id), actor=self.principal.actor, at=timezone.now()
        )
        return Response(status=204)


class WebhookVerify(WebhookView):
    needs = {"POST": Permission.WEBHOOKS_WRITE}

    # Takes no Idempotency-Key: an endpoint that is challenged again has to answer again.
    @extend_schema(operation_id="verify_webhook", request=None, responses=WebhookResponse)
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:  # noqa: ARG002
        """Send the challenge again; so a disabled endpoint becomes active."""
        done = endpoints.verify(
            endpoint=self.found(webhook_id), actor=self.principal.actor, at=timezone.now()
        )
        return Response(self.shown(done).data)


class WebhookRotate(WebhookView):
    needs = {"POST": Permission.WEBHOOKS_WRITE}

    @extend_schema(
        operation_id="rotate_webhook_secret",
        parameters=[KEY],
        request=WebhookRotation,
        responses={200: NewWebhookResponse},
    )
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:
        found = self.found(webhook_id)
        body = read_body(WebhookRotation, request)
        secret = new_secret()
        rotated: Once[WebhookEndpoint] = self.once("rotate_webhook_secret", self.shown, status=_OK)
        reply = endpoints.rotate.once(
            rotated,
            endpoint=found,
            secret=secret,
            overlap=timedelta(hours=body["overlap_hours"]),
            actor=self.principal.actor,
            at=timezone.now(),
        )
        return _answer(reply, secret)


def _answer(reply: Reply, secret: str) -> Response:
    """Answer with the secret, unless nothing was made, or it was made before."""
    if not reply.is_replay and reply.status in (_CREATED, _OK):
        return answer(Reply(reply.status, {**reply.body, "secret": secret}))
    return answer(reply)
