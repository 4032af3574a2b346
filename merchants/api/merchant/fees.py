"""What a merchant pays for payments: the plan in force, and every agreement to one."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.api.merchant.fields import money_or_none
from merchants.fees.agreements import plan_of
from merchants.models import FeeAgreement, FeePlan, FeeRate, Price
from wallet.api.etags import tagged
from wallet.api.keyset import PAGE_PARAMETERS, page


def _priced(price: Price, currency: str) -> dict[str, Any]:
    return {
        "rate_bps": price.rate_bps,
        "fixed": money_or_none(price.fixed_minor, currency),
        "minimum": money_or_none(price.minimum_minor, currency),
        "maximum": money_or_none(price.maximum_minor, currency),
    }


def _rated(rate: FeeRate, currency: str) -> dict[str, Any]:
    turnover = money_or_none(rate.from_turnover_minor, currency)
    return {"kind": rate.kind, "from_turnover": turnover, **_priced(rate, currency)}


class _Amount(serializers.Serializer[Any]):
    amount = serializers.CharField()
    currency = serializers.CharField()


class PriceResponse(serializers.Serializer[Any]):
    rate_bps = serializers.IntegerField()
    fixed = _Amount()
    minimum = _Amount()
    maximum = _Amount(allow_null=True)


class RateResponse(PriceResponse):
    kind = serializers.CharField()
    from_turnover = _Amount()


class FeePlanResponse(PriceResponse):
    name = serializers.CharField()
    currency = serializers.CharField()
    vat_bps = serializers.IntegerField()
    returns_fee = serializers.BooleanField()
    rates = RateResponse(many=True)

    def to_representation(self, instance: FeePlan) -> dict[str, Any]:
        currency = instance.currency
        rates = sorted(instance.rates.all(), key=lambda r: (r.kind, r.from_turnover_minor))
        return {
            "name": instance.name,
            "currency": currency,
            "vat_bps": instance.vat_bps,
            "returns_fee": instance.returns_fee,
            **_priced(instance, currency),
            "rates": [_rated(rate, currency) for rate in rates],
        }


class AgreementResponse(serializers.Serializer[Any]):
    effective_from = serializers.DateTimeField()
    agreed_at = serializers.DateTimeField()
    plan = FeePlanResponse()


class AgreementPage(serializers.Serializer[Any]):
    items = AgreementResponse(many=True)
    next = serializers.CharField(allow_null=True)


class FeePlanDetail(MerchantView):
    needs = {"GET": Permission.FEES_READ}
    merchant_wide = True

    @extend_schema(operation_id="show_fee_plan", responses=FeePlanResponse)
    @tagged
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF hands it in.
        plan = plan_of(merchant=self.principal.merchant, at=timezone.now())
        return Response(FeePlanResponse(plan).data)


class AgreementList(MerchantView):
    needs = {"GET": Permission.FEES_READ}
    merchant_wide = True

    @extend_schema(
        operation_id="list_fee_agreements",
        parameters=PAGE_PARAMETERS,
        responses={200: AgreementPage},
    )
    def get(self, request: Request) -> Response:
        rows = FeeAgreement.objects.filter(merchant=self.principal.merchant)
        rows = rows.select_related("plan").prefetch_related("plan__rates")
        return Response(AgreementPage(page(request, rows)).data)
