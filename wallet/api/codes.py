"""The code a payer shows at a till: the key of a phone that makes them, or one made by us."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet.api.reading import PIN, own_wallet, read_body
from wallet.codes import handles
from wallet.models import Device
from wallet.proof.proofs import person, prove
from wallet.proof.rules import require_pin


class CodeKeyRequest(serializers.Serializer[Any]):
    wallet_id = serializers.UUIDField()


class CodeKeyResponse(serializers.Serializer[Any]):
    prefix = serializers.CharField()
    handle = serializers.CharField()
    key = serializers.SerializerMethodField(
        help_text="Of HMAC-SHA-256, 32 bytes, base64url: told this once"
    )
    digits = serializers.IntegerField()
    step_seconds = serializers.IntegerField()
    rotate_at = serializers.DateTimeField(help_text="When to ask for the next")
    expires_at = serializers.DateTimeField()
    server_time = serializers.SerializerMethodField(help_text="Seconds since 1970")

    def get_key(self, issued: handles.PhoneKey) -> str:
        return base64.urlsafe_b64encode(issued.key).decode().rstrip("=")

    def get_server_time(self, issued: handles.PhoneKey) -> int:  # noqa: ARG002
        return int(timezone.now().timestamp())


class CodeResponse(serializers.Serializer[Any]):
    code = serializers.CharField()
    expires_at = serializers.DateTimeField()


class CodeKeyList(APIView):
    # Takes no Idempotency-Key: its answer is a secret, and is stored nowhere. Asked again, the
    # phone gets another key, and the one before stays good until its time.
    @extend_schema(
        operation_id="issue_code_key",
        parameters=[PIN],
        request=CodeKeyRequest,
        responses={201: CodeKeyResponse},
    )
    def post(self, request: Request, device_id: uuid.UUID) -> Response:
        """Give a device what it computes its codes from, also without a network."""
        device = get_object_or_404(Device, user=person(request), public_id=device_id)
        wallet = own_wallet(request, read_body(CodeKeyRequest, request)["wallet_id"])
        require_pin(proof=prove(request), wallet=wallet)
        issued = handles.issue(device=device, wallet=wallet, at=timezone.now())
        return Response(CodeKeyResponse(issued).data, status=201)


class CodeList(APIView):
    # Takes no Idempotency-Key: asked again, the answer is another code, and the one before ends.
    @extend_schema(
        operation_id="show_code",
        parameters=[PIN],
        request=None,
        responses={201: CodeResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        """Make a code to show at a till, good for a minute and one payment."""
        wallet = own_wallet(request, wallet_id)
        require_pin(proof=prove(request), wallet=wallet)
        return Response(
            CodeResponse(handles.show(wallet=wallet, at=timezone.now())).data, status=201
        )
