"""Topping up: by card, by paying into an account number, and by itself."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet import topups
from wallet.api.etags import tagged
from wallet.api.fields import MoneyField
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer, once
from wallet.api.reading import KEY, own_wallet, read_body
from wallet.api.stale import may_be_stale
from wallet.idempotency import Once
from wallet.models import AutoTopUp, Provider, TopUp
from wallet.topups.automatic import set_rule
from wallet.topups.numbers import virtual_account


class TopUpRequest(serializers.Serializer[Any]):
    amount = MoneyField()
    provider = serializers.ChoiceField(Provider.choices, default=Provider.CARD.value)


class TopUpResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    status = serializers.CharField()
    amount = MoneyField()
    provider = serializers.CharField()
    failure_reason = serializers.CharField()
    asked_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reversed_at = serializers.DateTimeField(allow_null=True)


class TopUpPage(serializers.Serializer[Any]):
    items = TopUpResponse(many=True)
    next = serializers.CharField(allow_null=True)


class VirtualAccountResponse(serializers.Serializer[Any]):
    number = serializers.CharField()
    issued_at = serializers.DateTimeField()


class AutoTopUpDocument(serializers.Serializer[Any]):
    threshold = MoneyField()
    amount = MoneyField()
    daily_ceiling = MoneyField()
    provider = serializers.ChoiceField([Provider.CARD.value], default=Provider.CARD.value)
    enabled = serializers.BooleanField()
    paused_at = serializers.DateTimeField(read_only=True, allow_null=True)


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
        at = timezone.now()

        asked: Once[TopUp] = once(request, "top_up", TopUpResponse)
        reply = topups.ask.once(asked, wallet=wallet, **body, at=at)
        if reply.status == 201 and not reply.is_replay:  # noqa: PLR2004
            made = TopUp.objects.select_related("wallet").get(public_id=reply.body["id"])
            topups.tell(top_up=made, at=at)
        return answer(reply)

    @extend_schema(
        operation_id="list_top_ups", parameters=PAGE_PARAMETERS, responses={200: TopUpPage}
    )
    @may_be_stale
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        return Response(TopUpPage(page(request, wallet.top_ups.all())).data)


class TopUpDetail(APIView):
    @extend_schema(operation_id="show_top_up", responses=TopUpResponse)
    @tagged
    def get(self, request: Request, top_up_id: uuid.UUID) -> Response:
        found = get_object_or_404(TopUp, public_id=top_up_id, wallet__holder_id=request.user.pk)
        return Response(TopUpResponse(found).data)


class VirtualAccountDetail(APIView):
    @extend_schema(operation_id="show_virtual_account", responses=VirtualAccountResponse)
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        found = virtual_account(wallet=wallet, at=timezone.now())
        return Response(VirtualAccountResponse(found).data)


class AutoTopUpDetail(APIView):
    @extend_schema(operation_id="show_auto_top_up", responses=AutoTopUpDocument)
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        found = get_object_or_404(AutoTopUp, wallet=own_wallet(request, wallet_id))
        return Response(AutoTopUpDocument(found).data)

    @extend_schema(
        operation_id="set_auto_top_up", request=AutoTopUpDocument, responses=AutoTopUpDocument
    )
    def put(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        body = read_body(AutoTopUpDocument, request)
        # The document allows one provider, which is what a rule has.
        del body["provider"]
        rule = set_rule(wallet=wallet, **body, at=timezone.now())
        return Response(AutoTopUpDocument(rule).data)
