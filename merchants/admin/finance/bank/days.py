"""The day at the bank: its equation, whose residual has to be zero."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.admin.looking import Card, Lead, LookAdmin, named
from merchants.admin.showing import amount, chip, on
from merchants.models import ReconciliationDay


@admin.register(ReconciliationDay)
class ReconciliationDayAdmin(LookAdmin):
    """The equation of each account and day, whose residual has to be zero."""

    title = __("Reconciliation days")
    list_display = ("day", "account_name", "ledger", "bank", "left")
    account_name = named("account", __("Account"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReconciliationDay]:
        return super().get_queryset(request).select_related("account", "run")

    @admin.display(description=__("In the book"))
    def ledger(self, row: ReconciliationDay) -> str:
        return amount(row.ledger_closing_minor, row.account.currency)

    @admin.display(description=__("On the statement"))
    def bank(self, row: ReconciliationDay) -> str:
        return amount(row.statement_closing_minor, row.account.currency)

    @admin.display(description=__("Unexplained"))
    def left(self, row: ReconciliationDay) -> object:
        kind = "HELD" if row.residual_minor else "CLOSED"
        return chip(kind, amount(row.residual_minor, row.account.currency))

    def lead(self, row: ReconciliationDay) -> Lead:
        title = _("Reconciliation of %(day)s") % {"day": on(row.day)}
        says = [str(row.account), _("What is left unexplained; it has to be zero.")]
        if not row.has_statement:
            says.append(_("There is no statement of this day yet."))
        left = amount(row.residual_minor, row.account.currency)
        return Lead(title, left, self.left(row), says)

    def cards(self, request: HttpRequest, row: ReconciliationDay) -> list[Card]:
        currency = row.account.currency
        equation = [
            (_("Opening in the book"), row.ledger_opening_minor),
            (_("Movements"), row.ledger_movements_minor),
            (_("Closing in the book"), row.ledger_closing_minor),
            (_("what is on its way out"), row.outstanding_out_minor),
            (_("less what is on its way in"), -row.outstanding_in_minor),
            (_("what is unidentified"), row.unidentified_minor),
            (_("known breaks"), row.breaks_minor),
            (_("unexplained"), row.residual_minor),
            (_("Closing on the statement"), row.statement_closing_minor),
        ]
        facts = [(name, amount(minor, currency)) for name, minor in equation]
        kinds = [(kind, amount(minor, currency)) for kind, minor in sorted(row.breaks.items())]
        rules = sorted(row.run.counts.items())
        return [
            Card(_("The equation"), facts=facts),
            Card(_("Known breaks"), facts=kinds, note="" if kinds else _("None.")),
            Card(
                _("Matches of each rule"),
                facts=rules,
                note=_("As of %(at)s") % {"at": on(row.computed_at)},
            ),
        ]
