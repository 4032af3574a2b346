"""The lines of a settlement as a table, each with a link to its payment."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from merchants.admin.looking import Card
from merchants.admin.showing import amount
from merchants.models import Settlement, SettlementItem

_SHOWN_LINES = 30


def lines_of(row: Settlement, site_name: str) -> Card:
    """Return the first lines, and the way to all of them."""
    items = SettlementItem.objects.filter(settlement=row).select_related("payment")
    shown = list(items.order_by("line_no")[:_SHOWN_LINES])
    all_of_them = reverse(f"{site_name}:merchants_settlementitem_changelist")
    link = format_html(
        '<a href="{}?settlement__id__exact={}">{}</a>', all_of_them, row.pk, _("All lines")
    )
    rows = [
        (
            item.line_no,
            _(str(item.get_line_type_display())),
            payment_link(item, site_name),
            money(item.gross_minor, row.currency),
            money(item.fee_minor, row.currency),
            money(item.net_minor, row.currency),
        )
        for item in shown
    ]
    heads = (_("No."), _("Kind"), _("Payment"), _("Gross"), _("Fee"), _("Net"))
    return Card(_("Lines"), heads=heads, rows=rows, note=link)


def money(minor: int, currency: str) -> SafeString:
    """Return an amount for a table's column of them."""
    return format_html('<span class="office-money">{}</span>', amount(minor, currency))


def payment_link(item: SettlementItem, site_name: str) -> object:
    """Return the payment of a line, as a link to its page."""
    if item.payment is None:
        return "\N{EN DASH}"
    address = reverse(f"{site_name}:merchants_payment_change", args=[item.payment.pk])
    return format_html('<a href="{}">{}</a>', address, item.payment.number)


def item_order(request: HttpRequest) -> tuple[str, ...]:
    """Return in which order lines are listed: one settlement's from its first, else from the last.

    Both are the index of settlement and line, read forwards or backwards.
    """
    if "settlement__id__exact" in request.GET:
        return ("settlement_id", "line_no")
    return ("-settlement_id", "-line_no")
