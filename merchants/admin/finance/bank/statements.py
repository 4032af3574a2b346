"""Files of the bank: uploaded, loaded whole, or kept in quarantine with the reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files import File
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.admin.acting import DONE, Doing, DoingAdmin, ReasonForm
from merchants.admin.looking import Card, Lead
from merchants.admin.showing import amount, chip_of, on, state_column
from merchants.errors import ProfileUnsound
from merchants.models import StatementFile
from merchants.statements.importing import import_file
from merchants.statements.profiles import Profile, read_profile
from merchants.statements.verdicts import Verdict
from wallet.models import User

_SHOWN = 30
# What can be checked while somebody waits for the page; more by ``manage.py import_statement``.
MOST_BYTES = 10 * 1024 * 1024


class UploadForm(ReasonForm):
    """A file as the bank gave it; a mapping profile where it is CSV."""

    file = forms.FileField(
        label=__("File"), max_length=255, help_text=__("camt.053, camt.054, MT940, BAI2 or CSV")
    )
    profile = forms.FileField(
        label=__("Mapping profile"), required=False, help_text=__("JSON; for CSV alone")
    )
    field_order = ("file", "profile", "reason")

    def clean_file(self) -> Any:
        """Refuse what takes too long for a page."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("More than 10 MB: use manage.py import_statement instead.")
            )
        return file

    def clean_profile(self) -> Any:
        """Read the profile; what is wrong with it is said."""
        file: File[bytes] | None = self.cleaned_data["profile"]
        try:
            return read_profile(file.read()) if file else None
        except ProfileUnsound as error:
            raise forms.ValidationError(str(error)) from error


def _upload(_row: Any, given: dict[str, Any], _by: User, at: datetime) -> Verdict:
    file, profile = given["file"], given["profile"]
    mapping = profile if isinstance(profile, Profile) else None
    return import_file(file=file, name=file.name, at=at, profile=mapping)


def _came_of(verdict: Verdict) -> str:
    if verdict.is_refused:
        return "quarantined"
    return "known" if verdict.is_known else DONE


def _leads_to(verdict: Verdict) -> int:
    return StatementFile.objects.get(sha256=verdict.sha256).pk


@admin.register(StatementFile)
class StatementFileAdmin(DoingAdmin):
    """Files of the bank: loaded whole, or kept in quarantine with the reason."""

    title = __("Bank statements")
    list_display = ("name", "received", "byte_count", "state_column")
    list_filter = ("state",)
    state_column = state_column
    doings = (
        Doing(
            "upload",
            __("Upload a statement"),
            _upload,
            form=UploadForm,
            permission="merchants.add_statementfile",
            of_list=True,
            came_of=_came_of,
            leads_to=_leads_to,
        ),
    )

    @admin.display(description=__("Received"))
    def received(self, row: StatementFile) -> str:
        return on(row.received_at)

    def lead(self, row: StatementFile) -> Lead:
        return Lead(row.name, row.name, chip_of(row), [on(row.received_at)])

    def cards(self, request: HttpRequest, row: StatementFile) -> list[Card]:
        rows = [
            (
                one.name,
                one.account,
                on(one.closing_on),
                one.entry_count,
                amount(one.entry_sum_minor, one.account.currency),
            )
            for one in row.statements.select_related("account").order_by("pk")[:_SHOWN]
        ]
        heads = (_("Statement"), _("Account"), _("Day"), _("Lines"), _("Sum"))
        troubles = [(_said_where(one), _said_what(one)) for one in row.troubles[:_SHOWN]]
        return [
            Card(_("Statements"), heads=heads, rows=rows),
            Card(_("Why it is in quarantine"), facts=troubles),
        ]


def _said_where(trouble: dict[str, Any]) -> str:
    line = _("Line %(number)s") % {"number": trouble["line"]}
    return f"{line} · {trouble['code']}"


def _said_what(trouble: dict[str, Any]) -> str:
    minor = trouble["difference_minor"]
    if minor is None:
        return str(trouble["message"])
    differs = _("difference %(minor)s") % {"minor": f"{minor:+,}"}
    return f"{trouble['message']} · {differs}"
