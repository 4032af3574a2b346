"""Receipts of payments over the API: the payer's, and the store's with what it cost."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.models import Payment
from merchants.payments.receipts import PaymentReceipt, receipt_of
from merchants.printing.receipts import receipt_pdf
from wallet.api.fields import MoneyField
from wallet.api.languages import LANG, read_language
from wallet.api.statements import AnyNegotiation
from wallet.proof.proofs import person

_PDF: Any = {(200, "application/pdf"): OpenApiTypes.BINARY}


class GivenBackResponse(serializers.Serializer[Any]):
    number = serializers.CharField()
    amount = MoneyField()
    reason = serializers.CharField()
    refunded_at = serializers.DateTimeField()


class PaymentReceiptResponse(serializers.Serializer[Any]):
    number = serializers.CharField(source="payment.number")
    match_code = serializers.CharField(help_text="The same on both sides' receipts")
    store_name = serializers.CharField(source="payment.store.name")
    store_address = serializers.CharField(source="payment.store.address")
    merchant_name = serializers.CharField(source="payment.merchant.legal_name")
    registration_number = serializers.CharField(source="payment.merchant.registration_number")
    paid = MoneyField(source="payment.captured")
    tip = MoneyField(source="payment.tip", help_text="The part of it that is a tip")
    bill_number = serializers.CharField(source="payment.bill_number")
    answers = serializers.DictField(source="payment.answers", child=serializers.CharField())
    paid_at = serializers.DateTimeField(source="payment.paid_at")
    refunds = GivenBackResponse(many=True)
    kept = MoneyField(help_text="What the store has of it in the end, the fee not counted")


class StoreReceiptResponse(PaymentReceiptResponse):
    order_no = serializers.CharField(source="payment.merchant_order_no", allow_null=True)
    fee = MoneyField(help_text="What it cost the merchant, VAT not counted")


class _Payer(APIView):
    def found(self, number: str) -> PaymentReceipt:
        return receipt_of(get_object_or_404(own_payments(self.request), number=number))


class PayerReceipt(_Payer):
    @extend_schema(operation_id="show_payment_receipt", responses=PaymentReceiptResponse)
    def get(self, request: Request, number: str) -> Response:  # noqa: ARG002
        return Response(PaymentReceiptResponse(self.found(number)).data)


class PayerReceiptPdf(_Payer):
    content_negotiation_class = AnyNegotiation

    @extend_schema(operation_id="print_payment_receipt", parameters=[LANG], responses=_PDF)
    def get(self, request: Request, number: str) -> HttpResponse:
        return _file(self.found(number), "payer", request)


class _Till(MerchantView):
    needs = {"GET": Permission.PAYMENTS_READ}

    def found(self, number: str) -> PaymentReceipt:
        stores = self.principal.stores(Permission.PAYMENTS_READ)
        rows = _shown().filter(store__in=stores)
        return receipt_of(get_object_or_404(rows, number=number))


class StoreReceipt(_Till):
    @extend_schema(operation_id="show_merchant_receipt", responses=StoreReceiptResponse)
    def get(self, request: Request, number: str) -> Response:  # noqa: ARG002
        return Response(StoreReceiptResponse(self.found(number)).data)


class StoreReceiptPdf(_Till):
    content_negotiation_class = AnyNegotiation

    @extend_schema(operation_id="print_merchant_receipt", parameters=[LANG], responses=_PDF)
    def get(self, request: Request, number: str) -> HttpResponse:
        return _file(self.found(number), "merchant", request)


def own_payments(request: Request) -> QuerySet[Payment]:
    """Return the payments of the person who asks, at stores."""
    return _shown().filter(wallet__holder=person(request), store__isnull=False)


def _shown() -> QuerySet[Payment]:
    return Payment.objects.select_related("store", "merchant")


def _file(receipt: PaymentReceipt, side: str, request: Request) -> HttpResponse:
    pdf = receipt_pdf(receipt, side=side, language=read_language(request))
    response = HttpResponse(pdf, content_type="application/pdf")
    name = f"receipt-{receipt.payment.number}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
