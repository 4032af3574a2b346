"""Which merchants a person works for, and the one that a request is for."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.models import StaffRole
from wallet.api.etags import tagged
from wallet.api.payees import signed_in


class MerchantResponse(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    legal_name = serializers.CharField()
    kind = serializers.CharField()
    registration_number = serializers.CharField(allow_blank=True)
    contact_name = serializers.CharField(allow_blank=True)
    contact_phone = serializers.CharField(allow_blank=True)
    contact_email = serializers.CharField(allow_blank=True)
    currency = serializers.CharField()
    zone = serializers.CharField()
    status = serializers.CharField()


class PlaceOfWork(serializers.Serializer[Any]):
    merchant_id = serializers.CharField(source="merchant.public_id")
    legal_name = serializers.CharField(source="merchant.legal_name")
    status = serializers.CharField(source="merchant.status")
    role = serializers.CharField()
    store_id = serializers.CharField(source="store.public_id", default=None, allow_null=True)


class OwnMerchantList(APIView):
    @extend_schema(operation_id="list_own_merchants", responses=PlaceOfWork(many=True))
    def get(self, request: Request) -> Response:
        held = StaffRole.objects.select_related("merchant", "store").filter(
            user=signed_in(request), ended_at__isnull=True
        )
        return Response(PlaceOfWork(held.order_by("pk"), many=True).data)


class MerchantDetail(MerchantView):
    needs = {"GET": Permission.MERCHANT_READ}

    @extend_schema(operation_id="show_merchant", responses=MerchantResponse)
    @tagged
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF hands it in.
        return Response(MerchantResponse(self.principal.merchant).data)
