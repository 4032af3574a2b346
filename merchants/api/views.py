"""Paying a store over the API: looking at a code, paying it, confirming what a till charged."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from merchants import store_codes
from merchants.api.serializers import (
    AskedResponse,
    PayerRequest,
    PaymentRequest,
    PaymentResponse,
    ScannedRequest,
)
from merchants.models import Payment
from merchants.payments import cancelling, orders
from merchants.payments.paying import Bill, pay
from merchants.payments.tips import checked_answers, checked_tip
from merchants.risk.measuring import Position
from wallet.api.once import answer, once
from wallet.api.reading import KEY, own_wallet, read_body
from wallet.idempotency import Once, Reply
from wallet.proof.proofs import person, prove


class CodeLook(APIView):
    # Takes no Idempotency-Key: the payment only learns that somebody looks at it.
    @extend_schema(operation_id="look_at_code", request=ScannedRequest, responses=AskedResponse)
    def post(self, request: Request) -> Response:
        """Tell what a scanned code asks for, before anything is paid."""
        payload = read_body(ScannedRequest, request)["payload"]
        waiting = store_codes.payment_of(payload)
        if waiting is not None:
            waiting = orders.look(number=waiting.number, at=timezone.now())
        asked = store_codes.store_of(payload) if waiting is None else store_codes.asked_by(waiting)
        currency = asked.store.merchant.currency
        said = {
            "store_name": asked.store.name,
            "city": asked.store.city,
            "currency": currency,
            "amount": None if waiting is None else waiting.amount,
            "tip": store_codes.tip_document(asked.tip, currency),
            "prompts": asked.prompts,
            "number": None if waiting is None else waiting.number,
            "expires_at": None if waiting is None else waiting.expires_at,
        }
        return Response(AskedResponse(said).data)


class PaymentList(APIView):
    @extend_schema(
        operation_id="pay",
        parameters=[KEY],
        request=PaymentRequest,
        responses={201: PaymentResponse},
    )
    def post(self, request: Request) -> Response:
        """Pay a scanned code: a store's printed one, or a till's for one payment."""
        asked = read_body(PaymentRequest, request)
        wallet = own_wallet(request, asked["wallet_id"])
        paid: Once[Payment] = once(request, "payment", PaymentResponse)
        waiting = store_codes.payment_of(asked["payload"])
        proof, at = prove(request), timezone.now()
        if waiting is not None:
            reply = orders.confirm.once(
                paid,
                number=waiting.number,
                wallet=wallet,
                proof=proof,
                position=_position(asked),
                tip=asked.get("tip"),
                at=at,
            )
            return answer(reply)
        if "amount" not in asked:
            raise serializers.ValidationError({"amount": "Say how much."}, "required")
        code = store_codes.store_of(asked["payload"])
        bill = Bill(
            amount=asked["amount"],
            tip_minor=checked_tip(code.tip, amount=asked["amount"], given=asked.get("tip")),
            answers=checked_answers(code.prompts, asked["answers"]),
            memo=asked["memo"],
            position=_position(asked),
        )
        reply = pay.once(paid, wallet=wallet, store=code.store, bill=bill, proof=proof, at=at)
        return answer(reply)


class PaymentDetail(APIView):
    @extend_schema(operation_id="show_payment", responses=PaymentResponse)
    def get(self, request: Request, number: str) -> Response:
        return Response(PaymentResponse(_own(request, number)).data)


class PaymentConfirm(APIView):
    @extend_schema(
        operation_id="confirm_payment",
        parameters=[KEY],
        request=PayerRequest,
        responses=PaymentResponse,
    )
    def post(self, request: Request, number: str) -> Response:
        """Confirm what a till charged to the payer's code."""
        found = _own(request, number)
        body = read_body(PayerRequest, request)
        wallet = own_wallet(request, body["wallet_id"])
        confirmed: Once[Payment] = once(request, "confirm_payment", PaymentResponse, status=200)
        reply: Reply = orders.confirm.once(
            confirmed,
            number=found.number,
            wallet=wallet,
            proof=prove(request),
            position=_position(body),
            tip=body.get("tip"),
            at=timezone.now(),
        )
        return answer(reply)


class PaymentDecline(APIView):
    # Takes no Idempotency-Key: what is declined stays declined.
    @extend_schema(operation_id="decline_payment", request=None, responses=PaymentResponse)
    def post(self, request: Request, number: str) -> Response:
        """Refuse what a till charged."""
        found = _own(request, number)
        wallet: Any = found.wallet  # a payer has one
        done = cancelling.decline(number=number, wallet=wallet, at=timezone.now())
        return Response(PaymentResponse(done).data)


def _position(body: dict[str, Any]) -> Position | None:
    return Position(*body["position"]) if "position" in body else None


def _own(request: Request, number: str) -> Payment:
    """Return a payment of the signed-in person; anybody else's is not found."""
    rows = Payment.objects.select_related("store", "wallet")
    return get_object_or_404(rows, number=number, wallet__holder=person(request))
