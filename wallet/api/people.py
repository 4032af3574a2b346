"""Signing up."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from wallet import people
from wallet.api.once import answer, once
from wallet.api.reading import KEY, read_body
from wallet.api.sessions import PasswordField
from wallet.api.step_ups import CodeField
from wallet.api.wallets import WalletResponse, opened
from wallet.idempotency import Once
from wallet.models import Wallet
from wallet.proof import one_time_codes


class PhoneCodeRequest(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=32)


class SignUpRequest(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=32)
    code = CodeField(help_text="The code from the text message")
    password = PasswordField()


# Takes no Idempotency-Key: the newest code counts, and how often one may ask is bounded.
class PhoneCodeList(APIView):
    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign_up"

    @extend_schema(operation_id="send_phone_code", request=PhoneCodeRequest, responses={204: None})
    def post(self, request: Request) -> Response:
        """Send a code to sign up with; whether somebody has the number already is not said."""
        number = people.normal_phone(read_body(PhoneCodeRequest, request)["phone"])
        one_time_codes.send(phone=number, purpose="SIGN_UP", at=timezone.now())
        return Response(status=204)


class ConsumerList(APIView):
    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign_up"

    @extend_schema(
        operation_id="sign_up",
        parameters=[KEY],
        request=SignUpRequest,
        responses={201: WalletResponse},
    )
    def post(self, request: Request) -> Response:
        body, at = read_body(SignUpRequest, request), timezone.now()
        made: Once[Wallet] = once(request, "sign_up", opened, principal="anyone")
        one_time_codes.check(
            phone=people.normal_phone(body["phone"]),
            purpose="SIGN_UP",
            code=body.pop("code"),
            used_by=made.request.key,
            at=at,
        )
        return answer(people.sign_up.once(made, **body, currency="KRW", at=at))
