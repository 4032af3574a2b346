"""A merchant answers what its payers contest."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.api.disputes.documents import (
    DisputePage,
    DisputeResponse,
    EvidenceRequest,
    EvidenceResponse,
    disputes,
    shown_by,
)
from merchants.disputes import evidence
from merchants.models import Dispute, DisputeEvidence
from merchants.states import DisputeState
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer
from wallet.api.reading import KEY, read_body
from wallet.idempotency import Once


class DisputeView(MerchantView):
    """A view about disputes of payments at the stores at which the caller may do this."""

    def seen(self, permission: Permission) -> QuerySet[Dispute]:
        rows = disputes().filter(merchant=self.principal.merchant)
        return rows.filter(payment__store__in=self.principal.stores(permission))

    def found(self, dispute_id: uuid.UUID) -> Dispute:
        return get_object_or_404(self.seen(Permission.DISPUTES_WRITE), public_id=dispute_id)


class DisputeList(DisputeView):
    needs = {"GET": Permission.PAYMENTS_READ}

    @extend_schema(
        operation_id="list_disputes",
        parameters=[
            *PAGE_PARAMETERS,
            OpenApiParameter("state", str, enum=DisputeState.values),
        ],
        responses=DisputePage,
    )
    def get(self, request: Request) -> Response:
        rows = self.seen(Permission.PAYMENTS_READ)
        if (state := request.query_params.get("state")) is not None:
            if state not in DisputeState.values:
                raise serializers.ValidationError({"state": "No such state."})
            rows = rows.filter(state=state)
        return Response(DisputePage(page(request, rows)).data)


class DisputeDetail(DisputeView):
    needs = {"GET": Permission.PAYMENTS_READ}

    @extend_schema(operation_id="show_dispute", responses=DisputeResponse)
    def get(self, request: Request, dispute_id: uuid.UUID) -> Response:  # noqa: ARG002
        rows = self.seen(Permission.PAYMENTS_READ)
        return Response(DisputeResponse(get_object_or_404(rows, public_id=dispute_id)).data)


class DisputeAnswer(DisputeView):
    needs = {"POST": Permission.DISPUTES_WRITE}

    @extend_schema(
        operation_id="answer_dispute",
        parameters=[KEY],
        request=EvidenceRequest,
        responses={201: EvidenceResponse},
    )
    def post(self, request: Request, dispute_id: uuid.UUID) -> Response:
        """Give evidence: a text, a small file, or both; five times at most."""
        found = self.found(dispute_id)
        body = read_body(EvidenceRequest, request)
        shown = shown_by(DisputeEvidence.Side.MERCHANT, self.principal.actor, body)
        made: Once[DisputeEvidence] = self.once("answer_dispute", EvidenceResponse)
        return answer(evidence.add.once(made, dispute=found, shown=shown, at=timezone.now()))


class DisputeConcede(DisputeView):
    needs = {"POST": Permission.DISPUTES_WRITE}

    # Takes no Idempotency-Key: what is conceded is conceded.
    @extend_schema(operation_id="concede_dispute", request=None, responses=DisputeResponse)
    def post(self, request: Request, dispute_id: uuid.UUID) -> Response:  # noqa: ARG002
        """Say that the payer is right: the money goes back at once."""
        found = self.found(dispute_id)
        done = evidence.concede(dispute=found, actor=self.principal.actor, at=timezone.now())
        return Response(DisputeResponse(done).data)
