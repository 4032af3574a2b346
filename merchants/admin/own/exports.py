"""A merchant's reports: its own rows, and nothing of anybody else's."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.access.permissions import Permission
from merchants.access.principal import Principal
from merchants.admin.exporting import DayField, ExportPages, choices, month_before
from merchants.admin.own.callers import require_caller
from merchants.admin.own.scope import OwnAdmin
from merchants.admin.own.site import site
from merchants.errors import MerchantError
from merchants.exports import requests
from merchants.exports.catalog import FOR_MERCHANTS
from merchants.models import Export
from wallet.errors import WalletError
from wallet.idempotency import Once, Reply, Request
from wallet.web.words import words_of


class ExportForm(forms.Form):
    """Which report of which days; ``key`` lets it be sent once."""

    report = forms.ChoiceField(label=__("Report"), choices=lambda: choices(FOR_MERCHANTS))
    first = DayField(label=__("First day"))
    last = DayField(label=__("Last day"))
    format = forms.ChoiceField(label=__("Format"), choices=Export.Format.choices)
    key = forms.UUIDField(widget=forms.HiddenInput)


@admin.register(Export, site=site)
class OwnExportAdmin(ExportPages, OwnAdmin):
    """What the merchant asked for, here or over the API."""

    needs = Permission.SETTLEMENTS_READ
    change_list_template = "office/exports.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Add the form that asks for another one."""
        caller = require_caller(request)
        today = timezone.now().astimezone(ZoneInfo(caller.merchant.zone)).date()
        first, last = month_before(today)
        asked = ExportForm(initial={"first": first, "last": last, "key": uuid.uuid4()})
        return super().changelist_view(request, {"asked": asked} | (extra_context or {}))

    def get_urls(self) -> list[Any]:
        """Add where a report is asked for."""
        ask = self.admin_site.admin_view(self.ask_view)
        return [path("ask/", ask, name="merchants_export_ask"), *super().get_urls()]

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a report, as the merchant for whom the caller looks; a job makes it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(("POST",))
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = ExportForm(request.POST)
        if form.is_valid():
            try:
                made = _asked(require_caller(request), form.cleaned_data)
                return redirect(self.address("change", made))
            except (MerchantError, WalletError) as error:
                messages.error(request, words_of(error).text)
        else:
            messages.error(request, _("Name a report, its first and its last day."))
        return redirect(self.address("changelist"))


def _asked(caller: Principal, given: dict[str, Any]) -> str:
    wanted = {name: str(value) for name, value in given.items() if name != "key"}
    once: Once[Export] = Once(
        Request.of(
            principal=caller.actor,
            operation="admin.ask_for_export",
            key=str(given["key"]),
            content=[caller.merchant.public_id, wanted],
        ),
        render=lambda made: Reply(201, {"id": str(made.pk)}),
        decline=lambda _exc: None,
    )
    reply = requests.ask.once(
        once,
        report=given["report"],
        form=given["format"],
        first=given["first"],
        last=given["last"],
        merchant=caller.merchant,
        actor=caller.actor,
        at=timezone.now(),
    )
    return str(reply.body["id"])
