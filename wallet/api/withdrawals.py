"""Withdrawing to a bank account, and the accounts to withdraw to."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wallet import withdrawals
from wallet.api.fields import MoneyField
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer, once
from wallet.api.reading import KEY, own_wallet, read_body
from wallet.api.stale import may_be_stale
from wallet.idempotency import Once
from wallet.models import BankAccount, Withdrawal
from wallet.proof.proofs import prove
from wallet.withdrawals import accounts


class BankAccountRequest(serializers.Serializer[Any]):
    wallet = serializers.UUIDField()
    bank_code = serializers.CharField(max_length=4, allow_blank=True, default="")
    number = serializers.CharField(max_length=60)
    holder_name = serializers.CharField(max_length=60)


class BankAccountResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    bank_code = serializers.CharField()
    number = serializers.CharField(source="masked")
    holder_name = serializers.CharField()
    currency = serializers.CharField()
    status = serializers.CharField()
    refusal = serializers.CharField()
    added_at = serializers.DateTimeField()


class CodeRequest(serializers.Serializer[Any]):
    code = serializers.RegexField(r"\A[0-9]{3}\Z")


class WithdrawalRequest(serializers.Serializer[Any]):
    bank_account = serializers.UUIDField()
    amount = MoneyField()


class WithdrawalResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    status = serializers.CharField()
    amount = MoneyField()
    fee = MoneyField()
    bank_account = serializers.UUIDField(source="bank_account.public_id")
    number = serializers.CharField(source="bank_account.masked")
    return_reason = serializers.CharField()
    asked_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    returned_at = serializers.DateTimeField(allow_null=True)


class WithdrawalPage(serializers.Serializer[Any]):
    items = WithdrawalResponse(many=True)
    next = serializers.CharField(allow_null=True)


def _own(request: Request) -> QuerySet[BankAccount]:
    kept = BankAccount.objects.exclude(status=BankAccount.Status.REMOVED)
    return kept.filter(holder_id=request.user.pk)


class BankAccountList(APIView):
    @extend_schema(operation_id="list_bank_accounts", responses=BankAccountResponse(many=True))
    def get(self, request: Request) -> Response:
        found = _own(request).order_by("pk")
        return Response(BankAccountResponse(found, many=True).data)

    @extend_schema(
        operation_id="add_bank_account",
        parameters=[KEY],
        request=BankAccountRequest,
        responses={201: BankAccountResponse},
    )
    def post(self, request: Request) -> Response:
        body = read_body(BankAccountRequest, request)
        wallet = own_wallet(request, body.pop("wallet"))
        at = timezone.now()

        added: Once[BankAccount] = once(request, "add_bank_account", BankAccountResponse)
        reply = accounts.add.once(added, wallet=wallet, **body, proof=prove(request), at=at)
        if reply.status == 201 and not reply.is_replay:  # noqa: PLR2004
            accounts.check(account=BankAccount.objects.get(public_id=reply.body["id"]), at=at)
        return answer(reply)


class BankAccountDetail(APIView):
    @extend_schema(operation_id="show_bank_account", responses=BankAccountResponse)
    def get(self, request: Request, account_id: uuid.UUID) -> Response:
        found = get_object_or_404(_own(request), public_id=account_id)
        return Response(BankAccountResponse(found).data)

    @extend_schema(operation_id="remove_bank_account", responses={204: None})
    def delete(self, request: Request, account_id: uuid.UUID) -> Response:
        found = get_object_or_404(_own(request), public_id=account_id)
        accounts.remove(account=found, at=timezone.now())
        return Response(status=204)


class BankAccountCode(APIView):
    @extend_schema(
        operation_id="verify_bank_account",
        request=CodeRequest,
        responses={200: BankAccountResponse},
    )
    def post(self, request: Request, account_id: uuid.UUID) -> Response:
        found = get_object_or_404(_own(request), public_id=account_id)
        body = read_body(CodeRequest, request)
        verified = accounts.verify(account=found, **body, at=timezone.now())
        return Response(BankAccountResponse(verified).data)


class WithdrawalList(APIView):
    @extend_schema(
        operation_id="withdraw",
        parameters=[KEY],
        request=WithdrawalRequest,
        responses={201: WithdrawalResponse},
    )
    def post(self, request: Request, wallet_id: uuid.UUID) -> Response:
        wallet = own_wallet(request, wallet_id)
        body = read_body(WithdrawalRequest, request)
        account = get_object_or_404(_own(request), public_id=body.pop("bank_account"))
        at = timezone.now()

        asked: Once[Withdrawal] = once(request, "withdraw", WithdrawalResponse)
        reply = withdrawals.ask.once(
            asked, wallet=wallet, bank_account=account, **body, proof=prove(request), at=at
        )
        if reply.status == 201 and not reply.is_replay:  # noqa: PLR2004
            found = Withdrawal.objects.select_related("bank_account")
            withdrawals.send(withdrawal=found.get(public_id=reply.body["id"]), at=at)
        return answer(reply)

    @extend_schema(
        operation_id="list_withdrawals",
        parameters=PAGE_PARAMETERS,
        responses={200: WithdrawalPage},
    )
    @may_be_stale
    def get(self, request: Request, wallet_id: uuid.UUID) -> Response:
        rows = own_wallet(request, wallet_id).withdrawals.select_related("bank_account")
        return Response(WithdrawalPage(page(request, rows)).data)


class WithdrawalDetail(APIView):
    @extend_schema(operation_id="show_withdrawal", responses=WithdrawalResponse)
    def get(self, request: Request, withdrawal_id: uuid.UUID) -> Response:
        own = Withdrawal.objects.filter(wallet__holder_id=request.user.pk)
        found = get_object_or_404(own.select_related("bank_account"), public_id=withdrawal_id)
        return Response(WithdrawalResponse(found).data)
