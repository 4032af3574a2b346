"""Where a merchant is paid to, and asking for another place."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.models import MerchantBankAccount
from merchants.onboarding import bank_accounts
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer
from wallet.api.payees import CleanTextField
from wallet.api.reading import KEY, read_body
from wallet.idempotency import Once


class MerchantBankAccountRequest(serializers.Serializer[Any]):
    bank_code = serializers.CharField(max_length=4, allow_blank=True, default="")
    number = serializers.CharField(max_length=60)
    holder_name = CleanTextField(max_length=60)


class MerchantBankAccountResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    bank_code = serializers.CharField()
    number = serializers.CharField(source="masked")
    holder_name = serializers.CharField()
    state = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    requested_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    usable_from = serializers.DateTimeField(
        allow_null=True, help_text="Paid to is the latest approved one that is usable"
    )


class MerchantBankAccountPage(serializers.Serializer[Any]):
    items = MerchantBankAccountResponse(many=True)
    next = serializers.CharField(allow_null=True)


class MerchantBankAccountList(MerchantView):
    needs = {"GET": Permission.BANK_ACCOUNT_READ, "POST": Permission.BANK_ACCOUNT_WRITE}
    merchant_wide = True

    @extend_schema(
        operation_id="list_merchant_bank_accounts",
        parameters=PAGE_PARAMETERS,
        responses={200: MerchantBankAccountPage},
    )
    def get(self, request: Request) -> Response:
        rows = MerchantBankAccount.objects.filter(merchant=self.principal.merchant)
        return Response(MerchantBankAccountPage(page(request, rows)).data)

    @extend_schema(
        operation_id="request_merchant_bank_account",
        parameters=[KEY],
        request=MerchantBankAccountRequest,
        responses={201: MerchantBankAccountResponse},
    )
    def post(self, request: Request) -> Response:
        body = read_body(MerchantBankAccountRequest, request)
        by = self.confirmed()
        asked: Once[MerchantBankAccount] = self.once(
            "request_merchant_bank_account", MerchantBankAccountResponse
        )
        reply = bank_accounts.request_change.once(
            asked, merchant=self.principal.merchant, **body, by=by, at=timezone.now()
        )
        return answer(reply)


class MerchantBankAccountDetail(MerchantView):
    needs = {"DELETE": Permission.BANK_ACCOUNT_WRITE}
    merchant_wide = True

    @extend_schema(
        operation_id="cancel_merchant_bank_account",
        responses={200: MerchantBankAccountResponse},
    )
    def delete(self, request: Request, account_id: uuid.UUID) -> Response:  # noqa: ARG002
        rows = MerchantBankAccount.objects.filter(merchant=self.principal.merchant)
        found = get_object_or_404(rows, public_id=account_id)
        cancelled = bank_accounts.cancel_change(account=found, by=self.person, at=timezone.now())
        return Response(MerchantBankAccountResponse(cancelled).data)
