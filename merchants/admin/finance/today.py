"""What waits for somebody of ours today: a few of each kind, the oldest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from merchants.admin.looking import Card
from merchants.admin.showing import amount, chip_of, on
from merchants.models import Break, Dispute, PayoutRun, SafeguardingDay, Settlement, StatementFile
from merchants.states import UNDECIDED, FileState, SettlementState

_SHOWN = 7


Waiting = tuple[object, QuerySet[Any], Callable[[Any], tuple[object, ...]]]


def cards(request: HttpRequest, site: AdminSite) -> list[Card]:
    """Return what waits, of what the person may look at."""
    return [
        _card(site, title, rows, says)
        for title, rows, says in [*_money(), *_differences()]
        if site.get_model_admin(rows.model).has_view_permission(request)
    ]


def _money() -> list[Waiting]:
    runs = PayoutRun.objects.filter(state=FileState.DRAFT).defer("file")
    settlements = Settlement.objects.select_related("merchant").order_by("due_on")
    disputes = Dispute.objects.filter(state__in=UNDECIDED).select_related("payment")
    return [
        (
            _("To be signed"),
            runs.order_by("due_on"),
            lambda row: (row.number, amount(row.total_minor, row.currency), on(row.due_on)),
        ),
        (
            _("Settlements in review"),
            settlements.filter(state=SettlementState.REVIEW),
            lambda row: (row.merchant, amount(row.net_minor, row.currency), on(row.due_on)),
        ),
        (
            _("Settlements on hold"),
            settlements.filter(state=SettlementState.HELD),
            lambda row: (row.merchant, amount(row.net_minor, row.currency), row.hold_reason),
        ),
        (
            _("Disputes to decide"),
            disputes.order_by("decide_by"),
            lambda row: (
                row.payment.number,
                amount(row.amount_minor, row.currency),
                on(row.decide_by),
            ),
        ),
    ]


def _differences() -> list[Waiting]:
    days = SafeguardingDay.objects.filter(actioned_at__isnull=True)
    files = StatementFile.objects.filter(state=StatementFile.State.QUARANTINED)
    return [
        (
            _("Open breaks"),
            Break.objects.exclude(state=Break.State.RESOLVED).order_by("expected_on"),
            lambda row: (row.subject, amount(row.amount_minor, row.currency), chip_of(row)),
        ),
        (
            _("Safeguarding"),
            days.exclude(action=SafeguardingDay.Action.NONE).order_by("-day"),
            lambda row: (on(row.day), amount(row.difference_minor, row.currency), row.currency),
        ),
        (
            _("Statements in quarantine"),
            files.order_by("-pk"),
            lambda row: (row.name, on(row.received_at), ""),
        ),
    ]


def _card(site: AdminSite, title: object, rows: QuerySet[Any], says: Any) -> Card:
    name = f"{site.name}:merchants_{rows.model.__name__.lower()}_change"
    shown = []
    for row in rows[:_SHOWN]:
        first, *rest = says(row)
        link = format_html('<a href="{}">{}</a>', reverse(name, args=[row.pk]), first)
        shown.append((link, *rest))
    return Card(title, rows=shown, note="" if shown else _("None."))
