"""Wallets: what is held; opening, freezing and closing them."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.balances import balances
from ledger.money import Money
from wallet.api.etags import tagged
from wallet.api.fields import MoneyField
from wallet.api.once import answer, once
from wallet.api.reading import KEY, own_wallet, read_body
from wallet.idempotency import Once
from wallet.models import User, Wallet
from wallet.proof.proofs import prove
from wallet.wallets.closing import close
from wallet.wallets.freezing import freeze_own, unfreeze_own
from wallet.wallets.opening import open_wallet


class WalletRequest(serializers.Serializer[Any]):
    currency = serializers.CharField(max_length=12, help_text="ISO 4217 code")


class WalletResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    currency = serializers.CharField()
    status = serializers.CharField()
    tier = serializers.CharField()
    posted = MoneyField(help_text="Available, held, and set aside")
    held = MoneyField(help_text="Set aside for stores")
    offline = MoneyField(help_text="Set aside for paying without a network")
    available = MoneyField()


def with_balance(wallets: list[Wallet]) -> list[dict[str, Any]]:
    found = balances([account for wallet in wallets for account in wallet.account_ids])
    shown = []
    for wallet in wallets:
        available = found[wallet.available_account_id]
        nothing = Money(0, wallet.currency)
        held = found.get(wallet.held_account_id or 0, nothing)
        offline = found.get(wallet.offline_account_id or 0, nothing)
        shown.append(
            {
                "public_id": wallet.public_id,
                "currency": wallet.currency,
                "status": wallet.status,
                "tier": wallet.tier,
                "posted": available + held + offline,
                "held": held,
                "offline": offline,
                "available": available,
            }
        )
    return shown


def opened(wallet: Wallet) -> WalletResponse:
    return WalletResponse(with_balance([wallet])[0])


class WalletList(APIView):
    @extend_schema(operation_id="list_wallets", responses=WalletResponse(many=True))
    def get(self, request: Request) -> Response:
        wallets = list(Wallet.objects.filter(holder_id=request.user.pk).order_by("pk"))
        return Response(WalletResponse(with_balance(wallets), many=True).data)

    @extend_schema(
        operation_id="open_wallet",
        parameters=[KEY],
        request=WalletRequest,
        responses={201: WalletResponse},
    )
    def post(self, request: Request) -> Response:
        body = read_body(WalletRequest, request)
        holder = cast("User", request.user)  # nobody else passes the permission
        made: Once[Wallet] = once(request, "open_wallet", opened)
        return answer(open_wallet.once(made, holder=holder, **body, at=timezone.now()))


class WalletDetail(APIView):
    @extend_schema(operation_id="show_wallet", responses=WalletResponse)
    @tagged
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        return Response(opened(own_wallet(request, wallet_id)).data)


# The three below take no Idempotency-Key: they make nothing, and once more changes nothing.


class WalletFreeze(APIView):
    @extend_schema(operation_id="freeze_wallet", request=None, responses=WalletResponse)
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = freeze_own(wallet=own_wallet(request, wallet_id), at=timezone.now())
        return Response(opened(wallet).data)


class WalletUnfreeze(APIView):
    @extend_schema(operation_id="unfreeze_wallet", request=None, responses=WalletResponse)
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        wallet = unfreeze_own(wallet=wallet, proof=prove(request), at=timezone.now())
        return Response(opened(wallet).data)


class WalletClose(APIView):
    @extend_schema(operation_id="close_wallet", request=None, responses=WalletResponse)
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = close(wallet=own_wallet(request, wallet_id), at=timezone.now())
        return Response(opened(wallet).data)
