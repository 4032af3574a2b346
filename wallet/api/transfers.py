"""Sending money to another wallet."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet import transfers
from wallet.api.fields import MoneyField
from wallet.api.once import answer, once
from wallet.api.reading import KEY, own_wallet, read_body
from wallet.idempotency import Once
from wallet.models import Transfer
from wallet.proof.proofs import prove


class TransferRequest(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=32)
    amount = MoneyField()
    memo = serializers.CharField(max_length=100, allow_blank=True, default="")


class TransferResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    amount = MoneyField()
    memo = serializers.CharField()
    sent_at = serializers.DateTimeField()


class TransferList(APIView):
    @extend_schema(
        operation_id="transfer",
        parameters=[KEY],
        request=TransferRequest,
        responses={201: TransferResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        sender = own_wallet(request, wallet_id)
        body = read_body(TransferRequest, request)

        sent: Once[Transfer] = once(request, "transfer", TransferResponse)
        return answer(
            transfers.send.once(
                sent, sender=sender, **body, proof=prove(request), at=timezone.now()
            )
        )
