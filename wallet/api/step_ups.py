"""Proving oneself a second time, for one request."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from wallet.api.reading import read_body
from wallet.idempotency import fingerprint
from wallet.models import StepUp
from wallet.proof import step_ups
from wallet.proof.proofs import person


class CodeField(serializers.RegexField):
    """A code of six digits, as text."""

    def __init__(self, **more: Any) -> None:
        super().__init__(r"^[0-9]{6}\Z", trim_whitespace=False, **more)


class StepUpRequest(serializers.Serializer[Any]):
    method = serializers.ChoiceField(choices=["POST", "PUT", "PATCH", "DELETE"])
    path = serializers.CharField(max_length=500, help_text="As it will be asked: /api/v1/…")
    body = serializers.JSONField(
        default=dict, help_text="The very body of the request that will be made"
    )
    by = serializers.ChoiceField(choices=StepUp.By.choices, default=StepUp.By.SMS)


class StepUpResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    by = serializers.ChoiceField(choices=StepUp.By.choices)
    expires_at = serializers.DateTimeField()


class ProveRequest(serializers.Serializer[Any]):
    code = serializers.RegexField(
        r"^[0-9A-Za-z -]{6,24}\Z",
        trim_whitespace=False,
        help_text="Six digits, or a backup code",
    )


class StepUpTokenResponse(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="For the header Wallet-Step-Up of that request")


# Neither takes an Idempotency-Key: a step-up moves nothing, and its codes are used once.
class StepUpList(APIView):
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "step_up"

    @extend_schema(
        operation_id="begin_step_up", request=StepUpRequest, responses={201: StepUpResponse}
    )
    def post(self, request: Request) -> Response:
        asked = read_body(StepUpRequest, request)
        made = step_ups.begin(
            user=person(request),
            fingerprint=fingerprint([asked["method"], asked["path"], asked["body"] or {}]),
            by=asked["by"],
            at=timezone.now(),
        )
        return Response(StepUpResponse(made).data, status=201)


class StepUpProve(APIView):
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "step_up"

    @extend_schema(
        operation_id="prove_step_up", request=ProveRequest, responses={201: StepUpTokenResponse}
    )
    def post(self, request: Request, step_up_id: uuid.UUID) -> Response:
        code = read_body(ProveRequest, request)["code"]
        token = step_ups.prove(
            user=person(request), public_id=step_up_id, code=code, at=timezone.now()
        )
        return Response(StepUpTokenResponse({"token": token}).data, status=201)
