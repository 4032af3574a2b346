"""Setting second factors up: an authenticator, and backup codes."""

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
from wallet.api.step_ups import CodeField
from wallet.models import User
from wallet.proof import factors
from wallet.proof.proofs import person, prove
from wallet.proof.rules import require_step_up
from wallet.proof.symbols import otpauth_svg


class FactorsResponse(serializers.Serializer[Any]):
    methods = serializers.ListField(
        child=serializers.CharField(), help_text="The ways a step-up can be proved"
    )
    has_totp = serializers.BooleanField()
    backup_codes_left = serializers.IntegerField()


class TotpResponse(serializers.Serializer[Any]):
    uri = serializers.CharField(help_text="otpauth://, for an authenticator")
    svg = serializers.CharField(help_text="The same as a QR code, an SVG picture")


class TotpConfirmRequest(serializers.Serializer[Any]):
    code = CodeField(help_text="What the authenticator shows")


class BackupCodesResponse(serializers.Serializer[Any]):
    codes = serializers.ListField(child=serializers.CharField(), help_text="Shown this once")


class FactorList(APIView):
    @extend_schema(operation_id="list_second_factors", responses=FactorsResponse)
    def get(self, request: Request) -> Response:
        return Response(FactorsResponse(factors.factors_of(person(request))).data)


class TotpDetail(APIView):
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "step_up"

    @extend_schema(
        operation_id="enrol_totp",
        parameters=[STEP_UP],
        request=None,
        responses={201: TotpResponse},
    )
    def post(self, request: Request) -> Response:
        uri = factors.enrol_totp(user=_stepped_up(request))
        return Response(TotpResponse({"uri": uri, "svg": otpauth_svg(uri)}).data, status=201)

    @extend_schema(
        operation_id="remove_totp", parameters=[STEP_UP], request=None, responses={204: None}
    )
    def delete(self, request: Request) -> Response:
        factors.remove_totp(user=_stepped_up(request))
        return Response(status=204)


class TotpConfirm(APIView):
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "step_up"

    @extend_schema(operation_id="confirm_totp", request=TotpConfirmRequest, responses={204: None})
    def post(self, request: Request) -> Response:
        code = read_body(TotpConfirmRequest, request)["code"]
        factors.confirm_totp(user=person(request), code=code)
        return Response(status=204)


class BackupCodeList(APIView):
    @extend_schema(
        operation_id="make_backup_codes",
        parameters=[STEP_UP],
        request=None,
        responses={201: BackupCodesResponse},
    )
    def post(self, request: Request) -> Response:
        codes = factors.make_backup_codes(user=_stepped_up(request), at=timezone.now())
        return Response(BackupCodesResponse({"codes": codes}).data, status=201)


def _stepped_up(request: Request) -> User:
    user = person(request)
    require_step_up(proof=prove(request), user=user)
    return user
