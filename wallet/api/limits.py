"""The limits of a wallet, and what is left of them."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.api.fields import MoneyField
from wallet.api.reading import own_wallet
from wallet.limits.spending import what_is_left


class LimitResponse(serializers.Serializer[Any]):
    period = serializers.CharField(help_text="EACH, DAY, MONTH or BALANCE")
    purpose = serializers.CharField(help_text="TRANSFER, PAYMENT, WITHDRAWAL, or ANY")
    means = serializers.CharField(help_text="SESSION, DEVICE, PIN, STEP_UP, or ANY")
    code_kind = serializers.CharField(help_text="NONE, STATIC, DYNAMIC, CONSUMER, or ANY")
    amount = MoneyField(allow_null=True)
    used = MoneyField()
    left = MoneyField(allow_null=True)
    count = serializers.IntegerField(allow_null=True)
    used_count = serializers.IntegerField()
    left_count = serializers.IntegerField(allow_null=True)
    resets_at = serializers.DateTimeField(allow_null=True)


class LimitList(APIView):
    @extend_schema(operation_id="list_limits", responses=LimitResponse(many=True))
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        found = what_is_left(wallet=own_wallet(request, wallet_id), at=timezone.now())
        return Response(LimitResponse(found, many=True).data)
