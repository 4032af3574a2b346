"""The pages of the merchants' site that are not a list: today, and the calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from merchants.access.permissions import Permission
from merchants.access.principal import Principal
from merchants.admin.looking import Card
from merchants.admin.own.callers import merchants_of, require_caller
from merchants.admin.own.home import next_payout
from merchants.admin.own.month import month_of, sheet
from merchants.admin.own.wall import opened
from merchants.admin.showing import amount, chip_of, on
from merchants.models import Dispute, Payment, Settlement
from merchants.states import UNDECIDED
from wallet.models import User
from wallet.templatetags.screens import language

_SHOWN = 7


def today(request: HttpRequest, site_name: str) -> dict[str, Any]:
    """Return what the first page shows: as much as the caller's role lets them see."""
    caller, at = require_caller(request), timezone.now()
    context: dict[str, Any] = {"title": caller.merchant.legal_name, "cards": []}
    with opened(caller.merchant.pk):
        # Of the person, not of the merchant: which others they work for.
        if isinstance(request.user, User):
            context["others"] = merchants_of(request.user)
    if caller.may_everywhere(Permission.SETTLEMENTS_READ):
        coming = next_payout(merchant=caller.merchant, at=_local(caller, at))
        context |= {"next": coming, "next_day": on(coming.due_on)}
        context["cards"].append(_settled(caller, site_name))
    if caller.may(Permission.PAYMENTS_READ):
        context["cards"] += [_paid(caller, site_name), _contested(caller, site_name)]
    return context


def month(request: HttpRequest) -> dict[str, Any]:
    """Return a month of the merchant.

    Raises:
        PermissionDenied: the caller's role does not let them look at settlements.

    """
    caller = require_caller(request)
    if not caller.may_everywhere(Permission.SETTLEMENTS_READ):
        raise PermissionDenied
    now = _local(caller, timezone.now()).date()
    first = month_of(request.GET.get("month", ""), now)
    heading = f"{first.year}년 {first.month}월" if language() == "ko" else f"{first:%B %Y}"
    shown = sheet(merchant=caller.merchant, first=first, today=now)
    return {"title": _("Calendar"), "sheet": shown, "heading": heading}


def _local(caller: Principal, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(caller.merchant.zone))


def _settled(caller: Principal, site_name: str) -> Card:
    rows = Settlement.objects.filter(merchant=caller.merchant).order_by("-pk")[:_SHOWN]
    shown = [
        (
            _link(site_name, "settlement", row.pk, on(row.business_date)),
            amount(row.net_minor, row.currency),
            chip_of(row),
        )
        for row in rows
    ]
    return Card(_("Settlements"), (), (_("Business day"), _("Net"), _("State")), shown)


def _paid(caller: Principal, site_name: str) -> Card:
    rows = Payment.objects.filter(merchant=caller.merchant)
    stores = caller.stores(Permission.PAYMENTS_READ)
    if not caller.may_everywhere(Permission.PAYMENTS_READ):
        rows = rows.filter(store__in=stores)
    shown = [
        (
            _link(site_name, "payment", row.pk, row.number),
            amount(row.amount_minor, row.currency),
            chip_of(row),
        )
        for row in rows.order_by("-pk")[:_SHOWN]
    ]
    return Card(_("Payments"), (), (_("Number"), _("Amount"), _("State")), shown)


def _contested(caller: Principal, site_name: str) -> Card:
    rows = Dispute.objects.filter(merchant=caller.merchant, state__in=UNDECIDED)
    if not caller.may_everywhere(Permission.PAYMENTS_READ):
        rows = rows.filter(payment__store__in=caller.stores(Permission.PAYMENTS_READ))
    found = rows.select_related("payment").order_by("answer_by")[:_SHOWN]
    shown = [
        (
            _link(site_name, "dispute", row.pk, row.payment.number),
            amount(row.amount_minor, row.currency),
            _("answer until %(day)s") % {"day": on(row.answer_by)},
        )
        for row in found
    ]
    heads = (_("Payment"), _("Amount"), "")
    return Card(_("Open disputes"), (), heads, shown, "" if shown else _("None."))


def _link(site_name: str, model: str, pk: int, text: str) -> object:
    address = reverse(f"{site_name}:merchants_{model}_change", args=[pk])
    return format_html('<a href="{}">{}</a>', address, text)
