"""Tills in the stores of a merchant."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.access.principal import Principal
from merchants.api.access import MerchantView
from merchants.models import Terminal
from merchants.premises import terminals
from wallet.api.etags import tagged
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer
from wallet.api.payees import CleanTextField
from wallet.api.reading import KEY, read_body
from wallet.idempotency import Once


class TerminalRequest(serializers.Serializer[Any]):
    store_id = serializers.CharField(max_length=25)
    label = CleanTextField(max_length=40)  # type: ignore[assignment]  # DRF takes it out.


class TerminalResponse(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    store_id = serializers.CharField(source="store.public_id")
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes it out.
    added_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class TerminalPage(serializers.Serializer[Any]):
    items = TerminalResponse(many=True)
    next = serializers.CharField(allow_null=True)


def _seen(principal: Principal, permission: Permission) -> QuerySet[Terminal]:
    rows = Terminal.objects.select_related("store")
    return rows.filter(store__in=principal.stores(permission))


class TerminalList(MerchantView):
    needs = {"GET": Permission.TERMINALS_READ, "POST": Permission.TERMINALS_WRITE}

    @extend_schema(
        operation_id="list_terminals", parameters=PAGE_PARAMETERS, responses={200: TerminalPage}
    )
    def get(self, request: Request) -> Response:
        rows = _seen(self.principal, Permission.TERMINALS_READ)
        return Response(TerminalPage(page(request, rows)).data)

    @extend_schema(
        operation_id="add_terminal",
        parameters=[KEY],
        request=TerminalRequest,
        responses={201: TerminalResponse},
    )
    def post(self, request: Request) -> Response:
        body = read_body(TerminalRequest, request)
        stores = self.principal.stores(Permission.TERMINALS_WRITE).select_related("merchant")
        store = get_object_or_404(stores, public_id=body.pop("store_id"))
        added: Once[Terminal] = self.once("add_terminal", TerminalResponse)
        reply = terminals.add_terminal.once(
            added, store=store, **body, actor=self.principal.actor, at=timezone.now()
        )
        return answer(reply)


class TerminalDetail(MerchantView):
    needs = {"GET": Permission.TERMINALS_READ, "DELETE": Permission.TERMINALS_WRITE}

    @extend_schema(operation_id="show_terminal", responses=TerminalResponse)
    @tagged
    def get(self, request: Request, terminal_id: str) -> Response:  # noqa: ARG002
        rows = _seen(self.principal, Permission.TERMINALS_READ)
        return Response(TerminalResponse(get_object_or_404(rows, public_id=terminal_id)).data)

    @extend_schema(operation_id="revoke_terminal", responses={200: TerminalResponse})
    def delete(self, request: Request, terminal_id: str) -> Response:  # noqa: ARG002
        rows = _seen(self.principal, Permission.TERMINALS_WRITE)
        found = get_object_or_404(rows, public_id=terminal_id)
        revoked = terminals.revoke_terminal(
            terminal=found, actor=self.principal.actor, at=timezone.now()
        )
        return Response(TerminalResponse(revoked).data)
