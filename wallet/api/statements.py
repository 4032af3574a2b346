"""Receipts and monthly statements: to be shown, to be kept, to be calculated with."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from wallet.activity import spreadsheet, statements, titles
from wallet.activity.documents import MOST_LINES, receipt_pdf, statement_pdf
from wallet.activity.receipts import Receipt, receipt
from wallet.activity.statements import Summary
from wallet.api.activity import ThingResponse
from wallet.api.fields import MoneyField
from wallet.api.languages import LANG, read_language
from wallet.api.reading import own_wallet
from wallet.api.stale import may_be_stale
from wallet.errors import StatementTooLong
from wallet.models import Wallet

Download = TypeVar("Download", HttpResponse, StreamingHttpResponse)


class AnyNegotiation(BaseContentNegotiation):
    """The address names the format: the Accept header is not asked, and problems stay JSON."""

    def select_renderer(
        self,
        request: Request,  # noqa: ARG002
        renderers: Any,
        format_suffix: str | None = None,  # noqa: ARG002
    ) -> Any:
        return renderers[0], renderers[0].media_type

    def select_parser(self, request: Request, parsers: Any) -> Any:  # noqa: ARG002
        return parsers[0]


class ReceiptResponse(serializers.Serializer[Any]):
    number = serializers.CharField()
    id = serializers.IntegerField(source="entry_id")
    kind = serializers.CharField()
    title = serializers.CharField()
    amount = MoneyField()
    balance = MoneyField()
    effective_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    counterparty = serializers.CharField()
    memo = serializers.CharField()
    thing = ThingResponse(allow_null=True)
    pdf_url = serializers.CharField()


class KindTotalResponse(serializers.Serializer[Any]):
    kind = serializers.CharField()
    count = serializers.IntegerField()
    money_in = MoneyField()
    money_out = MoneyField()


class StatementResponse(serializers.Serializer[Any]):
    month = serializers.CharField(source="month.name")
    start = serializers.DateTimeField(source="month.start")
    end = serializers.DateTimeField(source="month.end", help_text="The first instant after it")
    is_complete = serializers.BooleanField(help_text="False while the month is under way")
    opening = MoneyField()
    money_in = MoneyField()
    money_out = MoneyField()
    closing = MoneyField()
    count = serializers.IntegerField()
    kinds = KindTotalResponse(many=True, source="totals")
    csv_url = serializers.CharField()
    pdf_url = serializers.CharField()


class ReceiptDetail(APIView):
    @extend_schema(operation_id="show_receipt", parameters=[LANG], responses=ReceiptResponse)
    def get(self, request: Request, wallet_id: uuid.UUID, entry_id: int) -> Response:
        wallet = own_wallet(request, wallet_id)
        found = _receipt(wallet, entry_id)
        return Response(
            ReceiptResponse(
                {
                    **{name: getattr(found, name) for name in Receipt.__slots__},
                    "number": found.number,
                    "title": titles.title(found.kind, found.amount.minor, read_language(request)),
                    "thing": titles.thing(found.reference),
                    "pdf_url": reverse("receipt_pdf", args=[wallet_id, entry_id]),
                }
            ).data
        )


class ReceiptPdf(APIView):
    content_negotiation_class = AnyNegotiation

    @extend_schema(
        operation_id="print_receipt",
        parameters=[LANG],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, wallet_id: uuid.UUID, entry_id: int) -> HttpResponse:
        wallet = own_wallet(request, wallet_id)
        found = _receipt(wallet, entry_id)
        language = read_language(request)
        return _pdf(receipt_pdf(wallet, found, language), f"receipt-{found.number}")


class StatementDetail(APIView):
    @extend_schema(operation_id="show_statement", responses=StatementResponse)
    @may_be_stale
    def get(self, request: Request, wallet_id: uuid.UUID, month: str) -> Response:
        summary = _summary(own_wallet(request, wallet_id), month)
        links = {
            "csv_url": reverse("statement_csv", args=[wallet_id, month]),
            "pdf_url": reverse("statement_pdf", args=[wallet_id, month]),
        }
        names = (*Summary.__slots__, "money_in", "money_out", "closing", "count")
        body = {name: getattr(summary, name) for name in names}
        return Response(StatementResponse({**body, **links}).data)


class StatementCsv(APIView):
    content_negotiation_class = AnyNegotiation

    @extend_schema(
        operation_id="export_statement",
        parameters=[LANG],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, wallet_id: uuid.UUID, month: str) -> StreamingHttpResponse:
        wallet = own_wallet(request, wallet_id)
        language = read_language(request)
        summary = _summary(wallet, month)
        lines = statements.lines(wallet=wallet, month=summary.month, opening=summary.opening)
        response = StreamingHttpResponse(
            spreadsheet.rows(summary, lines, language), content_type="text/csv; charset=utf-8"
        )
        return _download(response, f"statement-{month}.csv")


class StatementPdf(APIView):
    content_negotiation_class = AnyNegotiation

    @extend_schema(
        operation_id="print_statement",
        parameters=[LANG],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, wallet_id: uuid.UUID, month: str) -> HttpResponse:
        wallet = own_wallet(request, wallet_id)
        language = read_language(request)
        summary = _summary(wallet, month)
        if summary.count > MOST_LINES:
            raise StatementTooLong
        lines = statements.lines(wallet=wallet, month=summary.month, opening=summary.opening)
        return _pdf(statement_pdf(wallet, summary, lines, language), f"statement-{month}")


def _receipt(wallet: Wallet, entry_id: int) -> Receipt:
    found = receipt(wallet=wallet, entry_id=entry_id)
    if found is None:
        raise Http404
    return found


def _summary(wallet: Wallet, month: str) -> Summary:
    return statements.summarise(wallet=wallet, month=month, at=timezone.now())


def _pdf(document: bytes, name: str) -> HttpResponse:
    return _download(HttpResponse(document, content_type="application/pdf"), f"{name}.pdf")


def _download(response: Download, name: str) -> Download:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
