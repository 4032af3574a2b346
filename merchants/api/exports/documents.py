"""What a report is on the wire."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

from merchants.exports.catalog import FOR_MERCHANTS, REPORTS
from merchants.exports.links import link_of
from merchants.models import Export


class _Asked(serializers.Serializer[Any]):
    format = serializers.ChoiceField(Export.Format.choices, default="csv")
    first_day = serializers.DateField()
    last_day = serializers.DateField()


class MerchantExportRequest(_Asked):
    report = serializers.ChoiceField(list(FOR_MERCHANTS))


class FinanceExportRequest(_Asked):
    report = serializers.ChoiceField(list(REPORTS))


class ExportResponse(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    report = serializers.ChoiceField(list(REPORTS))
    format = serializers.ChoiceField(Export.Format.choices)
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    state = serializers.ChoiceField(Export.State.choices)
    rows_done = serializers.IntegerField(help_text="How many rows are written so far")
    rows_total = serializers.IntegerField(allow_null=True)
    asked_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    sha256 = serializers.CharField(help_text="Of the file; empty until it is made")
    manifest = serializers.DictField(
        allow_null=True, help_text="Columns, counts and control totals to check the file by"
    )
    link = serializers.SerializerMethodField()

    def get_link(self, export: Export) -> str | None:
        """Where the file is fetched, without signing in, within five minutes; null: not there."""
        if not export.stored_as:
            return None
        request: Request | None = self.context.get("request")
        path = reverse("export-file", kwargs={"token": link_of(export)})
        return request.build_absolute_uri(path) if request else path


class ExportPage(serializers.Serializer[Any]):
    items = ExportResponse(many=True)
    next = serializers.CharField(allow_null=True)
