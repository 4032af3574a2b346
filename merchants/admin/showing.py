"""How money, states and days look on the pages of both admin sites."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from ledger.money import Money
from wallet.activity.amounts import spoken
from wallet.templatetags.screens import language, moment

# Which states are good news, and which want somebody's attention; the rest are in between.
_GOOD = frozenset({"PAID_OUT", "RECONCILED", "PAID", "SUCCEEDED", "CAPTURED", "WON", "CLOSED"})
_GOOD_TOO = frozenset(
    {"APPROVED", "ACTIVE", "CONFIRMED", "RESOLVED", "ACKED", "LOADED", "MATCHED"}
)
_BAD = frozenset({"HELD", "REJECTED", "RETURNED", "LOST", "DEAD", "NACKED", "QUARANTINED"})
_BAD_TOO = frozenset({"SUSPENDED", "UNKNOWN", "MISSING_AT_BANK", "CONCEDED"})
_WAITS = frozenset({"REVIEW", "OPEN", "PROPOSED", "DRAFT", "PENDING_APPROVAL", "REQUESTED"})


def amount(minor: int, currency: str) -> str:
    """Return an amount with its sign, a real minus, as the page's language writes it."""
    sign = "\N{MINUS SIGN}" if minor < 0 else ""
    return sign + spoken(Money(abs(minor), currency), language())


def column(field: str, title: Any) -> Callable[[Any, Any], SafeString]:
    """Return a column of a list that shows ``<field>_minor`` as money."""

    @admin.display(description=title)
    def show(_self: Any, row: Any) -> SafeString:
        text = amount(getattr(row, f"{field}_minor"), row.currency)
        return format_html('<span class="money">{}</span>', text)

    return show


def kind_of(state: str) -> str:
    """Return how a state is coloured: good, wait, bad or nothing."""
    if state in _GOOD | _GOOD_TOO:
        return "good"
    if state in _BAD | _BAD_TOO:
        return "bad"
    return "wait" if state in _WAITS else ""


def chip(state: str, label: object) -> SafeString:
    """Return a state as a small coloured label."""
    kind = kind_of(state)
    extra = f" office-chip--{kind}" if kind else ""
    return format_html('<span class="office-chip{}">{}</span>', extra, label)


def chip_of(row: Model, field: str = "state") -> SafeString:
    """Return the state of a row as a small coloured label, in the page's language."""
    said: str = getattr(row, f"get_{field}_display")()
    return chip(str(getattr(row, field)), _(said))


@admin.display(description=__("State"))
def state_column(_self: Any, row: Any) -> SafeString:
    """Show the state of a row, as a column of its list."""
    return chip_of(row)


def on(day: date | datetime | None) -> str:
    """Return a day or a moment as people write it; a dash where there is none."""
    if day is None:
        return "\N{EN DASH}"
    if isinstance(day, datetime):
        return moment(day)
    pattern = "%Y-%m-%d"
    return day.strftime(pattern) if language() == "ko" else f"{day.day} {day:%b %Y}"
