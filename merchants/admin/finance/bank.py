"""The day at the bank: its equation, matches, statements and lines."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.admin.acting import Doing, DoingAdmin
from merchants.admin.looking import Card, Lead, LookAdmin, named
from merchants.admin.showing import amount, chip, chip_of, column, on, state_column
from merchants.models import (
    BankLine,
    MatchClaim,
    MatchGroup,
    ReconciliationDay,
    StatementFile,
)
from merchants.reconciliation import matches

_SHOWN = 30
_DAY = __("Day")


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


@admin.register(MatchGroup)
class MatchGroupAdmin(DoingAdmin):
    """What of the bank and of the book belongs together, by which rule."""

    title = __("Matches")
    list_display = ("rule", "account_name", "score", "difference", "day", "state_column")
    list_filter = ("state",)
    account_name = named("account", __("Account"))
    day = named("last_on", _DAY)
    state_column = state_column
    doings = (
        Doing(
            "confirm",
            __("Confirm"),
            lambda row, given, by, at: matches.confirm(
                group=row, by=by, reason=given["reason"], at=at
            ),
            when=lambda row: row.state == "PROPOSED",
        ),
        Doing(
            "reject",
            __("Reject"),
            lambda row, given, by, at: matches.reject(
                group=row, by=by, reason=given["reason"], at=at
            ),
            when=lambda row: row.state == "PROPOSED",
        ),
        Doing(
            "revoke",
            __("Revoke"),
            lambda row, given, by, at: matches.revoke(
                group=row, by=by, reason=given["reason"], at=at
            ),
            when=lambda row: row.state == "CONFIRMED",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[MatchGroup]:
        return super().get_queryset(request).select_related("account")

    @admin.display(description=__("Difference"))
    def difference(self, row: MatchGroup) -> str:
        return amount(row.difference_minor, row.account.currency)

    def lead(self, row: MatchGroup) -> Lead:
        title = _("Match %(number)s") % {"number": row.pk}
        return Lead(title, title, chip_of(row), [f"{row.rule} · {row.score} %"])

    def cards(self, request: HttpRequest, row: MatchGroup) -> list[Card]:
        claims = MatchClaim.objects.filter(group=row).select_related("line", "movement")
        shown = [_claim(one) for one in claims.order_by("pk")[:_SHOWN]]
        steps = [
            (on(step.happened_at), step.state, step.actor, step.reason)
            for step in row.steps.order_by("pk")[:_SHOWN]
        ]
        evidence = [(name, str(value)) for name, value in sorted(row.evidence.items())]
        heads = (_("Side"), _("Reference"), _("Day"), _("Amount"))
        return [
            Card(_("Belongs together"), heads=heads, rows=shown),
            Card(_("Evidence"), facts=evidence),
            Card(_("What happened"), heads=(_("When"), _("State"), _("By"), _("Why")), rows=steps),
        ]


def _claim(claim: MatchClaim) -> tuple[object, ...]:
    if claim.line is not None:
        line = claim.line
        name = line.end_to_end_id or line.bank_reference
        return (_("The bank"), name, on(line.booked_on), amount(line.amount_minor, line.currency))
    row = claim.movement
    if row is None:
        return ("", "", "", "")
    return (
        _("The book"),
        f"{row.kind} {row.source_id}",
        on(row.expected_on),
        amount(row.amount_minor, row.currency),
    )


@admin.register(StatementFile)
class StatementFileAdmin(LookAdmin):
    """Files of the bank: loaded whole, or kept in quarantine with the reason."""

    title = __("Bank statements")
    list_display = ("name", "received", "byte_count", "state_column")
    list_filter = ("state",)
    state_column = state_column

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
        troubles = [
            (one.get("line", ""), one.get("code", ""), one.get("message", ""))
            for one in row.troubles[:_SHOWN]
        ]
        return [
            Card(_("Statements"), heads=heads, rows=rows),
            Card(
                _("Why it is in quarantine"),
                heads=(_("Line"), _("Code"), _("What")),
                rows=troubles,
            ),
        ]


@admin.register(BankLine)
class BankLineAdmin(LookAdmin):
    """What the bank booked."""

    title = __("Lines of the bank")
    list_display = ("booked", "account_name", "money", "end_to_end_id", "counterparty")
    search_fields = ("end_to_end_id__exact",)
    account_name = named("account", __("Account"))
    money = column("amount", __("Amount"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankLine]:
        return super().get_queryset(request).select_related("account")

    @admin.display(description=_DAY)
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
        ]
        return [Card(_("About it"), facts=facts)]
