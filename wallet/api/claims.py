"""Money for people who have no wallet yet: sending it, taking it back, claiming it."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from wallet.api.fields import MoneyField
from wallet.api.once import answer, once
from wallet.api.pages import PAGING, read_page, write_place
from wallet.api.payees import PHONE_TEXT, CleanTextField, telling
from wallet.api.reading import KEY, own_wallet, read_body
from wallet.idempotency import Once
from wallet.models import Claim
from wallet.models.profiles import MEMO_LENGTH
from wallet.proof.proofs import prove
from wallet.transfers import claims
from wallet.transfers.names import mask_phone


class ClaimRequest(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=PHONE_TEXT)
    amount = MoneyField()
    memo = CleanTextField(max_length=MEMO_LENGTH, allow_blank=True, default="")


class TakeRequest(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=128, help_text="What the link ends with")


class ClaimResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    status = serializers.ChoiceField(choices=Claim.Status.choices)
    phone = serializers.SerializerMethodField(help_text="Masked")
    amount = MoneyField()
    memo = serializers.CharField()
    opened_at = serializers.DateTimeField()
    return_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)

    def get_phone(self, claim: Claim) -> str:
        return mask_phone(claim.phone)


class OpenedClaimResponse(ClaimResponse):
    token = serializers.CharField(help_text="For the link; shown in this answer only")


class ClaimsResponse(serializers.Serializer[Any]):
    claims = ClaimResponse(many=True)
    next = serializers.CharField(allow_null=True)


class CollectedResponse(serializers.Serializer[Any]):
    claims = ClaimResponse(many=True)


class ClaimList(APIView):
    @extend_schema(
        operation_id="open_claim",
        parameters=[KEY],
        request=ClaimRequest,
        responses={201: OpenedClaimResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        sender = own_wallet(request, wallet_id)
        body = read_body(ClaimRequest, request)
        opened: Once[Claim] = once(request, "open_claim", ClaimResponse)
        reply = telling(
            request,
            lambda: claims.open_claim.once(
                opened, sender=sender, **body, proof=prove(request), at=timezone.now()
            ),
            # Refused or not, the answer tells whether somebody has a wallet.
            whatever_it_says=True,
        )
        response = answer(reply)
        if reply.status == 201:  # noqa: PLR2004 - "created".
            # Added here, because the stored answer may not hold it.
            token = claims.link_token(uuid.UUID(reply.body["id"]))
            response.data = {**reply.body, "token": token}
        return response

    @extend_schema(operation_id="list_claims", parameters=PAGING, responses=ClaimsResponse)
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        page = read_page(request, Claim.objects.filter(sender=wallet))
        body = {"claims": page.rows, "next": write_place(page.following)}
        return Response(ClaimsResponse(body).data)


class ClaimCancel(APIView):
    @extend_schema(
        operation_id="cancel_claim",
        parameters=[KEY],
        request=None,
        responses={200: ClaimResponse},
    )
    def post(self, request: Request, claim_id: uuid.UUID) -> Response:
        mine = Claim.objects.filter(sender__holder_id=request.user.pk)
        claim = get_object_or_404(mine, public_id=claim_id)
        cancelled: Once[Claim] = once(request, "cancel_claim", ClaimResponse, status=200)
        return answer(claims.cancel.once(cancelled, claim=claim, at=timezone.now()))


class ClaimTake(APIView):
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "payees"

    @extend_schema(
        operation_id="take_claim",
        parameters=[KEY],
        request=TakeRequest,
        responses={200: ClaimResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        body = read_body(TakeRequest, request)
        taken: Once[Claim] = once(request, "take_claim", ClaimResponse, status=200)
        return answer(claims.take.once(taken, wallet=wallet, **body, at=timezone.now()))


class ClaimCollect(APIView):
    @extend_schema(
        operation_id="collect_claims",
        parameters=[KEY],
        request=None,
        responses={200: CollectedResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)

        def document(collected: list[Claim]) -> CollectedResponse:
            return CollectedResponse({"claims": collected})

        done: Once[list[Claim]] = once(request, "collect_claims", document, status=200)
        return answer(claims.collect.once(done, wallet=wallet, at=timezone.now()))
