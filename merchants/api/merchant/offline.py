"""Tills without a network: the merchant's terms, certificates, the revoked, uploads."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.errors import CurrencyMismatch
from ledger.money import Money
from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.api.merchant.payments import ORDER_NO
from merchants.api.serializers import IssuerKeyResponse, issuer_key_documents
from merchants.errors import TerminalKeyNeeded
from merchants.models import Merchant, OfflineTerms, Terminal, TillCertificate, Voucher
from merchants.offline import terms, tills
from merchants.offline.revoking import revocations
from merchants.offline.terms import LIST_AGE, UPLOAD_AGE, Ceilings
from merchants.offline.uploading import MOST, Outcome, Presented, upload
from merchants.offline.wire.certificates import TILL_PREFIX
from merchants.offline.wire.records import seal
from merchants.offline.wire.vouchers import LONGEST
from wallet.api.fields import MoneyField
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer
from wallet.api.reading import KEY, read_body
from wallet.idempotency import Once, Reply
from wallet.proof.keys import SIGNATURE_BYTES

_HEX_KEY = re.compile(r"\A(?:[0-9a-f]{64}|[0-9a-f]{66})\Z", re.ASCII)
_HEX_SIGNATURE = re.compile(rf"\A[0-9a-f]{{{2 * SIGNATURE_BYTES}}}\Z", re.ASCII)
_CEILINGS = ("each", "allowance", "day", "stored")
UPLOADED_STATES = [*Voucher.State.values, "REFUSED"]


class OfflineTermsRequest(serializers.Serializer[Any]):
    accepts = serializers.BooleanField(help_text="Whether tills accept vouchers at all")
    each = MoneyField(help_text="The most of one voucher")
    allowance = MoneyField(help_text="Of one telephone at one till: also what is guaranteed")
    day = MoneyField(help_text="Of one till and day (UTC)")
    stored = MoneyField(help_text="Of what a till has not uploaded yet")


class OfflineTermsResponse(OfflineTermsRequest):
    list_hours = serializers.IntegerField(help_text="How old the list of the revoked may get")
    upload_hours = serializers.IntegerField(help_text="How long ago the last upload may be")


class TillCertificateRequest(serializers.Serializer[Any]):
    public_key = serializers.RegexField(
        _HEX_KEY, help_text="Hexadecimal: 32 bytes of Ed25519, or 33 of P-256, compressed"
    )
    signature = serializers.RegexField(
        _HEX_SIGNATURE,
        help_text="By that key, hexadecimal: jigap.till-key.v1, the terminal's id and the key as"
        " sent, each on a line",
    )


class TillCertificateResponse(serializers.Serializer[Any]):
    till_id = serializers.CharField(help_text="Hexadecimal")
    certificate = serializers.CharField(help_text="JGC1: record and signature")
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class NewTillResponse(TillCertificateResponse):
    code_key = serializers.CharField(help_text="Hexadecimal, secret: checks six digits")
    issuer_keys = IssuerKeyResponse(many=True)
    terms = OfflineTermsResponse()


class RevocationResponse(serializers.Serializer[Any]):
    revocations = serializers.CharField(help_text="JGL1: the signed list")
    issuer_keys = IssuerKeyResponse(many=True)
    terms = OfflineTermsResponse(allow_null=True)


class PresentedRequest(serializers.Serializer[Any]):
    voucher = serializers.CharField(
        max_length=LONGEST, trim_whitespace=False, help_text="JGV1: or JGS1:, as scanned"
    )
    order_no = serializers.RegexField(ORDER_NO, required=False, allow_null=True, default=None)


class UploadRequest(serializers.Serializer[Any]):
    vouchers = PresentedRequest(  # type: ignore[call-arg]  # of the list that it becomes.
        many=True, allow_empty=False, max_length=MOST
    )


class OutcomeResponse(serializers.Serializer[Any]):
    voucher_id = serializers.CharField(source="digest", help_text="Empty for what is no voucher")
    state = serializers.ChoiceField(UPLOADED_STATES)
    code = serializers.CharField(allow_null=True, help_text="Why it was not paid, or not whole")
    paid = MoneyField(help_text="Before the fee")
    payment_number = serializers.CharField(source="number", allow_null=True)
    is_repeat = serializers.BooleanField()


class UploadResponse(serializers.Serializer[Any]):
    outcomes = OutcomeResponse(many=True, help_text="In the order of the vouchers")


class VoucherResponse(serializers.Serializer[Any]):
    voucher_id = serializers.CharField()
    state = serializers.ChoiceField(Voucher.State.choices)
    amount = MoneyField()
    paid = MoneyField()
    payment_number = serializers.CharField(allow_null=True)
    asked_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()


class VoucherPage(serializers.Serializer[Any]):
    items = VoucherResponse(many=True)
    next = serializers.CharField(allow_null=True)


class OfflineTermsDetail(MerchantView):
    needs = {"GET": Permission.OFFLINE_WRITE, "PUT": Permission.OFFLINE_TERMS}

    @extend_schema(operation_id="show_offline_terms", responses=OfflineTermsResponse)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        found = get_object_or_404(OfflineTerms, merchant=self.principal.merchant)
        return Response(_terms(found, self.principal.merchant))

    # Takes no Idempotency-Key: it puts what is, whatever was.
    @extend_schema(
        operation_id="set_offline_terms",
        request=OfflineTermsRequest,
        responses=OfflineTermsResponse,
    )
    def put(self, request: Request) -> Response:
        body, merchant = read_body(OfflineTermsRequest, request), self.principal.merchant
        amounts: list[Money] = [body[name] for name in _CEILINGS]
        for amount in amounts:
            if amount.currency != merchant.currency:
                raise CurrencyMismatch(merchant.currency, amount.currency)
        made = terms.set_terms(
            merchant=merchant,
            accepts=body["accepts"],
            ceilings=Ceilings(*(amount.minor for amount in amounts)),
            actor=self.principal.actor,
            at=timezone.now(),
        )
        return Response(_terms(made, merchant))


class TillCertificateDetail(MerchantView):
    needs = {"POST": Permission.OFFLINE_WRITE}

    @extend_schema(
        operation_id="certify_till",
        parameters=[KEY],
        request=TillCertificateRequest,
        responses={201: NewTillResponse},
    )
    def post(self, request: Request, terminal_id: str) -> Response:
        """Get a certificate for a key that the till made; the one before ends.

        Only with an API key that is for this terminal alone.
        """
        stores = self.principal.stores(Permission.OFFLINE_WRITE)
        rows = Terminal.objects.select_related("store__merchant").filter(store__in=stores)
        found = get_object_or_404(rows, public_id=terminal_id, revoked_at=None)
        body = read_body(TillCertificateRequest, request)
        if self.principal.terminal_id != found.pk:
            raise TerminalKeyNeeded
        made: Once[TillCertificate] = self.once("certify_till", _certificate)
        reply = tills.certify.once(
            made,
            terminal=found,
            public_key=bytes.fromhex(body["public_key"]),
            signature=bytes.fromhex(body["signature"]),
            actor=self.principal.actor,
            at=timezone.now(),
        )
        return answer(_with_secrets(reply, self.principal.merchant))


class RevocationDetail(MerchantView):
    needs = {"GET": Permission.OFFLINE_WRITE}

    @extend_schema(operation_id="list_revocations", responses=RevocationResponse)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return what a till takes in whenever it is online; its time is the server's."""
        merchant = self.principal.merchant
        found = OfflineTerms.objects.filter(merchant=merchant).first()
        shown = {
            "revocations": revocations(at=timezone.now()),
            "issuer_keys": issuer_key_documents(),
            "terms": None if found is None else _terms(found, merchant),
        }
        return Response(shown)


