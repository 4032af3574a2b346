"""Binding and revoking devices."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.api.payees import CleanTextField
from wallet.api.reading import STEP_UP, read_body
from wallet.models import Device
from wallet.models.devices import NAME_LENGTH
from wallet.proof import devices
from wallet.proof.proofs import person, prove
from wallet.proof.rules import require_step_up


class DeviceRequest(serializers.Serializer[Any]):
    name = CleanTextField(max_length=NAME_LENGTH)
    public_key = serializers.RegexField(
        r"^(?:[A-Za-z0-9_-]{43}=?|A[g-z0-9_-][A-Za-z0-9_-]{42})\Z",
        help_text="Base64url: 32 bytes of Ed25519, or 33 of P-256, a compressed point",
    )
    signature = serializers.RegexField(
        r"^[A-Za-z0-9_-]{86}={0,2}\Z",
        help_text="By that key, base64url: jigap.device.v1, the phone number and the key as sent,"
        " each on a line",
    )


class DeviceResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    bound_at = serializers.DateTimeField()


class DeviceList(APIView):
    @extend_schema(operation_id="list_devices", responses=DeviceResponse(many=True))
    def get(self, request: Request) -> Response:
        found = Device.objects.filter(user=person(request), revoked_at=None).order_by("pk")
        return Response(DeviceResponse(found, many=True).data)

    # Takes no Idempotency-Key: a key is bound once, and its second binding says so.
    @extend_schema(
        operation_id="bind_device",
        parameters=[STEP_UP],
        request=DeviceRequest,
        responses={201: DeviceResponse},
    )
    def post(self, request: Request) -> Response:
        body, user = read_body(DeviceRequest, request), person(request)
        require_step_up(proof=prove(request), user=user)
        device = devices.bind(user=user, **body, at=timezone.now())
        return Response(DeviceResponse(device).data, status=201)


class DeviceDetail(APIView):
    @extend_schema(operation_id="revoke_device", request=None, responses={204: None})
    def delete(self, request: Request, device_id: uuid.UUID) -> Response:
        """Revoke a device, at once: it may be lost, so this needs no proof but the session."""
        found = get_object_or_404(Device, user=person(request), public_id=device_id)
        devices.revoke(device=found, at=timezone.now())
        return Response(status=204)
