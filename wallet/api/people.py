"""Signing up and signing in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from wallet import people
from wallet.api.once import answer, once
from wallet.api.reading import KEY, read_body
from wallet.api.wallets import WalletResponse, opened


class SignUpRequest(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=32)
    password = serializers.CharField(max_length=128, trim_whitespace=False)

    def validate_password(self, value: str) -> str:
        try:
            validate_password(value)
        except ValidationError as exc:
            raise serializers.ValidationError(exc.messages, "weak_password") from exc
        return value


class TokenRequest(serializers.Serializer[Any]):
    phone = serializers.CharField(max_length=32)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class TokenResponse(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


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
        body = read_body(SignUpRequest, request)
        reply = people.sign_up.once(
            once(request, "sign_up", opened, principal="anyone"),
            **body,
            currency="KRW",
            at=timezone.now(),
        )
        return answer(reply)


class TokenList(APIView):
    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign_in"

    @extend_schema(operation_id="sign_in", request=TokenRequest, responses={201: TokenResponse})
    def post(self, request: Request) -> Response:
        user = people.sign_in(**read_body(TokenRequest, request))
        made, token = AuthToken.objects.create(user=user)
        body = TokenResponse({"token": token, "expires_at": made.expiry}).data
        return Response(body, status=201)
