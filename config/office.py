"""What the two admin sites look like: their names, and what their sidebars lead to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as __

Group = tuple[Promise, tuple[tuple[Promise, str, str], ...]]

_LOOKS: dict[str, Any] = {
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": False,
    "BORDER_RADIUS": None,
}
UNFOLD = {
    **_LOOKS,
    "SITE_TITLE": "Jigap",
    "SITE_HEADER": "Jigap",
    "SITE_SUBHEADER": __("Finance and support"),
    "SITE_SYMBOL": "account_balance",
    "SIDEBAR": {"navigation": "config.office.finance"},
}
UNFOLD_MERCHANT = {
    **_LOOKS,
    "SITE_TITLE": "Jigap",
    "SITE_HEADER": "Jigap",
    "SITE_SUBHEADER": __("For merchants"),
    "SITE_SYMBOL": "storefront",
    "SIDEBAR": {"navigation": "config.office.merchant"},
    "ACCOUNT": {"navigation": [{"title": __("My wallet"), "link": "/"}]},
}
_MERCHANT: tuple[Group, ...] = (
    (
        __("Settlement and payouts"),
        (
            (__("Settlements"), "receipt_long", "settlement"),
            (__("Payouts"), "payments", "payout"),
            (__("Lines of settlements"), "list_alt", "settlementitem"),
            (__("Bank accounts"), "account_balance", "merchantbankaccount"),
            (__("Exports"), "download", "export"),
        ),
    ),
    (
        __("At the stores"),
        (
            (__("Payments"), "point_of_sale", "payment"),
            (__("Disputes"), "gavel", "dispute"),
            (__("Stores"), "storefront", "store"),
            (__("Staff"), "group", "staffrole"),
        ),
    ),
)
_FINANCE: tuple[Group, ...] = (
    (
        __("Settlement"),
        (
            (__("Closings"), "event_available", "settlementrun"),
            (__("Settlements"), "receipt_long", "settlement"),
            (__("Payout runs"), "outbox", "payoutrun"),
            (__("Payouts"), "payments", "payout"),
            (__("Adjustments"), "tune", "adjustment"),
            (__("Months"), "lock_clock", "periodrequest"),
            (__("Exports"), "download", "export"),
        ),
    ),
    (
        __("The bank"),
        (
            (__("Reconciliation days"), "balance", "reconciliationday"),
            (__("Breaks"), "report", "break"),
            (__("Matches"), "link", "matchgroup"),
            (__("Safeguarding"), "verified_user", "safeguardingday"),
            (__("Bank statements"), "description", "statementfile"),
            (__("Lines of the bank"), "list_alt", "bankline"),
        ),
    ),
    (
        __("Merchants"),
        (
            (__("Merchants"), "storefront", "merchant"),
            (__("Applications"), "assignment_ind", "application"),
            (__("Bank accounts"), "account_balance", "merchantbankaccount"),
            (__("Fee plans"), "percent", "feeplan"),
            (__("Webhooks"), "webhook", "webhookdelivery"),
        ),
    ),
    (
        __("Payments"),
        (
            (__("Payments"), "point_of_sale", "payment"),
            (__("Disputes"), "gavel", "dispute"),
            (__("Risk: what rules caught"), "warning", "riskhit"),
            (__("Risk rules"), "rule", "riskrule"),
        ),
    ),
    (
        __("What was done"),
        (
            (__("Deeds in the admin"), "history", "deed"),
            (__("Audit trail of merchants"), "fact_check", "merchantaudit"),
        ),
    ),
)


def finance(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar of our own people, with what they may look at."""
    return _sidebar(request, admin.site, _FINANCE, [(__("Today"), "home", "index")])


def merchant(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar of a merchant's staff, with what their role lets them see."""
    from merchants.admin.own.site import site  # noqa: PLC0415 - not before the apps are there.

    first = [(__("Today"), "home", "index"), (__("Calendar"), "calendar_month", "calendar")]
    return _sidebar(request, site, _MERCHANT, first)


def _sidebar(
    request: HttpRequest, site: Any, groups: tuple[Group, ...], first: list[tuple[Any, str, str]]
) -> list[dict[str, Any]]:
    pages = [
        {"title": title, "icon": icon, "link": reverse(f"{site.name}:{page}")}
        for title, icon, page in first
    ]
    found: list[dict[str, Any]] = [{"items": pages}]
    for title, lines in groups:
        shown = [line for line in lines if _may_look(request, site, line[2])]
        items = [
            {"title": name, "icon": icon, "link": _list_of(site, model)}
            for name, icon, model in shown
        ]
        found.append({"title": title, "separator": True, "items": items})
    return [group for group in found if group["items"]]


def _list_of(site: Any, model: str) -> str:
    return reverse(f"{site.name}:merchants_{model}_changelist")


def _may_look(request: HttpRequest, site: Any, model: str) -> bool:
    from django.apps import apps  # noqa: PLC0415 - not before the apps are there.

    shown = apps.get_model("merchants", model)
    return bool(
        site.is_registered(shown) and site.get_model_admin(shown).has_view_permission(request)
    )
