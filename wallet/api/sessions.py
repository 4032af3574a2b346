"""Signing in and out, and the password."""

from __future__ import annotations

import uuid
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
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle
from rest_framework.views import APIView

from wallet import people
from wallet.api.reading import read_body
from wallet.models import Session
from wallet.proof import sessions
from wallet.proof.proofs import person


class PasswordField(serializers.CharField):
    """A password that is to be set; it says what is wrong with a weak one."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=128, trim_whitespace=False, **more)

    def to_internal_value(self, data: Any) -> str:
        value = str(super().to_internal_value(data))
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


class SessionResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    user_agent = serializers.CharField()
    address = serializers.CharField(allow_null=True)
    began_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(source="token.expiry")
    is_current = serializers.SerializerMethodField()

    def get_is_current(self, session: Session) -> bool:
        current: AuthToken | None = self.context["current"]
        return current is not None and session.token_id == current.pk


class PasswordRequest(serializers.Serializer[Any]):
    old = serializers.CharField(max_length=128, trim_whitespace=False)
    new = PasswordField()


class TokenList(APIView):
    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign_in"

    @extend_schema(operation_id="sign_in", request=TokenRequest, responses={201: TokenResponse})
    def post(self, request: Request) -> Response:
        at, address = timezone.now(), address_of(request)
        user = people.sign_in(**read_body(TokenRequest, request), address=address, at=at)
        agent = request.headers.get("User-Agent", "")
        begun = sessions.begin(user=user, user_agent=agent, address=address, at=at)
        body = {"token": begun.token, "expires_at": begun.expires_at}
        return Response(TokenResponse(body).data, status=201)


class SessionList(APIView):
    @extend_schema(operation_id="list_sessions", responses=SessionResponse(many=True))
    def get(self, request: Request) -> Response:
        found = sessions.sessions_of(person(request), at=timezone.now())
        shown = SessionResponse(found, many=True, context={"current": request.auth})
        return Response(shown.data)


class SessionDetail(APIView):
    @extend_schema(operation_id="end_session", request=None, responses={204: None})
    def delete(self, request: Request, session_id: uuid.UUID) -> Response:
        sessions.end(user=person(request), public_id=session_id)
        return Response(status=204)


class SessionsOthers(APIView):
    @extend_schema(operation_id="end_other_sessions", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        sessions.end_others(user=person(request), current=current_of(request))
        return Response(status=204)


class PasswordDetail(APIView):
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign_in"

    @extend_schema(operation_id="change_password", request=PasswordRequest, responses={204: None})
    def put(self, request: Request) -> Response:
        """Change the password; every other session ends."""
        body = read_body(PasswordRequest, request)
        sessions.change_password(
            user=person(request), **body, current=current_of(request), at=timezone.now()
        )
        return Response(status=204)


def current_of(request: Request) -> AuthToken | None:
    """Return the token that the request came with; None for a session of the web."""
    return request.auth if isinstance(request.auth, AuthToken) else None


def address_of(request: Request) -> str:
    """Return where a request came from; a header of the client's own is not believed."""
    return str(BaseThrottle().get_ident(request))
