"""A payer contests a payment of their own."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from merchants.access.audits import name_of
from merchants.api.disputes.documents import (
    ContestRequest,
    DisputeResponse,
    EvidenceRequest,
    EvidenceResponse,
    disputes,
    shown_by,
)
from merchants.disputes import evidence, opening
from merchants.disputes.opening import Claim
from merchants.models import Dispute, DisputeEvidence, Payment
from wallet.api.once import answer, once
from wallet.api.reading import KEY, read_body
from wallet.idempotency import Once
from wallet.models import Wallet
from wallet.proof.proofs import person


class PayerDispute(APIView):
    @extend_schema(operation_id="show_own_dispute", responses=DisputeResponse)
    def get(self, request: Request, number: str) -> Response:
        return Response(DisputeResponse(_own(request, number)).data)

    @extend_schema(
        operation_id="open_dispute",
        parameters=[KEY],
        request=ContestRequest,
        responses={201: DisputeResponse},
    )
    def post(self, request: Request, number: str) -> Response:
        """Contest a payment; the money is held back from the merchant until it is decided."""
        wallet = _wallet(request, number)
        body = read_body(ContestRequest, request)
        claim = Claim(body.get("amount"), body["reason"], body["statement"])
        opened: Once[Dispute] = once(request, "open_dispute", DisputeResponse)
        reply = opening.open_dispute.once(
            opened, number=number, wallet=wallet, claim=claim, at=timezone.now()
        )
        return answer(reply)


class PayerDisputeWithdraw(APIView):
    # Takes no Idempotency-Key: what is taken back is taken back.
    @extend_schema(operation_id="withdraw_dispute", request=None, responses=DisputeResponse)
    def post(self, request: Request, number: str) -> Response:
        """Take a dispute back."""
        wallet = _wallet(request, number)
        done = opening.withdraw(number=number, wallet=wallet, at=timezone.now())
        return Response(DisputeResponse(done).data)


class PayerEvidence(APIView):
    @extend_schema(
        operation_id="add_own_evidence",
        parameters=[KEY],
        request=EvidenceRequest,
        responses={201: EvidenceResponse},
    )
    def post(self, request: Request, number: str) -> Response:
        found = _own(request, number)
        body = read_body(EvidenceRequest, request)
        side, actor = DisputeEvidence.Side.PAYER, name_of(person(request))
        made: Once[DisputeEvidence] = once(request, "add_own_evidence", EvidenceResponse)
        shown = shown_by(side, actor, body)
        return answer(evidence.add.once(made, dispute=found, shown=shown, at=timezone.now()))


def _own(request: Request, number: str) -> Dispute:
    rows = disputes().filter(payment__wallet__holder=person(request))
    return get_object_or_404(rows, payment__number=number)


def _wallet(request: Request, number: str) -> Wallet:
    rows = Payment.objects.select_related("wallet__holder")
    found = get_object_or_404(rows, number=number, wallet__holder=person(request))
    if found.wallet is None:
        raise TypeError("a payment that was found by its wallet has one")
    return found.wallet
