"""Who somebody is: profiles, the name check before money is sent, and people in other answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from ledger.currencies import currency as currency_of
from ledger.errors import UnknownCurrency
from wallet.api.reading import read_body
from wallet.errors import UnknownRecipient, UnreadableText
from wallet.idempotency import Reply
from wallet.models import Profile, User
from wallet.texts import clean_text
from wallet.transfers import payees, profiles

PHONE_TEXT, HANDLE_TEXT = 32, 24  # as people write them


class CleanTextField(serializers.CharField):
    """Text that others read, in NFC and without characters that cannot be seen."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return clean_text(text, most=self.max_length or len(text))
        except UnreadableText as exc:
            raise serializers.ValidationError(str(exc), exc.code) from exc


class PayeeFields(serializers.Serializer[Any]):
    """Exactly one of a phone number and a handle; read as ``payee``."""

    phone = serializers.CharField(max_length=PHONE_TEXT, required=False)
    handle = serializers.CharField(max_length=HANDLE_TEXT, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        phone, handle = attrs.pop("phone", None), attrs.pop("handle", None)
        if (phone is None) == (handle is None):
            raise serializers.ValidationError("Give a phone number or a handle.", "one_payee")
        payee = phone if phone is not None else f"@{handle.removeprefix('@')}"
        return {**attrs, "payee": payee}


class PersonResponse(serializers.Serializer[Any]):
    name = serializers.CharField(allow_null=True, help_text="Masked")
    phone = serializers.CharField(allow_null=True, help_text="Masked")


class LookupRequest(PayeeFields):
    currency = serializers.CharField(max_length=12, default="KRW")

    def validate_currency(self, value: str) -> str:
        try:
            return currency_of(value).code
        except UnknownCurrency as exc:
            raise serializers.ValidationError(str(exc), exc.code) from exc


class LookupResponse(serializers.Serializer[Any]):
    person = PersonResponse()
    has_wallet = serializers.BooleanField()


class ProfileRequest(serializers.Serializer[Any]):
    handle = serializers.CharField(max_length=HANDLE_TEXT, required=False)
    display_name = CleanTextField(max_length=40, required=False)


class ProfileResponse(serializers.Serializer[Any]):
    handle = serializers.CharField(allow_null=True)
    display_name = serializers.CharField(allow_blank=True)


def signed_in(request: Request | HttpRequest) -> User:
    """Return the person who asks; every view here needs one."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("this view is for people who signed in")
    return user


def telling(
    request: Request, act: Callable[[], Reply], *, whatever_it_says: bool = False
) -> Reply:
    """Do something whose answer may tell whether somebody has a wallet; see Note [Misses]."""
    reply = act()
    is_miss = isinstance(reply.body, dict) and reply.body.get("code") == UnknownRecipient.code
    # A stored answer tells nothing new.
    if not reply.is_replay and (is_miss or whatever_it_says):
        payees.count_miss(user=signed_in(request), at=timezone.now())
    return reply


class PayeeLookup(APIView):
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "payees"

    @extend_schema(operation_id="look_up_payee", request=LookupRequest, responses=LookupResponse)
    def post(self, request: Request) -> Response:
        body = read_body(LookupRequest, request)
        found = payees.look_up(user=signed_in(request), **body, at=timezone.now())
        return Response(LookupResponse(found).data)


class ProfileDetail(APIView):
    @extend_schema(operation_id="show_profile", responses=ProfileResponse)
    def get(self, request: Request) -> Response:
        profile = Profile.objects.filter(user=signed_in(request)).first()
        return Response(ProfileResponse(profile or Profile()).data)

    @extend_schema(
        operation_id="set_profile", request=ProfileRequest, responses={200: ProfileResponse}
    )
    def put(self, request: Request) -> Response:
        body = read_body(ProfileRequest, request)
        profile = profiles.set_profile(
            user=signed_in(request),
            handle=body.get("handle"),
            display_name=body.get("display_name"),
        )
        return Response(ProfileResponse(profile).data)
