"""Applying as a merchant, as a signed-in person."""

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

from merchants.api.merchant.fields import CategoryField, latin
from merchants.models import Application, MerchantKind
from merchants.onboarding import applications
from wallet.api.etags import tagged
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer, once
from wallet.api.payees import CleanTextField, signed_in
from wallet.api.reading import KEY, read_body
from wallet.idempotency import Once


class ApplicationRequest(serializers.Serializer[Any]):
    legal_name = CleanTextField(max_length=100)
    kind = serializers.ChoiceField(MerchantKind.choices)
    registration_number = serializers.CharField(max_length=12, help_text="With or without hyphens")
    contact_name = CleanTextField(max_length=60)
    contact_phone = serializers.CharField(max_length=32)
    contact_email = serializers.EmailField(max_length=254)
    currency = serializers.CharField(max_length=12, default="KRW")
    bank_code = serializers.CharField(max_length=4, allow_blank=True, default="")
    bank_number = serializers.CharField(max_length=60)
    bank_holder_name = CleanTextField(max_length=60)
    store_name = CleanTextField(max_length=25)
    store_latin_name = latin(25)
    store_city = latin(15)
    store_address = CleanTextField(max_length=200)
    merchant_category_code = CategoryField()


class ApplicationResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    state = serializers.CharField()
    legal_name = serializers.CharField()
    registration_number = serializers.CharField()
    currency = serializers.CharField()
    store_name = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    rejection = serializers.CharField(allow_blank=True)
    merchant_id = serializers.SerializerMethodField()

    def get_merchant_id(self, application: Application) -> str | None:
        return None if application.merchant is None else application.merchant.public_id


class ApplicationPage(serializers.Serializer[Any]):
    items = ApplicationResponse(many=True)
    next = serializers.CharField(allow_null=True)


def _own(request: Request, application_id: uuid.UUID) -> Application:
    own = Application.objects.select_related("merchant").filter(applicant=signed_in(request))
    return get_object_or_404(own, public_id=application_id)


class ApplicationList(APIView):
    @extend_schema(
        operation_id="apply_as_merchant",
        parameters=[KEY],
        request=ApplicationRequest,
        responses={201: ApplicationResponse},
    )
    def post(self, request: Request) -> Response:
        body = read_body(ApplicationRequest, request)
        asked: Once[Application] = once(request, "apply_as_merchant", ApplicationResponse)
        reply = applications.submit.once(
            asked, applicant=signed_in(request), asked=body, at=timezone.now()
        )
        return answer(reply)

    @extend_schema(
        operation_id="list_applications",
        parameters=PAGE_PARAMETERS,
        responses={200: ApplicationPage},
    )
    def get(self, request: Request) -> Response:
        rows = Application.objects.select_related("merchant").filter(applicant=signed_in(request))
        return Response(ApplicationPage(page(request, rows)).data)


class ApplicationDetail(APIView):
    @extend_schema(operation_id="show_application", responses=ApplicationResponse)
    @tagged
    def get(self, request: Request, application_id: uuid.UUID) -> Response:
        return Response(ApplicationResponse(_own(request, application_id)).data)

    @extend_schema(
        operation_id="amend_application",
        request=ApplicationRequest,
        responses={200: ApplicationResponse},
    )
    def put(self, request: Request, application_id: uuid.UUID) -> Response:
        found = _own(request, application_id)
        body = read_body(ApplicationRequest, request)
        amended = applications.amend(application=found, asked=body, at=timezone.now())
        return Response(ApplicationResponse(amended).data)


class ApplicationWithdraw(APIView):
    @extend_schema(
        operation_id="withdraw_application", request=None, responses={200: ApplicationResponse}
    )
    def post(self, request: Request, application_id: uuid.UUID) -> Response:
        found = _own(request, application_id)
        withdrawn = applications.withdraw(application=found, at=timezone.now())
        return Response(ApplicationResponse(withdrawn).data)
