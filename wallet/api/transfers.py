"""Sending money to another wallet, and what was sent and received."""

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

from wallet import transfers
from wallet.api.fields import MoneyField
from wallet.api.once import answer, once
from wallet.api.pages import PAGING, read_page, write_place
from wallet.api.payees import CleanTextField, PayeeFields, PersonResponse, signed_in, telling
from wallet.api.reading import KEY, own_wallet, read_body
from wallet.api.shapes import written
from wallet.api.stale import may_be_stale
from wallet.idempotency import Once, Reply
from wallet.models import Transfer
from wallet.models.profiles import MEMO_LENGTH
from wallet.proof.proofs import look_at_proof, using_up
from wallet.transfers.names import person

WITH_PEOPLE = ("sender__holder__profile", "recipient__holder__profile")


class TransferRequest(PayeeFields):
    amount = MoneyField()
    memo = CleanTextField(max_length=MEMO_LENGTH, allow_blank=True, default="")


class TransferResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    direction = serializers.ChoiceField(choices=["SENT", "RECEIVED"])
    counterparty = PersonResponse()
    amount = MoneyField()
    memo = serializers.CharField()
    sent_at = serializers.DateTimeField()


class TransfersResponse(serializers.Serializer[Any]):
    transfers = TransferResponse(many=True)
    next = serializers.CharField(allow_null=True)


def seen(transfer: Transfer, holder_id: int) -> dict[str, Any]:
    """Return a transfer as one of its two sides sees it."""
    is_sent = transfer.sender.holder_id == holder_id
    other = transfer.recipient if is_sent else transfer.sender
    return {
        "public_id": transfer.public_id,
        "direction": "SENT" if is_sent else "RECEIVED",
        "counterparty": person(other.holder),
        "amount": transfer.amount,
        "memo": transfer.memo,
        "sent_at": transfer.sent_at,
    }


class TransferList(APIView):
    @extend_schema(
        operation_id="transfer",
        parameters=[KEY],
        request=TransferRequest,
        responses={201: TransferResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        sender = own_wallet(request, wallet_id)
        body = read_body(TransferRequest, request)

        def document(transfer: Transfer) -> dict[str, Any]:
            return written(TransferResponse, seen(transfer, sender.holder_id))

        sent: Once[Transfer] = once(request, "transfer", document)
        proof = look_at_proof(request)

        def act() -> Reply:
            return transfers.send.once(sent, sender=sender, **body, proof=proof, at=timezone.now())

        return answer(telling(request, lambda: using_up(proof, act)))

    @extend_schema(operation_id="list_transfers", parameters=PAGING, responses=TransfersResponse)
    @may_be_stale
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        both = Transfer.objects.select_related(*WITH_PEOPLE)
        page = read_page(request, both.filter(sender=wallet), both.filter(recipient=wallet))
        body = {
            "transfers": [seen(transfer, wallet.holder_id) for transfer in page.rows],
            "next": write_place(page.following),
        }
        return Response(TransfersResponse(body).data)


class TransferDetail(APIView):
    @extend_schema(operation_id="show_transfer", responses=TransferResponse)
    def get(self, request: Request, transfer_id: uuid.UUID) -> Response:
        holder = signed_in(request).pk
        mine = Q(sender__holder_id=holder) | Q(recipient__holder_id=holder)
        found = get_object_or_404(
            Transfer.objects.select_related(*WITH_PEOPLE).filter(mine), public_id=transfer_id
        )
        return Response(TransferResponse(seen(found, holder)).data)
