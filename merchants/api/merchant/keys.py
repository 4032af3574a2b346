"""API keys of a merchant. A secret is shown once, in the first answer to who asked for it.

The answer that is stored for a repeat does not hold it: who lost it rotates the key.
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

from merchants.access.permissions import SCOPES, Permission
from merchants.api.access import MerchantView
from merchants.api_keys import keys
from merchants.api_keys.secrets import new_secret
from merchants.models import ApiKey, ApiKeySecret, Store, Terminal
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer
from wallet.api.payees import CleanTextField
from wallet.api.reading import KEY, read_body
from wallet.idempotency import Once, Reply

_HOURS_OF_OVERLAP = 24
_MOST_HOURS = int(keys.LONGEST_OVERLAP.total_seconds()) // 3600
_CREATED, _OK = 201, 200


class KeyRequest(serializers.Serializer[Any]):
    label = CleanTextField(max_length=40)  # type: ignore[assignment]  # DRF takes it out.
    scopes = serializers.ListField(
        child=serializers.ChoiceField(sorted(SCOPES)), min_length=1, max_length=len(SCOPES)
    )
    store_id = serializers.CharField(
        max_length=25, required=False, allow_null=True, default=None, help_text="Null: all stores"
    )
    terminal_id = serializers.CharField(
        max_length=25, required=False, allow_null=True, default=None, help_text="Of that store"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["terminal_id"] is not None and attrs["store_id"] is None:
            raise serializers.ValidationError({"store_id": "Name the terminal's store."})
        return attrs


class RotationRequest(serializers.Serializer[Any]):
    overlap_hours = serializers.IntegerField(
        min_value=0,
        max_value=_MOST_HOURS,
        default=_HOURS_OF_OVERLAP,
        help_text="How long the secret before stays valid; 0 ends every earlier one at once",
    )


class SecretResponse(serializers.Serializer[Any]):
    shown = serializers.CharField(help_text="Its first characters")
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the hour")


class KeyResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes it out.
    scopes = serializers.ListField(child=serializers.CharField())
    store_id = serializers.CharField(source="store.public_id", default=None, allow_null=True)
    terminal_id = serializers.CharField(source="terminal.public_id", default=None, allow_null=True)
    made_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    secrets = SecretResponse(many=True)


class NewKeyResponse(KeyResponse):
    secret = serializers.CharField(required=False, help_text="Shown this once")


class KeyPage(serializers.Serializer[Any]):
    items = KeyResponse(many=True)
    next = serializers.CharField(allow_null=True)


class _KeyView(MerchantView):
    merchant_wide = True

    def keys(self) -> QuerySet[ApiKey]:
        """Return the merchant's keys, with the secrets that are valid."""
        valid = ApiKeySecret.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
        )
        rows = ApiKey.objects.filter(merchant=self.principal.merchant)
        return rows.select_related("store", "terminal").prefetch_related(
            Prefetch("secrets", valid.order_by("pk"))
        )

    def found(self, key_id: uuid.UUID) -> ApiKey:
        return get_object_or_404(self.keys(), public_id=key_id)


def _answer(reply: Reply, secret: str) -> Response:
    """Answer with the secret, unless nothing was made, or it was made before."""
    if not reply.is_replay and reply.status in (_CREATED, _OK):
        return answer(Reply(reply.status, {**reply.body, "secret": secret}))
    return answer(reply)


class KeyList(_KeyView):
    needs = {"GET": Permission.KEYS_READ, "POST": Permission.KEYS_WRITE}

    @extend_schema(
        operation_id="list_api_keys", parameters=PAGE_PARAMETERS, responses={200: KeyPage}
    )
    def get(self, request: Request) -> Response:
        return Response(KeyPage(page(request, self.keys())).data)

    @extend_schema(
        operation_id="make_api_key",
        parameters=[KEY],
        request=KeyRequest,
        responses={201: NewKeyResponse},
    )
    def post(self, request: Request) -> Response:
        body = read_body(KeyRequest, request)
        self.confirmed()
        store, terminal = self._place(body)
        secret = new_secret()
        made: Once[ApiKey] = self.once("make_api_key", KeyResponse)
        reply = keys.make_key.once(
            made,
            merchant=self.principal.merchant,
            label=body["label"],
            scopes=body["scopes"],
            store=store,
            terminal=terminal,
            secret=secret,
            actor=self.principal.actor,
            at=timezone.now(),
        )
        return _answer(reply, secret)

    def _place(self, body: dict[str, Any]) -> tuple[Store | None, Terminal | None]:
        if body["store_id"] is None:
            return None, None
        stores = self.principal.stores(Permission.KEYS_WRITE)
        store = get_object_or_404(stores, public_id=body["store_id"])
        if body["terminal_id"] is None:
            return store, None
        tills = Terminal.objects.filter(store=store, revoked_at__isnull=True)
        return store, get_object_or_404(tills, public_id=body["terminal_id"])


class KeyDetail(_KeyView):
    needs = {"GET": Permission.KEYS_READ, "DELETE": Permission.KEYS_WRITE}

    @extend_schema(operation_id="show_api_key", responses=KeyResponse)
    def get(self, request: Request, key_id: uuid.UUID) -> Response:  # noqa: ARG002
        return Response(KeyResponse(self.found(key_id)).data)

    # Without the PIN: to stop a leak must not fail for want of one.
    @extend_schema(operation_id="revoke_api_key", responses={204: None})
    def delete(self, request: Request, key_id: uuid.UUID) -> Response:  # noqa: ARG002
        keys.revoke_key(key=self.found(key_id), actor=self.principal.actor, at=timezone.now())
        return Response(status=204)


class KeyRotate(_KeyView):
    needs = {"POST": Permission.KEYS_WRITE}

    @extend_schema(
        operation_id="rotate_api_key",
        parameters=[KEY],
        request=RotationRequest,
        responses={200: NewKeyResponse},
    )
    def post(self, request: Request, key_id: uuid.UUID) -> Response:
        found = self.found(key_id)
        body = read_body(RotationRequest, request)
        self.confirmed()
        secret = new_secret()
        rotated: Once[ApiKey] = self.once("rotate_api_key", KeyResponse, status=_OK)
        reply = keys.rotate_key.once(
            rotated,
            key=found,
            secret=secret,
            overlap=timedelta(hours=body["overlap_hours"]),
            actor=self.principal.actor,
            at=timezone.now(),
        )
        return _answer(reply, secret)
