"""Splitting a bill, and who has paid."""

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

from ledger.money import Money
from wallet.api.fields import MoneyField
from wallet.api.money_requests import WITH_PEOPLE, MoneyRequestResponse, seen
from wallet.api.once import answer, once
from wallet.api.payees import CleanTextField, PayeeFields, telling
from wallet.api.reading import KEY, own_wallet, read_body
from wallet.idempotency import Once
from wallet.models import BillSplit, MoneyRequest
from wallet.models.profiles import MEMO_LENGTH
from wallet.transfers import splits


class SplitRequest(serializers.Serializer[Any]):
    total = MoneyField()
    payees = PayeeFields(many=True, help_text="The others, each asked for an equal share")
    with_asker = serializers.BooleanField(default=True, help_text="Whether the asker bears one")
    memo = CleanTextField(max_length=MEMO_LENGTH, allow_blank=True, default="")

    def validate_payees(self, value: list[dict[str, str]]) -> list[str]:
        if not 1 <= len(value) <= splits.MAX_PEOPLE:
            message = f"Name 1 to {splits.MAX_PEOPLE} people."
            raise serializers.ValidationError(message, "people")
        return [payee["payee"] for payee in value]


class SplitResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    total = MoneyField()
    own_share = MoneyField()
    paid = MoneyField(help_text="What has been paid so far")
    memo = serializers.CharField()
    asked_at = serializers.DateTimeField()
    requests = MoneyRequestResponse(many=True)


def shown(split: BillSplit) -> SplitResponse:
    """Return a split as its asker sees it: each share, and what became of it."""
    requests = list(split.requests.select_related(*WITH_PEOPLE).order_by("pk"))
    paid = sum(
        found.amount_minor for found in requests if found.status == MoneyRequest.Status.PAID
    )
    return SplitResponse(
        {
            "public_id": split.public_id,
            "total": split.amount,
            "own_share": split.own_share,
            "paid": Money(paid, split.currency),
            "memo": split.memo,
            "asked_at": split.asked_at,
            "requests": [seen(found, found.asker.holder_id) for found in requests],
        }
    )


class SplitList(APIView):
    @extend_schema(
        operation_id="split_bill",
        parameters=[KEY],
        request=SplitRequest,
        responses={201: SplitResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        body = read_body(SplitRequest, request)
        made: Once[BillSplit] = once(request, "split_bill", shown)
        return answer(
            telling(
                request, lambda: splits.split.once(made, asker=wallet, **body, at=timezone.now())
            )
        )


class SplitDetail(APIView):
    @extend_schema(operation_id="show_split", responses=SplitResponse)
    def get(self, request: Request, split_id: uuid.UUID) -> Response:
        mine = BillSplit.objects.filter(asker__holder_id=request.user.pk)
        return Response(shown(get_object_or_404(mine, public_id=split_id)).data)
