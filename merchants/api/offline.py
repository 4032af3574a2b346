"""Payers and tills without a network: allowances, and paying a till that has none."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from merchants.api.serializers import (
    IssuerKeyResponse,
    PaymentResponse,
    issuer_key_documents,
)
from merchants.models import Allowance
from merchants.offline import allowances
from merchants.offline.exposure import exposure
from merchants.offline.paying import Receipted, pay_till, read_till_code
from merchants.offline.wire.asks import LONGEST
from merchants.offline.wire.certificates import ALLOWANCE_PREFIX, AllowanceCertificate
from merchants.offline.wire.records import seal
from wallet.api.etags import tagged
from wallet.api.fields import MoneyField
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer, once
from wallet.api.reading import KEY, PIN, own_wallet, read_body
from wallet.idempotency import Once
from wallet.models import Device
from wallet.proof.proofs import person, prove


class AllowanceRequest(serializers.Serializer[Any]):
    device_id = serializers.UUIDField(help_text="A bound device, whose key signs the vouchers")
    amount = MoneyField()


class AllowanceResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    device_id = serializers.UUIDField(source="device.public_id")
    state = serializers.ChoiceField(Allowance.State.choices)
    amount = MoneyField(source="loaded")
    claimed = MoneyField(help_text="What stores have presented so far")
    each = serializers.SerializerMethodField(help_text="The most of one payment, minor units")
    certificate = serializers.SerializerMethodField(help_text="JGA1: record and signature")
    issuer_keys = serializers.SerializerMethodField()
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="Until when the telephone may pay")
    deadline_at = serializers.DateTimeField(help_text="After which what is left comes back")

    def get_each(self, allowance: Allowance) -> int:
        return AllowanceCertificate.read(bytes(allowance.body)).each

    def get_certificate(self, allowance: Allowance) -> str:
        parts = (bytes(allowance.body), bytes(allowance.signature))
        return seal(ALLOWANCE_PREFIX, parts)

    @extend_schema_field(IssuerKeyResponse(many=True))
    def get_issuer_keys(self, _allowance: Allowance) -> list[dict[str, str]]:
        return issuer_key_documents()


class AllowancePage(serializers.Serializer[Any]):
    items = AllowanceResponse(many=True)
    next = serializers.CharField(allow_null=True)


class TillCodeRequest(serializers.Serializer[Any]):
    payload = serializers.CharField(
        max_length=LONGEST, trim_whitespace=False, help_text="JGT1: the till's code, as scanned"
    )


class TillPaymentRequest(TillCodeRequest):
    wallet_id = serializers.UUIDField()


class TillCodeResponse(serializers.Serializer[Any]):
    store_name = serializers.CharField()
    city = serializers.CharField()
    amount = MoneyField()
    order_no = serializers.CharField(allow_null=True)


class TillReceiptResponse(serializers.Serializer[Any]):
    payment = PaymentResponse()
    receipt = serializers.CharField(help_text="JGR1: to show the till as a QR code")
    digits = serializers.CharField(help_text="Six digits that say the same to the cashier")


class IssuerKeysResponse(serializers.Serializer[Any]):
    keys = IssuerKeyResponse(many=True)


class DayResponse(serializers.Serializer[Any]):
    day = serializers.DateField()
    claimed = MoneyField()
    lost = MoneyField()
    rate_bps = serializers.IntegerField()


class ExposureResponse(serializers.Serializer[Any]):
    currency = serializers.CharField()
    allowances = serializers.IntegerField(help_text="Active and not expired")
    unexpired = MoneyField(help_text="What telephones may still spend")
    reserves = MoneyField(help_text="All that is set aside")
    open_cases = serializers.IntegerField()
    days = DayResponse(many=True, help_text="The last 30 days on which tills presented vouchers")


class AllowanceList(APIView):
    @extend_schema(
        operation_id="list_offline_allowances",
        parameters=PAGE_PARAMETERS,
        responses=AllowancePage,
    )
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        return Response(AllowancePage(page(request, _own(request, wallet_id))).data)

    @extend_schema(
        operation_id="load_offline_allowance",
        parameters=[KEY, PIN],
        request=AllowanceRequest,
        responses={201: AllowanceResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        """Set money aside for a device to pay with where there is no network."""
        wallet = own_wallet(request, wallet_id)
        body = read_body(AllowanceRequest, request)
        devices = Device.objects.filter(user=person(request), revoked_at=None)
        device = get_object_or_404(devices, public_id=body["device_id"])
        made: Once[Allowance] = once(request, "load_allowance", AllowanceResponse)
        reply = allowances.issue.once(
            made,
            wallet=wallet,
            device=device,
            amount=body["amount"],
            proof=prove(request),
            at=timezone.now(),
        )
        return answer(reply)


class AllowanceDetail(APIView):
    @extend_schema(operation_id="show_offline_allowance", responses=AllowanceResponse)
    @tagged
    def get(self, request: Request, wallet_id: uuid.UUID, allowance_id: uuid.UUID) -> Response:
        found = get_object_or_404(_own(request, wallet_id), public_id=allowance_id)
        return Response(AllowanceResponse(found).data)


class AllowanceEnd(APIView):
    # Takes no Idempotency-Key: what has ended stays ended.
    @extend_schema(operation_id="end_offline_allowance", request=None, responses=AllowanceResponse)
    def post(self, request: Request, wallet_id: uuid.UUID, allowance_id: uuid.UUID) -> Response:
        """End it: tills refuse it, and what is left comes back after the deadline."""
        found = get_object_or_404(_own(request, wallet_id), public_id=allowance_id)
        allowances.end(allowance=found, at=timezone.now())
        return Response(AllowanceResponse(_own(request, wallet_id).get(pk=found.pk)).data)


class TillCodeLook(APIView):
    # Takes no Idempotency-Key: nothing happens.
    @extend_schema(
        operation_id="look_at_till_code", request=TillCodeRequest, responses=TillCodeResponse
    )
    def post(self, request: Request) -> Response:
        """Tell what a till without a network asks for, once its code is known to be genuine."""
        payload = read_body(TillCodeRequest, request)["payload"]
        asked = read_till_code(payload, at=timezone.now())
        shown = {
            "store_name": asked.store.name,
            "city": asked.store.city,
            "amount": asked.amount,
            "order_no": asked.ask.order_no,
        }
        return Response(TillCodeResponse(shown).data)


class TillPaymentList(APIView):
    @extend_schema(
        operation_id="pay_till",
        parameters=[KEY, PIN],
        request=TillPaymentRequest,
        responses={201: TillReceiptResponse},
    )
    def post(self, request: Request) -> Response:
        """Pay a till that has no network; show it the receipt, or tell the cashier the digits."""
        body = read_body(TillPaymentRequest, request)
        wallet = own_wallet(request, body["wallet_id"])
        paid: Once[Receipted] = once(request, "pay_till", TillReceiptResponse)
        reply = pay_till.once(
            paid,
            wallet=wallet,
            payload=body["payload"],
            proof=prove(request),
            at=timezone.now(),
        )
        return answer(reply)


class IssuerKeyList(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="list_issuer_keys", responses=IssuerKeysResponse)
    @tagged
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return the public keys that certificates, receipts and lists are checked with."""
        return Response({"keys": issuer_key_documents()})


class ExposureList(APIView):
    permission_classes = (IsAdminUser,)

    @extend_schema(operation_id="show_offline_exposure", responses=ExposureResponse(many=True))
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Tell staff what is out in allowances, and what was lost of what was presented."""
        return Response(ExposureResponse(exposure(at=timezone.now()), many=True).data)


def _own(request: Request, wallet_id: uuid.UUID) -> QuerySet[Allowance]:
    rows = Allowance.objects.select_related("device")
    return rows.filter(wallet=own_wallet(request, wallet_id))
