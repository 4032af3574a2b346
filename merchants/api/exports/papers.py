"""Settlement statements and fee invoices as PDF."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.errors import PeriodMonthInvalid
from merchants.exports.papers.invoice import fees_of, invoice_number, invoice_pdf
from merchants.exports.papers.statement import statement_pdf
from merchants.exports.papers.words import LANGUAGES
from merchants.models import Settlement
from merchants.periods import first_day
from wallet.api.statements import AnyNegotiation

_PARAMETERS = [OpenApiParameter("language", str, enum=LANGUAGES, default="ko")]
_PDF = {(200, "application/pdf"): OpenApiTypes.BINARY}


class _PaperView(MerchantView):
    merchant_wide = True
    content_negotiation_class = AnyNegotiation

    @property
    def language(self) -> str:
        """The language that is asked for."""
        asked = self.request.query_params.get("language", "ko")
        if asked not in LANGUAGES:
            raise serializers.ValidationError({"language": f"One of {', '.join(LANGUAGES)}."})
        return asked


class SettlementStatement(_PaperView):
    needs = {"GET": Permission.SETTLEMENTS_READ}

    @extend_schema(operation_id="print_settlement", parameters=_PARAMETERS, responses=_PDF)
    def get(self, request: Request, settlement_id: int) -> HttpResponse:  # noqa: ARG002
        """Print a settlement: from payments to what is paid out, and its lines."""
        language = self.language
        rows = Settlement.objects.select_related("merchant", "payout")
        found = get_object_or_404(rows, merchant=self.principal.merchant, pk=settlement_id)
        return _file(statement_pdf(found, language), f"S{found.pk}")


class FeeInvoice(_PaperView):
    needs = {"GET": Permission.SETTLEMENTS_READ}

    @extend_schema(operation_id="print_fee_invoice", parameters=_PARAMETERS, responses=_PDF)
    def get(self, request: Request, month: str) -> HttpResponse:  # noqa: ARG002
        """Print the invoice of a month's fees, such as 2026-02."""
        language, merchant = self.language, self.principal.merchant
        try:
            first = first_day(month)
        except PeriodMonthInvalid as exc:
            raise Http404 from exc
        settled = fees_of(merchant, first)
        if not settled:
            raise Http404
        name = invoice_number(merchant, first)
        return _file(invoice_pdf(merchant, first, settled, language), name)


def _file(content: bytes, name: str) -> HttpResponse:
    headers: dict[str, Any] = {
        "Content-Disposition": f'attachment; filename="{name}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
