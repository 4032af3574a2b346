"""Months of the book: closed softly, locked, opened again, each by two persons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants import periods
from merchants.admin.acting import Doing, DoingAdmin, ReasonForm
from merchants.admin.looking import Card, Lead, LookAdmin, named
from merchants.admin.showing import chip_of, on, state_column
from merchants.models import Deed, PeriodRequest
from wallet.models import User


class MonthForm(ReasonForm):
    """Which month, and what is asked for it."""

    month = forms.RegexField(
        r"^[0-9]{4}-(0[1-9]|1[0-2])\Z", label=__("Month"), help_text=__("Such as 2026-02")
    )
    action = forms.ChoiceField(label=__("What"), choices=PeriodRequest.Action.choices)
    reference = forms.CharField(
        label=__("Reference"),
        required=False,
        max_length=100,
        help_text=__("Of the posting that is permitted; else empty"),
    )
    field_order = ("month", "action", "reference", "reason")

    def clean(self) -> dict[str, Any]:
        """A reference belongs to a permission, and to nothing else."""
        given = self.cleaned_data
        if (given.get("action") == "PERMIT") != bool(given.get("reference")):
            raise forms.ValidationError(_("A reference belongs to a permission, and only to it."))
        return given


def _ask(_row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return periods.ask(
        month=given["month"],
        action=given["action"],
        reference=given["reference"],
        reason=given["reason"],
        by=by,
        at=at,
    )


@admin.register(PeriodRequest)
class PeriodRequestAdmin(DoingAdmin):
    """What was asked for months, and what was decided."""

    title = __("Months")
    list_display = ("month", "what", "why", "asked", "state_column")
    list_filter = ("state", "action")
    why = named("reason", __("Why"))
    state_column = state_column
    doings = (
        Doing(
            "ask",
            __("Ask about a month"),
            _ask,
            form=MonthForm,
            of_list=True,
            permission="merchants.add_periodrequest",
        ),
        Doing(
            "approve",
            __("Approve"),
            lambda row, given, by, at: periods.approve(
                request=row, seen=given["seen"], by=by, at=at
            ),
            seen_of=periods.seen_of,
            when=lambda row: row.state == "REQUESTED",
        ),
        Doing(
            "reject",
            __("Reject"),
            lambda row, _given, by, at: periods.reject(request=row, by=by, at=at),
            when=lambda row: row.state == "REQUESTED",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PeriodRequest]:
        return super().get_queryset(request).select_related("requested_by", "decided_by")

    @admin.display(description=__("What"))
    def what(self, row: PeriodRequest) -> str:
        return _(str(row.get_action_display()))

    @admin.display(description=__("Asked for"))
    def asked(self, row: PeriodRequest) -> str:
        return on(row.requested_at)

    def lead(self, row: PeriodRequest) -> Lead:
        title = f"{row.month} · {self.what(row)}"
        return Lead(title, title, chip_of(row), [row.reason, row.reference])

    def cards(self, request: HttpRequest, row: PeriodRequest) -> list[Card]:
        standing = [(name, value) for name, value in periods.standing_of(row.month).items()]
        facts = [
            (_("Asked for by"), row.requested_by.phone),
            (_("Decided by"), row.decided_by.phone if row.decided_by else "\N{EN DASH}"),
            (_("Decided"), on(row.decided_at)),
        ]
        return [Card(_("About it"), facts=facts), Card(_("How the month stands"), facts=standing)]


@admin.register(Deed)
class DeedAdmin(LookAdmin):
    """What was asked for in the admin, by whom, why, and what came of it."""

    title = __("Deeds in the admin")
    list_display = ("when", "who", "action", "subject", "subject_id", "why", "came_of_it")
    why = named("reason", __("Why"))
    who = named("by.phone", __("By"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deed]:
        return super().get_queryset(request).select_related("by")

    @admin.display(description=__("When"))
    def when(self, row: Deed) -> str:
        return on(row.happened_at)

    @admin.display(description=__("What came of it"))
    def came_of_it(self, row: Deed) -> str:
        return row.outcome or _("asked")

    def lead(self, row: Deed) -> Lead:
        return Lead(str(row), str(row), "", [row.reason])

    def cards(self, request: HttpRequest, row: Deed) -> list[Card]:
        facts = [(name, value) for name, value in sorted(row.facts.items())]
        about = [(_("By"), row.by.phone), (_("When"), on(row.happened_at))]
        return [Card(_("About it"), facts=about), Card(_("What was given"), facts=facts)]
