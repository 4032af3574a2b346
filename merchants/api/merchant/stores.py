"""Stores of a merchant."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.api.merchant.fields import (
    CategoryField,
    HoursField,
    ZoneField,
    latin,
)
from merchants.api.positions import PositionField
from merchants.api.tips import TipFields, prompts_field, take_tip
from merchants.errors import PermissionMissing
from merchants.models import Store
from merchants.models.merchants import HOME_ZONE
from merchants.premises import stores
from merchants.store_codes import tip_document, tip_of
from wallet.api.etags import tagged
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer
from wallet.api.payees import CleanTextField
from wallet.api.reading import KEY, read_body
from wallet.idempotency import Once


class StoreRequest(serializers.Serializer[Any]):
    name = CleanTextField(max_length=25)
    latin_name = latin(25)
    city = latin(15)
    address = CleanTextField(max_length=200)
    merchant_category_code = CategoryField()
    zone = ZoneField(max_length=40, default=HOME_ZONE)
    opening_hours = HoursField(required=False)
    position = PositionField(required=False, allow_null=True)
    tip = TipFields(required=False, help_text="What the next poster asks for")
    prompts = prompts_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "position" in attrs:
            attrs["latitude_e6"], attrs["longitude_e6"] = attrs.pop("position") or (None, None)
        return attrs


class StoreChange(StoreRequest):
    accepts = serializers.BooleanField(required=False, help_text="Whether it takes payments")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # Not DRF's ``partial``: that lets the parts of a tip be left out as well.
        fields = super().get_fields()
        for field in fields.values():
            field.required, field.default = False, serializers.empty
        return fields


class StoreResponse(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    latin_name = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    merchant_category_code = serializers.CharField()
    zone = serializers.CharField()
    opening_hours = HoursField()
    position = serializers.SerializerMethodField()
    accepts = serializers.BooleanField()
    tip = serializers.SerializerMethodField()
    prompts = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(TipFields)
    def get_tip(self, store: Store) -> Any:
        return TipFields(tip_document(tip_of(store), store.merchant.currency)).data

    def get_position(self, store: Store) -> dict[str, str] | None:
        if store.latitude_e6 is None or store.longitude_e6 is None:
            return None
        return PositionField().to_representation((store.latitude_e6, store.longitude_e6))


class StorePage(serializers.Serializer[Any]):
    items = StoreResponse(many=True)
    next = serializers.CharField(allow_null=True)


class StoreList(MerchantView):
    needs = {"GET": Permission.STORES_READ, "POST": Permission.STORES_WRITE}

    @extend_schema(
        operation_id="list_stores", parameters=PAGE_PARAMETERS, responses={200: StorePage}
    )
    def get(self, request: Request) -> Response:
        rows = self.principal.stores(Permission.STORES_READ).select_related("merchant")
        return Response(StorePage(page(request, rows)).data)

    @extend_schema(
        operation_id="add_store",
        parameters=[KEY],
        request=StoreRequest,
        responses={201: StoreResponse},
    )
    def post(self, request: Request) -> Response:
        # A new store is in nobody's single stores yet.
        if not self.principal.may_everywhere(Permission.STORES_WRITE):
            raise PermissionMissing(Permission.STORES_WRITE.value)
        body = read_body(StoreRequest, request)
        take_tip(body, self.principal.merchant)
        added: Once[Store] = self.once("add_store", StoreResponse)
        principal = self.principal
        reply = stores.add_store.once(
            added,
            merchant=principal.merchant,
            facts=body,
            actor=principal.actor,
            at=timezone.now(),
        )
        return answer(reply)


class StoreDetail(MerchantView):
    needs = {"GET": Permission.STORES_READ, "PATCH": Permission.STORES_WRITE}

    @extend_schema(operation_id="show_store", responses=StoreResponse)
    @tagged
    def get(self, request: Request, store_id: str) -> Response:  # noqa: ARG002
        rows = self.principal.stores(Permission.STORES_READ).select_related("merchant")
        return Response(StoreResponse(get_object_or_404(rows, public_id=store_id)).data)

    @extend_schema(
        operation_id="change_store", request=StoreChange, responses={200: StoreResponse}
    )
    def patch(self, request: Request, store_id: str) -> Response:
        rows = self.principal.stores(Permission.STORES_WRITE).select_related("merchant")
        found = get_object_or_404(rows, public_id=store_id)
        facts = read_body(StoreChange, request)
        take_tip(facts, self.principal.merchant)
        changed = stores.change_store(
            store=found,
            facts=facts,
            actor=self.principal.actor,
            at=timezone.now(),
        )
        return Response(StoreResponse(changed).data)
