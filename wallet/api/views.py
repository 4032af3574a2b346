"""The wallet's API, version 1. A view reads, calls one use-case, and answers."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from knox.models import AuthToken
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from ledger.balances import balances
from ledger.statements import latest
from wallet import callbacks, people, signatures, topups, transfers
from wallet.api import serializers as shape
from wallet.api.once import answer, once
from wallet.api.places import read_place, write_place
from wallet.idempotency import Once
from wallet.models import TopUp, Transfer, Wallet

KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="One per intent"
)


def _read(document: Any, request: Request) -> dict[str, Any]:
    body = document(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _own(request: Request, wallet_id: uuid.UUID) -> Wallet:
    return get_object_or_404(Wallet, public_id=wallet_id, holder_id=request.user.pk)


def _with_balance(wallets: list[Wallet]) -> list[dict[str, Any]]:
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


def _opened(wallet: Wallet) -> shape.WalletResponse:
    return shape.WalletResponse(_with_balance([wallet])[0])


class ConsumerList(APIView):
    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign_up"

    @extend_schema(
        operation_id="sign_up",
        parameters=[KEY],
        request=shape.SignUpRequest,
        responses={201: shape.WalletResponse},
    )
    def post(self, request: Request) -> Response:
        body = _read(shape.SignUpRequest, request)
        reply = people.sign_up.once(
            once(request, "sign_up", _opened, principal="anyone"),
            **body,
            currency="KRW",
            at=timezone.now(),
        )
        return answer(reply)


class TokenList(APIView):
    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign_in"

    @extend_schema(
        operation_id="sign_in", request=shape.TokenRequest, responses={201: shape.TokenResponse}
    )
    def post(self, request: Request) -> Response:
        user = people.sign_in(**_read(shape.TokenRequest, request))
        made, token = AuthToken.objects.create(user=user)
        body = shape.TokenResponse({"token": token, "expires_at": made.expiry}).data
        return Response(body, status=201)


class WalletList(APIView):
    @extend_schema(operation_id="list_wallets", responses=shape.WalletResponse(many=True))
    def get(self, request: Request) -> Response:
        wallets = list(Wallet.objects.filter(holder_id=request.user.pk).order_by("pk"))
        return Response(shape.WalletResponse(_with_balance(wallets), many=True).data)


class WalletDetail(APIView):
    @extend_schema(operation_id="show_wallet", responses=shape.WalletResponse)
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        return Response(_opened(_own(request, wallet_id)).data)


class ActivityList(APIView):
    @extend_schema(
        operation_id="list_activity",
        parameters=[OpenApiParameter("after", str), OpenApiParameter("limit", int)],
        responses=shape.ActivityResponse,
    )
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = _own(request, wallet_id)
        place, limit = read_place(request, wallet.currency)
        lines, following = latest(wallet.available_account_id, limit=limit, after=place)
        body = {"lines": lines, "next": write_place(following)}
        return Response(shape.ActivityResponse(body).data)


class TopUpList(APIView):
    @extend_schema(
        operation_id="top_up",
        parameters=[KEY],
        request=shape.TopUpRequest,
        responses={201: shape.TopUpResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = _own(request, wallet_id)
        body = _read(shape.TopUpRequest, request)

        asked: Once[TopUp] = once(request, "top_up", shape.TopUpResponse)
        reply = topups.ask.once(asked, wallet=wallet, **body, at=timezone.now())
        if reply.status == 201 and not reply.is_replay:  # noqa: PLR2004
            top_up = TopUp.objects.get(public_id=reply.body["id"])
            callbacks.request(top_up=top_up)
        return answer(reply)


class TopUpDetail(APIView):
    @extend_schema(operation_id="show_top_up", responses=shape.TopUpResponse)
    def get(self, request: Request, top_up_id: uuid.UUID) -> Response:
        found = get_object_or_404(TopUp, public_id=top_up_id, wallet__holder_id=request.user.pk)
        return Response(shape.TopUpResponse(found).data)


class TransferList(APIView):
    @extend_schema(
        operation_id="transfer",
        parameters=[KEY],
        request=shape.TransferRequest,
        responses={201: shape.TransferResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        sender = _own(request, wallet_id)
        body = _read(shape.TransferRequest, request)

        sent: Once[Transfer] = once(request, "transfer", shape.TransferResponse)
        return answer(transfers.send.once(sent, sender=sender, **body, at=timezone.now()))


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
