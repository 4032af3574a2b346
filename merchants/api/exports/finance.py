"""Reports of finance, and the file behind a link."""

from __future__ import annotations

from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from merchants.access.audits import name_of
from merchants.api.exports.documents import ExportPage, ExportResponse, FinanceExportRequest
from merchants.exports import requests
from merchants.exports.links import follow
from merchants.models import Export
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer, once
from wallet.api.reading import KEY, read_body
from wallet.api.statements import AnyNegotiation
from wallet.proof.proofs import person

_MEDIA = {
    Export.Format.CSV: "text/csv; charset=utf-8",
    Export.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class FinanceExportList(APIView):
    permission_classes = (IsAdminUser,)

    @extend_schema(
        operation_id="list_finance_exports", parameters=PAGE_PARAMETERS, responses=ExportPage
    )
    def get(self, request: Request) -> Response:
        found = page(request, Export.objects.filter(merchant__isnull=True))
        return Response(ExportPage(found, context={"request": request}).data)

    @extend_schema(
        operation_id="ask_for_finance_export",
        parameters=[KEY],
        request=FinanceExportRequest,
        responses={201: ExportResponse},
    )
    def post(self, request: Request) -> Response:
        """Ask for any report, with the rows of all merchants."""
        body = read_body(FinanceExportRequest, request)
        reply = requests.ask.once(
            once(request, "ask_for_finance_export", ExportResponse),
            report=body["report"],
            form=body["format"],
            first=body["first_day"],
            last=body["last_day"],
            merchant=None,
            actor=name_of(person(request)),
            at=timezone.now(),
        )
        return answer(reply)


class ExportFile(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    content_negotiation_class = AnyNegotiation

    @extend_schema(
        operation_id="fetch_export",
        responses={(200, media): OpenApiTypes.BINARY for media in _MEDIA.values()},
    )
    def get(self, request: Request, token: str) -> FileResponse:  # noqa: ARG002
        """Fetch the file of a report; whoever has the link may, for five minutes."""
        export, file = follow(token)
        media = _MEDIA[Export.Format(export.format)]
        response = FileResponse(
            file, as_attachment=True, filename=export.file_name, content_type=media
        )
        response["Cache-Control"] = "private, no-store"
        return response
