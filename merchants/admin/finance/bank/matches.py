"""What of the bank and of the book belongs together: confirmed, rejected, revoked by people."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.admin.acting import Act, Doing, DoingAdmin
from merchants.admin.looking import Card, Lead, named
from merchants.admin.showing import amount, chip_of, on, state_column
from merchants.models import MatchClaim, MatchGroup
from merchants.reconciliation import matches

_SHOWN = 30


def _decided(decide: Callable[..., object]) -> Act:
    return lambda row, given, by, at: decide(group=row, by=by, reason=given["reason"], at=at)


@admin.register(MatchGroup)
class MatchGroupAdmin(DoingAdmin):
    """What of the bank and of the book belongs together, by which rule."""

    title = __("Matches")
    list_display = ("rule", "account_name", "score", "difference", "day", "state_column")
    list_filter = ("state",)
    account_name = named("account", __("Account"))
    day = named("last_on", __("Day"))
    state_column = state_column
    doings = (
        Doing(
            "confirm",
            __("Confirm"),
            _decided(matches.confirm),
            when=lambda row: row.state == "PROPOSED",
        ),
        Doing(
            "reject",
            __("Reject"),
            _decided(matches.reject),
            when=lambda row: row.state == "PROPOSED",
        ),
        Doing(
            "revoke",
            __("Revoke"),
            _decided(matches.revoke),
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
