"""Topping up, and what the bank says of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet import callbacks, signatures, topups
from wallet.api.etags import tagged
from wallet.api.fields import MoneyField
from wallet.api.once import answer, once
from wallet.api.reading import KEY, own_wallet, read_body
from wallet.idempotency import Once
from wallet.models import TopUp


class TopUpRequest(serializers.Serializer[Any]):
    amount = MoneyField()


class TopUpResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    status = serializers.CharField()
    amount = MoneyField()
    asked_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class TopUpList(APIView):
    @extend_schema(
        operation_id="top_up",
        parameters=[KEY],
        request=TopUpRequest,
        responses={201: TopUpResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        body = read_body(TopUpRequest, request)

        asked: Once[TopUp] = once(request, "top_up", TopUpResponse)
        reply = topups.ask.once(asked, wallet=wallet, **body, at=timezone.now())
        if reply.status == 201 and not reply.is_replay:  # noqa: PLR2004
            top_up = TopUp.objects.get(public_id=reply.body["id"])
            callbacks.request(top_up=top_up)
        return answer(reply)


class TopUpDetail(APIView):
    @extend_schema(operation_id="show_top_up", responses=TopUpResponse)
    @tagged
    def get(self, request: Request, top_up_id: uuid.UUID) -> Response:
        found = get_object_or_404(TopUp, public_id=top_up_id, wallet__holder_id=request.user.pk)
        return Response(TopUpResponse(found).data)


class BankCallback(APIView):
    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        at = timezone.now()
        signatures.check(
            secret=settings.BANK_SECRET,
            timestamp=request.headers.get(signatures.TIMESTAMP_HEADER, ""),
            signature=request.headers.get(signatures.SIGNATURE_HEADER, ""),
            body=request.body,
            at=at,
        )
        callbacks.take(body=request.body, at=at)
        return Response(status=204)
