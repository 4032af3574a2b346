"""The project's addresses, and three that do less and less of a transfer."""

from __future__ import annotations

import json

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.money import Money
from ledger.posting import Leg, credit, debit, post


@csrf_exempt
def bare_post(request: HttpRequest) -> JsonResponse:
    """Post the transfer and nothing else: no person, no proof, no limits, no key."""
    asked = json.loads(request.body)
    amount = Money(asked["minor"], "KRW")
    with transaction.atomic(durable=True):
        posted = post(
            kind="TRANSFER",
            reference=request.headers["Idempotency-Key"],
            legs=[debit(asked["sender"], amount), credit(asked["recipient"], amount)],
        )
    return JsonResponse({"id": posted.transaction_id}, status=201)


@csrf_exempt
def bare_payment(request: HttpRequest) -> JsonResponse:
    """Post a payment with its fee and nothing else."""
    asked = json.loads(request.body)["legs"]
    legs = [Leg(account, minor, "KRW") for account, minor in asked]
    with transaction.atomic(durable=True):
        posted = post(kind="PAYMENT", reference=request.headers["Idempotency-Key"], legs=legs)
    return JsonResponse({"id": posted.transaction_id}, status=201)


class NoOp(APIView):
    """Know who asks, read the body, do nothing."""

    def post(self, request: Request) -> Response:
        """Answer."""
        return Response({"read": len(request.data)}, status=201)


urlpatterns = [
    path("bare", bare_post),
    path("bare-payment", bare_payment),
    path("noop", NoOp.as_view()),
    path("", include("config.urls")),
]
