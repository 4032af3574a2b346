"""What happened on a wallet, newest first."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.statements import latest
from wallet.api.fields import MoneyField
from wallet.api.places import read_place, write_place
from wallet.api.reading import own_wallet


class LineResponse(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="entry_id")
    kind = serializers.CharField()
    amount = MoneyField()
    balance = MoneyField()
    effective_at = serializers.DateTimeField()


class ActivityResponse(serializers.Serializer[Any]):
    lines = LineResponse(many=True)
    next = serializers.CharField(allow_null=True)


class ActivityList(APIView):
    @extend_schema(
        operation_id="list_activity",
        parameters=[OpenApiParameter("after", str), OpenApiParameter("limit", int)],
        responses=ActivityResponse,
    )
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        place, limit = read_place(request, wallet.currency)
        lines, following = latest(wallet.available_account_id, limit=limit, after=place)
        body = {"lines": lines, "next": write_place(following)}
        return Response(ActivityResponse(body).data)
