"""Safeguarding: the difference of a day is moved once two persons said so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.admin.acting import Doing, DoingAdmin
from merchants.admin.looking import Card, Lead
from merchants.admin.showing import amount, chip, column, on
from merchants.models import SafeguardingDay
from merchants.reconciliation import safeguarding
from wallet.models import User


def _propose(row: Any, _given: dict[str, Any], by: User, at: datetime) -> object:
    return safeguarding.propose(of_day=row, by=by, at=at)


def _approve(row: Any, _given: dict[str, Any], by: User, at: datetime) -> object:
    return safeguarding.approve(of_day=row, by=by, at=at)


@admin.register(SafeguardingDay)
class SafeguardingDayAdmin(DoingAdmin):
    """What is owed to customers and merchants, against what is kept apart for them."""

    title = __("Safeguarding")
    list_display = ("day", "currency", "required", "kept", "differs", "to_do")
    list_filter = ("action",)
    required = column("requirement", __("Required"))
    kept = column("resource", __("Kept apart"))
    differs = column("difference", __("Difference"))
    doings = (
        Doing(
            "propose",
            __("Propose to move the difference"),
            _propose,
            when=lambda row: row.action != "NONE" and row.maker_id is None,
        ),
        Doing(
            "approve",
            __("Approve and move"),
            _approve,
            when=lambda row: row.maker_id is not None and row.actioned_at is None,
        ),
    )

    @admin.display(description=__("To do"))
    def to_do(self, row: SafeguardingDay) -> object:
        return _to_do(row)

    def lead(self, row: SafeguardingDay) -> Lead:
        title = _("Safeguarding of %(day)s") % {"day": on(row.day)}
        return Lead(title, amount(row.difference_minor, row.currency), _to_do(row), [title])

    def cards(self, request: HttpRequest, row: SafeguardingDay) -> list[Card]:
        owed = (
            (_("Customers"), row.customers_positive_minor),
            (_("Merchants"), row.merchant_payable_minor),
            (_("Refunds to be paid"), row.refunds_payable_minor),
            (_("Unidentified receipts"), row.unallocated_receipts_minor),
            (_("On its way out"), row.in_transit_out_minor),
            (_("Required"), row.requirement_minor),
        )
        kept = (
            (_("At the bank, by the book"), row.bank_balance_per_ledger_minor),
            (_("On its way in"), row.in_transit_in_minor),
            (_("Guarantees"), row.guarantee_minor),
            (_("Kept apart"), row.resource_minor),
        )
        people = [
            (_("Proposed"), on(row.made_at)),
            (_("Moved"), on(row.actioned_at)),
            (_("Digest (SHA-256)"), row.evidence_sha256),
        ]
        return [
            Card(_("What is owed"), facts=[(n, amount(m, row.currency)) for n, m in owed]),
            Card(_("What is kept apart"), facts=[(n, amount(m, row.currency)) for n, m in kept]),
            Card(_("What was done"), facts=people),
        ]


def _to_do(row: SafeguardingDay) -> object:
    if row.action == "NONE":
        return chip("CLOSED", _("Nothing to do"))
    if row.actioned_at is not None:
        return chip("CLOSED", _("Moved"))
    return chip("OPEN", _("To be topped up") if row.action == "TOP_UP" else _("To be withdrawn"))
