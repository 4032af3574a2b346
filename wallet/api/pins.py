"""Setting and changing the PIN."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from wallet.api.reading import STEP_UP, read_body
from wallet.proof import pins
from wallet.proof.proofs import person, prove
from wallet.proof.rules import require_step_up


class PinRequest(serializers.Serializer[Any]):
    pin = serializers.CharField(max_length=6, trim_whitespace=False, help_text="Six digits")
    password = serializers.CharField(max_length=128, trim_whitespace=False)


# Neither takes an Idempotency-Key: a PIN is set once, and changed to the same is the same.
class PinDetail(APIView):
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign_in"

    @extend_schema(operation_id="set_pin", request=PinRequest, responses={204: None})
    def post(self, request: Request) -> Response:
        body = read_body(PinRequest, request)
        pins.set_pin(user=person(request), **body, at=timezone.now())
        return Response(status=204)

    @extend_schema(
        operation_id="change_pin", parameters=[STEP_UP], request=PinRequest, responses={204: None}
    )
    def put(self, request: Request) -> Response:
        """Choose another PIN, the old one known, forgotten or locked: under a step-up."""
        body, user = read_body(PinRequest, request), person(request)
        require_step_up(proof=prove(request), user=user)
        pins.change_pin(user=user, **body, at=timezone.now())
        return Response(status=204)
