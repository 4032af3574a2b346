"""What the bank booked; a line is matched by hand where no rule does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.admin.acting import Doing, DoingAdmin, ReasonForm
from merchants.admin.looking import Card, Lead, named
from merchants.admin.showing import amount, chip_of, column, on
from merchants.models import BankLine, MatchClaim, MatchGroup, Movement
from merchants.reconciliation import matches
from wallet.models import User

_AROUND = timedelta(days=45)
_OFFERED = 50


def open_movements(line: BankLine) -> QuerySet[Movement]:
    """Return what the book expects on the line's account around its day, and no match claims."""
    days = (line.booked_on - _AROUND, line.booked_on + _AROUND)
    rows = Movement.objects.filter(
        account=line.account_id, currency=line.currency, expected_on__range=days
    )
    claimed = MatchClaim.objects.filter(is_live=True, movement__isnull=False)
    return rows.exclude(pk__in=claimed.values("movement_id")).order_by("-expected_on", "-pk")


def open_lines(line: BankLine) -> QuerySet[BankLine]:
    """Return the other lines of the account around the line's day that no match claims."""
    days = (line.booked_on - _AROUND, line.booked_on + _AROUND)
    rows = BankLine.objects.filter(
        account=line.account_id,
        currency=line.currency,
        booked_on__range=days,
        statement__isnull=False,
    )
    claimed = MatchClaim.objects.filter(is_live=True, line__isnull=False)
    free = rows.exclude(pk__in=claimed.values("line_id")).exclude(pk=line.pk)
    return free.order_by("-booked_on", "-pk")


class MatchForm(ReasonForm):
    """What of the book a line of the bank is, together with other lines where it takes those."""

    movements = forms.MultipleChoiceField(
        label=__("Of the book"),
        widget=forms.CheckboxSelectMultiple,
        help_text=__("The sums of both sides have to be the same."),
    )
    lines = forms.MultipleChoiceField(
        label=__("Other lines of the bank"), required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("movements", "lines", "reason")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offered: Any = self.fields["movements"]
        offered.choices = [
            (one.pk, _said(one, one.expected_on, str(one)))
            for one in open_movements(self.row)[:_OFFERED]
        ]
        offered = self.fields["lines"]
        offered.choices = [
            (one.pk, _said(one, one.booked_on, f"{one.end_to_end_id or one.bank_reference}"))
            for one in open_lines(self.row)[:_OFFERED]
        ]


def _said(one: BankLine | Movement, day: date, name: str) -> str:
    return f"{amount(one.amount_minor, one.currency)} · {on(day)} · {name}"


def _match(row: Any, given: dict[str, Any], by: User, at: datetime) -> MatchGroup:
    chosen = [row.pk, *map(int, given["lines"])]
    return matches.match_by_hand(
        lines=list(BankLine.objects.filter(pk__in=chosen).select_related("statement")),
        movements=list(Movement.objects.filter(pk__in=given["movements"])),
        by=by,
        reason=given["reason"],
        at=at,
    )


def _is_open(row: BankLine) -> bool:
    return row.statement_id is not None and not row.claims.filter(is_live=True).exists()


@admin.register(BankLine)
class BankLineAdmin(DoingAdmin):
    """What the bank booked."""

    title = __("Lines of the bank")
    list_display = ("booked", "account_name", "money", "end_to_end_id", "counterparty")
    search_fields = ("end_to_end_id__exact",)
    account_name = named("account", __("Account"))
    money = column("amount", __("Amount"))
    doings = (
        Doing(
            "match",
            __("Match by hand"),
            _match,
            form=MatchForm,
            when=_is_open,
            permission="merchants.add_matchgroup",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankLine]:
        return super().get_queryset(request).select_related("account")

    @admin.display(description=__("Day"))
    def booked(self, row: BankLine) -> str:
        return on(row.booked_on)

    def lead(self, row: BankLine) -> Lead:
        title = _("Line of %(day)s") % {"day": on(row.booked_on)}
        return Lead(title, amount(row.amount_minor, row.currency), "", [row.text])

    def cards(self, request: HttpRequest, row: BankLine) -> list[Card]:
        facts = [
            (_("Account"), row.account),
            (_("Value on"), on(row.value_on)),
            (_("End-to-end id"), row.end_to_end_id or "\N{EN DASH}"),
            (_("The bank's reference"), row.bank_reference or "\N{EN DASH}"),
            (_("Counterparty"), row.counterparty or "\N{EN DASH}"),
            (_("Match"), self._match_of(row)),
        ]
        return [Card(_("About it"), facts=facts)]

    def _match_of(self, row: BankLine) -> object:
        claim = row.claims.filter(is_live=True).select_related("group").first()
        if claim is None:
            return "\N{EN DASH}"
        name = f"{self.admin_site.name}:merchants_matchgroup_change"
        address = reverse(name, args=[claim.group_id])
        return format_html('<a href="{}">{}</a> {}', address, claim.group, chip_of(claim.group))
