"""Payments at the till: asking, finding out, capturing, cancelling, giving back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.errors import CurrencyMismatch
from merchants import store_codes
from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.api.serializers import PaymentResponse
from merchants.errors import RefundAboveLimit
from merchants.models import Payment, Refund
from merchants.payments import authorizing, cancelling, orders, refunds
from merchants.payments.charging.presenting import charge_code
from merchants.payments.paying import Bill
from wallet.api.etags import tagged
from wallet.api.fields import MoneyField
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer
from wallet.api.payees import CleanTextField
from wallet.api.reading import KEY, read_body
from wallet.api.stale import may_be_stale
from wallet.idempotency import Once

ORDER_NO = r"^[A-Za-z0-9_-]{1,64}\Z"


class BillRequest(serializers.Serializer[Any]):
    store_id = serializers.CharField(max_length=25)
    order_no = serializers.RegexField(ORDER_NO, help_text="The merchant's own; it pays once")
    amount = MoneyField(help_text="The tip included")
    tip = MoneyField(required=False)
    bill_number = serializers.RegexField(r"^[A-Za-z0-9 _-]{1,25}\Z", required=False, default="")
    time_out_seconds = serializers.IntegerField(
        min_value=10, max_value=7200, default=180, help_text="How long it may be paid"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        tip = attrs.get("tip")
        if tip is not None and (
            tip.currency != attrs["amount"].currency or tip.minor >= attrs["amount"].minor
        ):
            raise serializers.ValidationError({"tip": "A part of the amount."}, "tip_too_large")
        if tip is not None and attrs.get("asks_tip"):
            raise serializers.ValidationError({"tip": "One or the other."}, "tip_given_and_asked")
        return attrs


class OrderRequest(BillRequest):
    asks_tip = serializers.BooleanField(
        default=False, help_text="Whether the payer may add a tip to the amount"
    )
    capture = serializers.ChoiceField(
        choices=["NOW", "LATER"], default="NOW", help_text="LATER sets the money aside first"
    )


class ChargeRequest(BillRequest):
    code = serializers.RegexField(
        r"^[0-9]{20}\Z", help_text="The twenty digits that the payer shows"
    )


class TillPaymentResponse(PaymentResponse):
    order_no = serializers.CharField(source="merchant_order_no", allow_null=True)
    store_id = serializers.SerializerMethodField()
    captured = MoneyField()
    payload = serializers.SerializerMethodField(
        help_text="The text of the code to show, as a QR code; null where there is none to pay"
    )

    def get_store_id(self, payment: Payment) -> str | None:
        return None if payment.store is None else payment.store.public_id

    def get_payload(self, payment: Payment) -> str | None:
        waits = payment.state in {"CREATED", "AWAITING_PAYER"}
        if payment.presented != Payment.Presented.DYNAMIC or payment.store is None or not waits:
            return None
        return store_codes.order_code(payment, payment.store)


class TillPaymentPage(serializers.Serializer[Any]):
    items = TillPaymentResponse(many=True)
    next = serializers.CharField(allow_null=True)


class CancelResponse(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=list(cancelling.Action))
    payment = TillPaymentResponse()


class CaptureRequest(serializers.Serializer[Any]):
    amount = MoneyField()


class RefundRequest(serializers.Serializer[Any]):
    refund_no = serializers.RegexField(ORDER_NO, help_text="The merchant's own; it is used once")
    amount = MoneyField()
    reason = CleanTextField(max_length=100, allow_blank=True, default="")


class RefundResponse(serializers.Serializer[Any]):
    number = serializers.CharField()
    refund_no = serializers.CharField(source="merchant_refund_no")
    amount = MoneyField()
    reason = serializers.CharField()
    refunded_at = serializers.DateTimeField()


class OrderList(MerchantView):
    needs = {"POST": Permission.PAYMENTS_WRITE}

    @extend_schema(
        operation_id="ask_for_payment",
        parameters=[KEY],
        request=OrderRequest,
        responses={201: TillPaymentResponse},
    )
    def post(self, request: Request) -> Response:
        """Ask for a payment; the same order number again returns the same payment."""
        body = read_body(OrderRequest, request)
        store = self.principal.store(Permission.PAYMENTS_WRITE, body["store_id"])
        if body["amount"].currency != store.merchant.currency:
            raise CurrencyMismatch(store.merchant.currency, body["amount"].currency)
        asked: Once[Payment] = self.once("ask_for_payment", TillPaymentResponse)
        reply = orders.ask.once(
            asked,
            store=store,
            bill=_bill(body),
            time_out=timedelta(seconds=body["time_out_seconds"]),
            is_manual_capture=body["capture"] == "LATER",
            at=timezone.now(),
        )
        return answer(reply)


class OrderCancel(MerchantView):
    needs = {"POST": Permission.PAYMENTS_WRITE}

    # Takes no Idempotency-Key: whatever happened, saying it again changes nothing.
    @extend_schema(operation_id="cancel_order", request=None, responses=CancelResponse)
    def post(self, request: Request, order_no: str) -> Response:  # noqa: ARG002
        """Make it not have happened: close, give back, refund, or remember the number."""
        own = self.principal.stores(Permission.PAYMENTS_WRITE)
        done = cancelling.cancel(
            merchant=self.principal.merchant,
            order_no=order_no,
            stores=frozenset(own.values_list("pk", flat=True)),
            at=timezone.now(),
        )
        return Response(CancelResponse(done).data)


class TillPaymentList(MerchantView):
    needs = {"GET": Permission.PAYMENTS_READ, "POST": Permission.PAYMENTS_WRITE}

    @extend_schema(
        operation_id="charge_code",
        parameters=[KEY],
        request=ChargeRequest,
        responses={201: TillPaymentResponse},
    )
    def post(self, request: Request) -> Response:
        """Charge the code that a payer shows.

        AWAITING_PAYER is what the payer still has to confirm: ask again, then cancel the order.
        """
        body = read_body(ChargeRequest, request)
        store = self.principal.store(Permission.PAYMENTS_WRITE, body["store_id"])
        reply = charge_code(
            self.once("charge_code", TillPaymentResponse),
            code=body["code"],
            store=store,
            bill=_bill(body),
            time_out=timedelta(seconds=body["time_out_seconds"]),
            at=timezone.now(),
        )
        return answer(reply)

    @extend_schema(
        operation_id="list_merchant_payments",
        parameters=[*PAGE_PARAMETERS, OpenApiParameter("order_no", str)],
        responses=TillPaymentPage,
    )
    @may_be_stale
    def get(self, request: Request) -> Response:
        rows = _seen(self, Permission.PAYMENTS_READ)
        if (order_no := request.query_params.get("order_no")) is not None:
            rows = rows.filter(merchant_order_no=order_no)
        return Response(TillPaymentPage(page(request, rows)).data)


class TillPaymentDetail(MerchantView):
    needs = {"GET": Permission.PAYMENTS_READ}

    @extend_schema(operation_id="show_merchant_payment", responses=TillPaymentResponse)
    @tagged
    def get(self, request: Request, number: str) -> Response:  # noqa: ARG002
        found = get_object_or_404(_seen(self, Permission.PAYMENTS_READ), number=number)
        return Response(TillPaymentResponse(found).data)


class TillPaymentCapture(MerchantView):
    needs = {"POST": Permission.PAYMENTS_WRITE}

    @extend_schema(
        operation_id="capture_payment",
        parameters=[KEY],
        request=CaptureRequest,
        responses=TillPaymentResponse,
    )
    def post(self, request: Request, number: str) -> Response:
        found = get_object_or_404(_seen(self, Permission.PAYMENTS_WRITE), number=number)
        amount = read_body(CaptureRequest, request)["amount"]
        made: Once[Payment] = self.once("capture_payment", TillPaymentResponse, status=200)
        reply = authorizing.capture.once(
            made,
            number=found.number,
            merchant=self.principal.merchant,
            amount=amount,
            at=timezone.now(),
        )
        return answer(reply)


class TillPaymentVoid(MerchantView):
    needs = {"POST": Permission.PAYMENTS_WRITE}

    # Takes no Idempotency-Key: what is given back is given back.
    @extend_schema(operation_id="void_payment", request=None, responses=TillPaymentResponse)
    def post(self, request: Request, number: str) -> Response:  # noqa: ARG002
        found = get_object_or_404(_seen(self, Permission.PAYMENTS_WRITE), number=number)
        done = authorizing.void(
            number=found.number, merchant=self.principal.merchant, at=timezone.now()
        )
        return Response(TillPaymentResponse(done).data)


class TillRefundList(MerchantView):
    needs = {"POST": Permission.REFUNDS_WRITE}

    @extend_schema(
        operation_id="refund_payment",
        parameters=[KEY],
        request=RefundRequest,
        responses={201: RefundResponse},
    )
    def post(self, request: Request, number: str) -> Response:
        found = get_object_or_404(_seen(self, Permission.REFUNDS_WRITE), number=number)
        body = read_body(RefundRequest, request)
        limit = self.principal.refund_limit(found.store_id or 0)
        if limit is not None and body["amount"].minor > limit:
            raise RefundAboveLimit
        made: Once[Refund] = self.once("refund_payment", RefundResponse)
        reply = refunds.refund.once(
            made,
            merchant=self.principal.merchant,
            number=found.number,
            **body,
            at=timezone.now(),
        )
        return answer(reply)


def _bill(body: dict[str, Any]) -> Bill:
    tip = body.get("tip")
    return Bill(
        amount=body["amount"],
        tip_minor=0 if tip is None else tip.minor,
        merchant_order_no=body["order_no"],
        bill_number=body["bill_number"],
        asks_tip=body.get("asks_tip", False),
    )


def _seen(view: MerchantView, permission: Permission) -> QuerySet[Payment]:
    """Return the payments of the stores at which the caller may do this."""
    rows = Payment.objects.select_related("store__merchant", "merchant")
    return rows.filter(store__in=view.principal.stores(permission))
