"""Reports of finance: all merchants' rows, or those of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.access.audits import name_of
from merchants.admin.acting import Doing, DoingAdmin, ReasonForm
from merchants.admin.exporting import DayField, ExportPages, choices, month_before
from merchants.admin.looking import MERCHANT, Card, named
from merchants.exports import requests
from merchants.exports.catalog import REPORTS
from merchants.models import Export, Merchant
from merchants.reconciliation.rules import HOME_ZONE
from wallet.models import User


def _of_the_month_before(end: int) -> Any:
    return month_before(timezone.now().astimezone(HOME_ZONE).date())[end]


class ExportForm(ReasonForm):
    """Which report, of which days, of whom."""

    report = forms.ChoiceField(label=__("Report"), choices=lambda: choices(REPORTS))
    first = DayField(label=__("First day"), initial=lambda: _of_the_month_before(0))
    last = DayField(label=__("Last day"), initial=lambda: _of_the_month_before(1))
    format = forms.ChoiceField(label=__("Format"), choices=Export.Format.choices)
    merchant = forms.CharField(
        label=__("The merchant's number"),
        required=False,
        max_length=25,
        help_text=__("Empty: of all merchants"),
    )
    field_order = ("report", "first", "last", "format", "merchant", "reason")

    def clean_merchant(self) -> Merchant | None:
        """Find the merchant, where one is named."""
        number = self.cleaned_data["merchant"]
        found = Merchant.objects.filter(public_id=number).first() if number else None
        if number and found is None:
            raise forms.ValidationError(_("There is no such merchant."))
        return found


def _ask(_row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return requests.ask(
        report=given["report"],
        form=given["format"],
        first=given["first"],
        last=given["last"],
        merchant=given["merchant"],
        actor=name_of(by),
        at=at,
    )


@admin.register(Export)
class ExportAdmin(ExportPages, DoingAdmin):
    """Whatever was asked for, by merchants as well."""

    list_display = ("called", "whose", "first", "last", "file_form", "progress", "state_column")
    whose = named("merchant", MERCHANT)
    doings = (
        Doing(
            "ask",
            __("Ask for a report"),
            _ask,
            form=ExportForm,
            of_list=True,
            permission="merchants.add_export",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        return super().get_queryset(request).select_related("merchant")

    def cards(self, request: HttpRequest, row: Export) -> list[Card]:
        about, *controls = super().cards(request, row)
        more = [
            (MERCHANT, row.merchant or _("All merchants")),
            (_("By"), row.asked_by),
            (_("What went wrong"), row.failure or "\N{EN DASH}"),
        ]
        return [Card(about.title, facts=[*about.facts, *more]), *controls]
