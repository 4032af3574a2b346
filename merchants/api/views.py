"""Paying a store over the API."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from merchants import stores
from merchants.api.serializers import PaymentRequest, PaymentResponse
from merchants.models import Payment
from merchants.payments.paying import Bill, pay
from wallet.api.once import answer, once
from wallet.api.reading import KEY
from wallet.models import Wallet
from wallet.proof.proofs import prove


class PaymentList(APIView):
    @extend_schema(
        operation_id="pay",
        parameters=[KEY],
        request=PaymentRequest,
        responses={201: PaymentResponse},
    )
    def post(self, request: Request) -> Response:
        body = PaymentRequest(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        wallet = get_object_or_404(Wallet, public_id=asked["wallet_id"], holder_id=request.user.pk)

        reply = pay.once(
            once(request, "payment", PaymentResponse),
            wallet=wallet,
            store=stores.store_of(asked["payload"]),
            bill=Bill(
                amount=asked["amount"],
                memo=asked["memo"],
            ),
            proof=prove(request),
            at=timezone.now(),
        )
        return answer(reply)


class PaymentDetail(APIView):
    @extend_schema(operation_id="show_payment", responses=PaymentResponse)
    def get(self, request: Request, number: str) -> Response:
        found = get_object_or_404(
            Payment.objects.select_related("store"),
            number=number,
            wallet__holder_id=request.user.pk,
        )
        return Response(PaymentResponse(found).data)
