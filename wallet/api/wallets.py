"""Wallets: what is held."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.balances import balances
from wallet.api.etags import tagged
from wallet.api.fields import MoneyField
from wallet.api.reading import own_wallet
from wallet.models import Wallet


class WalletResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    currency = serializers.CharField()
    status = serializers.CharField()
    available = MoneyField()


def with_balance(wallets: list[Wallet]) -> list[dict[str, Any]]:
    held = balances([wallet.available_account_id for wallet in wallets])
    return [
        {
            "public_id": wallet.public_id,
            "currency": wallet.currency,
            "status": wallet.status,
            "available": held[wallet.available_account_id],
        }
        for wallet in wallets
    ]


def opened(wallet: Wallet) -> WalletResponse:
    return WalletResponse(with_balance([wallet])[0])


class WalletList(APIView):
    @extend_schema(operation_id="list_wallets", responses=WalletResponse(many=True))
    def get(self, request: Request) -> Response:
        wallets = list(Wallet.objects.filter(holder_id=request.user.pk).order_by("pk"))
        return Response(WalletResponse(with_balance(wallets), many=True).data)


class WalletDetail(APIView):
    @extend_schema(operation_id="show_wallet", responses=WalletResponse)
    @tagged
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        return Response(opened(own_wallet(request, wallet_id)).data)
