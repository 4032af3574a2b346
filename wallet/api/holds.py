"""What is set aside in a wallet, the newest first."""

from __future__ import annotations

import uuid
from typing import Any

from django.core import signing
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.api.fields import MoneyField
from wallet.api.reading import own_wallet
from wallet.models import Hold

PAGE = 50
_SALT = "holds"


class HoldResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    state = serializers.CharField()
    amount = MoneyField()
    captured = MoneyField()
    payee = serializers.CharField()
    placed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class HoldsResponse(serializers.Serializer[Any]):
    holds = HoldResponse(many=True)
    next = serializers.CharField(allow_null=True)


class HoldList(APIView):
    @extend_schema(
        operation_id="list_holds",
        parameters=[
            OpenApiParameter("after", str),
            OpenApiParameter("state", str, enum=Hold.State.values),
        ],
        responses=HoldsResponse,
    )
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        rows = Hold.objects.filter(wallet=own_wallet(request, wallet_id)).order_by("-pk")
        state = request.query_params.get("state")
        if state is not None:
            rows = rows.filter(state=_known(state))
        after = request.query_params.get("after")
        if after is not None:
            rows = rows.filter(pk__lt=_place(after))
        holds = list(rows[: PAGE + 1])
        following = signing.dumps(holds[PAGE - 1].pk, salt=_SALT) if len(holds) > PAGE else None
        return Response(HoldsResponse({"holds": holds[:PAGE], "next": following}).data)


def _known(state: str) -> str:
    if state not in Hold.State.values:
        raise ValidationError({"state": "HELD, CAPTURED, RELEASED or EXPIRED."})
    return state


def _place(text: str) -> int:
    try:
        return int(signing.loads(text, salt=_SALT))
    except signing.BadSignature as exc:
        raise ValidationError({"after": "Give back what the page before returned."}) from exc
