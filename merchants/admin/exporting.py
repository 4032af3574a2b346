"""Reports on both admin sites: what is asked for, how far it is, and the way to its file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.admin.looking import Card, Lead, LookAdmin
from merchants.admin.showing import amount, chip_of, on, state_column
from merchants.errors import ExportNotReady
from merchants.exports.links import link_of
from merchants.exports.requests import EARLIEST, LATEST
from merchants.models import Export

NAMES = {
    "R1": __("Summary of settlements"),
    "R2": __("Lines of settlements"),
    "R3": __("Payouts"),
    "R4": __("Matches"),
    "R5": __("Breaks"),
    "R6": __("Reconciliation days"),
    "R7": __("Safeguarding"),
    "R8": __("What merchants are owed, before and after"),
    "R9": __("Fees and VAT, as invoiced"),
    "R10": __("Journal of the book"),
    "R11": __("What users hold, before and after"),
}
_CONTROLS_SHOWN = 20


class DayField(forms.DateField):
    """A day as browsers send it, picked from a calendar."""

    def __init__(self, **more: Any) -> None:
        box = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(input_formats=["%Y-%m-%d"], widget=box, **more)

    def clean(self, value: Any) -> Any:
        """Return the day, if there can be anything of it."""
        day = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


def choices(codes: Iterable[str]) -> list[tuple[str, Any]]:
    """Return the reports as they are chosen."""
    return [(code, format_html("{} · {}", code, NAMES[code])) for code in codes]


def month_before(today: date) -> tuple[date, date]:
    """Return the first and the last day of the month before."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


class ExportPages(LookAdmin):
    """What was asked for, and a page for each with its file."""

    title = __("Exports")
    list_display: tuple[str, ...] = (
        "called",
        "first",
        "last",
        "file_form",
        "progress",
        "state_column",
    )
    list_filter = ("state", "format")
    state_column = state_column

    @admin.display(description=__("Report"))
    def called(self, row: Export) -> str:
        return f"{row.report} · {NAMES.get(row.report, '')}"

    @admin.display(description=__("First day"))
    def first(self, row: Export) -> str:
        return on(row.first_day)

    @admin.display(description=__("Last day"))
    def last(self, row: Export) -> str:
        return on(row.last_day)

    @admin.display(description=__("Format"))
    def file_form(self, row: Export) -> str:
        return _(str(row.get_format_display()))

    @admin.display(description=__("Rows"))
    def progress(self, row: Export) -> SafeString:
        text = f"{row.rows_done:,}"
        if row.rows_total is not None and row.state != Export.State.DONE:
            text = _("%(done)s of %(total)s") % {"done": text, "total": f"{row.rows_total:,}"}
        return format_html('<span class="money">{}</span>', text)

    def lead(self, row: Export) -> Lead:
        days = f"{on(row.first_day)} \N{EN DASH} {on(row.last_day)}"
        says: list[object] = [days, self.file_form(row)]
        if row.stored_as:
            link = format_html('<a href="{}">{}</a>', self.address("file", row.pk), row.file_name)
            says.append(link)
            says.append(_("The link of the file holds for five minutes, for whoever has it."))
        elif row.state == Export.State.DONE:
            says.append(_("The file is not kept any more; ask for another one."))
        return Lead(self.called(row), self.called(row), chip_of(row), says)

    def cards(self, request: HttpRequest, row: Export) -> list[Card]:
        facts = [
            (_("Asked for"), on(row.asked_at)),
            (_("Rows"), self.progress(row)),
            (_("Ended"), on(row.ended_at)),
            (_("Attempts"), row.attempts),
            ("SHA-256", row.sha256 or "\N{EN DASH}"),
        ]
        return [Card(_("About it"), facts=facts), *_controls(row)]

    def get_urls(self) -> list[Any]:
        """Add the way to a file."""
        base = f"{self.opts.app_label}_{self.opts.model_name}_file"
        view = self.admin_site.admin_view(self.file_view)
        return [path("<path:object_id>/file/", view, name=base), *super().get_urls()]

    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the file by a link that was signed just now."""
        row = self.found(request, object_id)
        try:
            return redirect(reverse("export-file", kwargs={"token": link_of(row)}))
        except ExportNotReady as exc:
            raise Http404 from exc


def _controls(row: Export) -> list[Card]:
    """Return what the file comes to by currency, as its manifest says."""
    cards = []
    for one in (row.manifest or {}).get("control_totals", ()):
        currency = one["currency"]
        sums = [
            (name.removesuffix("_minor"), amount(minor, currency))
            for name, minor in one["totals"].items()
        ]
        facts = [(_("Rows"), f"{one['row_count']:,}"), *sums[:_CONTROLS_SHOWN]]
        title = _("Control totals in %(currency)s") % {"currency": currency}
        cards.append(Card(title, facts=facts))
    return cards
