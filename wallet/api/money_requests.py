"""Asking for money, and answering."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.api.fields import MoneyField
from wallet.api.once import answer, once
from wallet.api.pages import PAGING, read_page, write_place
from wallet.api.payees import PersonResponse, signed_in, telling
from wallet.api.reading import KEY, own_wallet, read_body
from wallet.api.transfers import TransferRequest
from wallet.idempotency import Once
from wallet.models import MoneyRequest
from wallet.proof.proofs import prove
from wallet.transfers import money_requests
from wallet.transfers.names import person

WITH_PEOPLE = ("asker__holder__profile", "payer__holder__profile", "transfer")


class MoneyRequestResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    direction = serializers.ChoiceField(choices=["ASKED", "RECEIVED"])
    counterparty = PersonResponse()
    status = serializers.ChoiceField(choices=MoneyRequest.Status.choices)
    amount = MoneyField()
    memo = serializers.CharField()
    asked_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    transfer_id = serializers.UUIDField(allow_null=True)


class MoneyRequestsResponse(serializers.Serializer[Any]):
    money_requests = MoneyRequestResponse(many=True)
    next = serializers.CharField(allow_null=True)


def seen(found: MoneyRequest, holder_id: int) -> dict[str, Any]:
    """Return a request as one of its two sides sees it."""
    is_asked = found.asker.holder_id == holder_id
    other = found.payer if is_asked else found.asker
    shown = ("public_id", "status", "amount", "memo", "asked_at", "expires_at", "decided_at")
    return {
        **{name: getattr(found, name) for name in shown},
        "direction": "ASKED" if is_asked else "RECEIVED",
        "counterparty": person(other.holder),
        "transfer_id": found.transfer.public_id if found.transfer else None,
    }


def asked(request: Request, operation: str, *, status: int = 200) -> Once[MoneyRequest]:
    """Return how to answer once with a request as this person sees it."""
    holder_id = signed_in(request).pk

    def document(found: MoneyRequest) -> MoneyRequestResponse:
        return MoneyRequestResponse(seen(found, holder_id))

    return once(request, operation, document, status=status)


def find(request_id: uuid.UUID, *, side: Q) -> MoneyRequest:
    """Return a request that a side may see or answer; for anybody else it is not found."""
    rows = MoneyRequest.objects.select_related(*WITH_PEOPLE).filter(side)
    return get_object_or_404(rows, public_id=request_id)


def payer(request: Request) -> Q:
    return Q(payer__holder_id=signed_in(request).pk)


def asker(request: Request) -> Q:
    return Q(asker__holder_id=signed_in(request).pk)


class RequestList(APIView):
    @extend_schema(
        operation_id="request_money",
        parameters=[KEY],
        request=TransferRequest,
        responses={201: MoneyRequestResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        body = read_body(TransferRequest, request)
        made = asked(request, "request_money", status=201)
        return answer(
            telling(
                request,
                lambda: money_requests.ask.once(made, asker=wallet, **body, at=timezone.now()),
            )
        )

    @extend_schema(
        operation_id="list_money_requests", parameters=PAGING, responses=MoneyRequestsResponse
    )
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        rows = MoneyRequest.objects.select_related(*WITH_PEOPLE)
        page = read_page(request, rows.filter(asker=wallet), rows.filter(payer=wallet))
        body = {
            "money_requests": [seen(found, wallet.holder_id) for found in page.rows],
            "next": write_place(page.following),
        }
        return Response(MoneyRequestsResponse(body).data)


class RequestDetail(APIView):
    @extend_schema(operation_id="show_money_request", responses=MoneyRequestResponse)
    def get(self, request: Request, request_id: uuid.UUID) -> Response:
        found = find(request_id, side=payer(request) | asker(request))
        return Response(MoneyRequestResponse(seen(found, signed_in(request).pk)).data)


class RequestPay(APIView):
    @extend_schema(
        operation_id="pay_money_request",
        parameters=[KEY],
        request=None,
        responses={200: MoneyRequestResponse},
    )
    def post(self, request: Request, request_id: uuid.UUID) -> Response:
        found = find(request_id, side=payer(request))
        return answer(
            money_requests.pay.once(
                asked(request, "pay_money_request"),
                request=found,
                proof=prove(request),
                at=timezone.now(),
            )
        )


class RequestDecline(APIView):
    @extend_schema(
        operation_id="decline_money_request",
        parameters=[KEY],
        request=None,
        responses={200: MoneyRequestResponse},
    )
    def post(self, request: Request, request_id: uuid.UUID) -> Response:
        found = find(request_id, side=payer(request))
        declined = asked(request, "decline_money_request")
        return answer(money_requests.decline.once(declined, request=found, at=timezone.now()))


class RequestCancel(APIView):
    @extend_schema(
        operation_id="cancel_money_request",
        parameters=[KEY],
        request=None,
        responses={200: MoneyRequestResponse},
    )
    def post(self, request: Request, request_id: uuid.UUID) -> Response:
        found = find(request_id, side=asker(request))
        cancelled = asked(request, "cancel_money_request")
        return answer(money_requests.cancel.once(cancelled, request=found, at=timezone.now()))
