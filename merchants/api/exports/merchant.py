"""Reports of a merchant: its own rows, and nothing of anybody else's."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access.permissions import Permission
from merchants.api.access import MerchantView
from merchants.api.exports.documents import ExportPage, ExportResponse, MerchantExportRequest
from merchants.exports import requests
from merchants.models import Export
from wallet.api.keyset import PAGE_PARAMETERS, page
from wallet.api.once import answer
from wallet.api.reading import KEY, read_body


class _ExportView(MerchantView):
    merchant_wide = True

    @property
    def own(self) -> QuerySet[Export]:
        """The exports of whoever asks."""
        return Export.objects.filter(merchant=self.principal.merchant)


class MerchantExportList(_ExportView):
    needs = {"GET": Permission.SETTLEMENTS_READ, "POST": Permission.SETTLEMENTS_READ}

    @extend_schema(operation_id="list_exports", parameters=PAGE_PARAMETERS, responses=ExportPage)
    def get(self, request: Request) -> Response:
        found = page(request, self.own)
        return Response(ExportPage(found, context={"request": request}).data)

    @extend_schema(
        operation_id="ask_for_export",
        parameters=[KEY],
        request=MerchantExportRequest,
        responses={201: ExportResponse},
    )
    def post(self, request: Request) -> Response:
        """Ask for a report of whole days; a job makes it, `GET` says how far it is."""
        body = read_body(MerchantExportRequest, request)
        reply = requests.ask.once(
            self.once("ask_for_export", ExportResponse),
            report=body["report"],
            form=body["format"],
            first=body["first_day"],
            last=body["last_day"],
            merchant=self.principal.merchant,
            actor=self.principal.actor,
            at=timezone.now(),
        )
        return answer(reply)


class MerchantExportDetail(_ExportView):
    needs = {"GET": Permission.SETTLEMENTS_READ}

    @extend_schema(operation_id="get_export", responses=ExportResponse)
    def get(self, request: Request, export_id: uuid.UUID) -> Response:
        found = get_object_or_404(self.own, public_id=export_id)
        return Response(ExportResponse(found, context={"request": request}).data)
