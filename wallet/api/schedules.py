"""Transfers for later."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.api.fields import MoneyField
from wallet.api.once import answer, once
from wallet.api.pages import PAGING, read_page, write_place
from wallet.api.payees import PersonResponse, telling
from wallet.api.reading import KEY, own_wallet, read_body
from wallet.api.transfers import TransferRequest
from wallet.idempotency import Once
from wallet.models import ScheduledTransfer
from wallet.proof.proofs import prove
from wallet.transfers import schedules
from wallet.transfers.names import person

MIN_DELAY, MAX_DELAY = 60, 30 * 24 * 3600


class ScheduleRequest(TransferRequest):
    due_at = serializers.DateTimeField(required=False)
    delay_seconds = serializers.IntegerField(
        min_value=MIN_DELAY, max_value=MAX_DELAY, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("due_at" in attrs) == ("delay_seconds" in attrs):
            raise serializers.ValidationError("Give due_at or delay_seconds.", "one_time")
        return super().validate(attrs)


class ScheduleResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    status = serializers.ChoiceField(choices=ScheduledTransfer.Status.choices)
    counterparty = serializers.SerializerMethodField()
    amount = MoneyField()
    memo = serializers.CharField()
    scheduled_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Code of the error, when it failed")
    transfer_id = serializers.UUIDField(source="transfer.public_id", allow_null=True, default=None)

    @extend_schema_field(PersonResponse)
    def get_counterparty(self, scheduled: ScheduledTransfer) -> dict[str, Any]:
        return dict(PersonResponse(person(scheduled.recipient.holder)).data)


class SchedulesResponse(serializers.Serializer[Any]):
    scheduled_transfers = ScheduleResponse(many=True)
    next = serializers.CharField(allow_null=True)


def due_time(body: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Return the body with ``due_at`` alone in place of a delay from now."""
    delay = body.pop("delay_seconds", None)
    return body if delay is None else {**body, "due_at": at + timedelta(seconds=delay)}


def own_schedule(request: Request, scheduled_id: uuid.UUID) -> ScheduledTransfer:
    """Return a scheduled transfer of the signed-in person; anybody else's is not found."""
    rows = ScheduledTransfer.objects.select_related("recipient__holder__profile", "transfer")
    return get_object_or_404(
        rows.filter(sender__holder_id=request.user.pk), public_id=scheduled_id
    )


class ScheduleList(APIView):
    @extend_schema(
        operation_id="schedule_transfer",
        parameters=[KEY],
        request=ScheduleRequest,
        responses={201: ScheduleResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        sender, at = own_wallet(request, wallet_id), timezone.now()
        body = due_time(read_body(ScheduleRequest, request), at)
        made: Once[ScheduledTransfer] = once(request, "schedule_transfer", ScheduleResponse)
        return answer(
            telling(
                request,
                lambda: schedules.schedule.once(
                    made, sender=sender, **body, proof=prove(request), at=at
                ),
            )
        )

    @extend_schema(
        operation_id="list_scheduled_transfers", parameters=PAGING, responses=SchedulesResponse
    )
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        rows = ScheduledTransfer.objects.select_related("recipient__holder__profile", "transfer")
        page = read_page(request, rows.filter(sender=wallet))
        body = {"scheduled_transfers": page.rows, "next": write_place(page.following)}
        return Response(SchedulesResponse(body).data)


class ScheduleDetail(APIView):
    @extend_schema(operation_id="show_scheduled_transfer", responses=ScheduleResponse)
    def get(self, request: Request, scheduled_id: uuid.UUID) -> Response:
        return Response(ScheduleResponse(own_schedule(request, scheduled_id)).data)


class ScheduleCancel(APIView):
    @extend_schema(
        operation_id="cancel_scheduled_transfer",
        parameters=[KEY],
        request=None,
        responses={200: ScheduleResponse},
    )
    def post(self, request: Request, scheduled_id: uuid.UUID) -> Response:
        scheduled = own_schedule(request, scheduled_id)
        cancelled: Once[ScheduledTransfer] = once(
            request, "cancel_scheduled_transfer", ScheduleResponse, status=200
        )
        return answer(schedules.cancel.once(cancelled, scheduled=scheduled, at=timezone.now()))