class VoucherList(MerchantView):
    needs = {"GET": Permission.PAYMENTS_READ, "POST": Permission.OFFLINE_WRITE}

    @extend_schema(operation_id="list_vouchers", parameters=PAGE_PARAMETERS, responses=VoucherPage)
    def get(self, request: Request) -> Response:
        stores = self.principal.stores(Permission.PAYMENTS_READ)
        rows = Voucher.objects.select_related("allowance", "payment")
        found = page(request, rows.filter(till__terminal__store__in=stores))
        return Response({**found, "items": [_voucher(row) for row in found["items"]]})

    # Takes no Idempotency-Key: a voucher is one, however often it is sent.
    @extend_schema(operation_id="upload_vouchers", request=UploadRequest, responses=UploadResponse)
    def post(self, request: Request) -> Response:
        """Send what tills accepted, in any order, again and again; each is answered about."""
        body = read_body(UploadRequest, request)
        stores = self.principal.stores(Permission.OFFLINE_WRITE)
        outcomes = upload(
            merchant=self.principal.merchant,
            store_ids=list(stores.values_list("pk", flat=True)),
            presented=[Presented(each["voucher"], each["order_no"]) for each in body["vouchers"]],
            at=timezone.now(),
        )
        currency = self.principal.merchant.currency
        return Response({"outcomes": [_outcome(each, currency) for each in outcomes]})


def _terms(found: OfflineTerms, merchant: Merchant) -> dict[str, Any]:
    minor = {name: getattr(found, f"{name}_minor") for name in _CEILINGS}
    shown = {name: Money(amount, merchant.currency) for name, amount in minor.items()}
    hours = {"list_hours": _hours(LIST_AGE), "upload_hours": _hours(UPLOAD_AGE)}
    return OfflineTermsResponse({"accepts": found.accepts, **shown, **hours}).data


def _hours(age: Any) -> int:
    return int(age.total_seconds()) // 3600


def _certificate(made: TillCertificate) -> TillCertificateResponse:
    parts = (bytes(made.body), bytes(made.signature))
    instants: dict[str, datetime] = {"issued_at": made.issued_at, "expires_at": made.expires_at}
    said = {"till_id": bytes(made.till_id).hex(), "certificate": seal(TILL_PREFIX, parts)}
    return TillCertificateResponse({**said, **instants})


def _with_secrets(reply: Reply, merchant: Merchant) -> Reply:
    """Add what is not stored with the answer: the key of the six digits, and what may change."""
    till_id = reply.body.get("till_id")
    if till_id is None:
        return reply
    till = TillCertificate.objects.get(till_id=bytes.fromhex(till_id))
    added = {
        "code_key": tills.code_key_of(till).hex(),
        "issuer_keys": issuer_key_documents(),
        "terms": _terms(OfflineTerms.objects.get(merchant=merchant), merchant),
    }
    return Reply(reply.status, {**reply.body, **added}, reply.is_replay)


def _outcome(found: Outcome, currency: str) -> dict[str, Any]:
    paid = Money(found.paid_minor, currency)
    return {
        "voucher_id": found.digest,
        "state": found.state,
        "code": found.code,
        "paid": {"amount": paid.to_major(), "currency": currency},
        "payment_number": found.number,
        "is_repeat": found.is_repeat,
    }


def _voucher(row: Voucher) -> dict[str, Any]:
    shown = {
        "voucher_id": bytes(row.digest).hex(),
        "state": row.state,
        "amount": Money(row.amount_minor, row.allowance.currency),
        "paid": Money(row.paid_minor, row.allowance.currency),
        "payment_number": None if row.payment is None else row.payment.number,
        "asked_at": row.asked_at,
        "received_at": row.received_at,
    }
    return VoucherResponse(shown).data
