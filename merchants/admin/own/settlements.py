"""A merchant's settlements and their lines: from gross to net, and down to each payment."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.access.permissions import Permission
from merchants.admin.lines import item_order, lines_of, money, payment_link
from merchants.admin.looking import DAY, Card, Lead, named
from merchants.admin.own.scope import OwnAdmin, OwnFilter
from merchants.admin.own.site import site
from merchants.admin.showing import amount, chip_of, column, on, state_column
from merchants.admin.waterfall import waterfall
from merchants.admin.words import reason_of
from merchants.models import Settlement, SettlementItem


@admin.register(Settlement, site=site)
class OwnSettlementAdmin(OwnAdmin):
    """What the merchant is owed for each business day."""

    needs = Permission.SETTLEMENTS_READ
    title = __("Settlements")
    list_display = ("day", "gross", "net", "paid", "due", "state_column")
    list_filter = ("state",)
    ordering = ("-id",)
    day = named("business_date", DAY)
    gross = column("payment_gross", __("Payments"))
    net = column("net", __("Net"))
    paid = column("payout", __("Paid out"))
    due = named("due_on", __("Due on"))
    state_column = state_column

    def get_queryset(self, request: HttpRequest) -> QuerySet[Settlement]:
        return super().get_queryset(request).select_related("payout")

    def lead(self, row: Settlement) -> Lead:
        says = [_("Due on %(day)s") % {"day": on(row.due_on)}]
        if row.hold_reason:
            says.append(reason_of(row.hold_reason))
        if row.carry_out_minor:
            says.append(_("It is part of the next settlement, because too little is left to pay."))
        title = _("Settlement of %(day)s") % {"day": on(row.business_date)}
        return Lead(title, amount(row.net_minor, row.currency), chip_of(row), says)

    def cards(self, request: HttpRequest, row: Settlement) -> list[Card]:
        return [
            Card(_("From gross to net"), template="office/waterfall.html", data=waterfall(row)),
            Card(_("About it"), facts=_facts(row, self.admin_site.name)),
            lines_of(row, self.admin_site.name),
        ]


def _facts(row: Settlement, site_name: str) -> list[tuple[object, object]]:
    facts: list[tuple[object, object]] = [
        (_("Business day"), on(row.business_date)),
        (_("Closed"), on(row.closed_at)),
        (_("Payments"), row.payment_count),
        (_("Refunds"), row.refund_count),
        (_("Lines"), row.item_count),
        (_("Minimum payout"), amount(row.minimum_payout_minor, row.currency)),
    ]
    if row.payout is not None:
        address = reverse(f"{site_name}:merchants_payout_change", args=[row.payout.pk])
        facts.append((_("Payout"), format_html('<a href="{}">{}</a>', address, row.payout.number)))
    digest = format_html('<span class="office-digest">{}</span>', row.content_sha256)
    return [*facts, (_("Digest (SHA-256)"), digest)]


@admin.register(SettlementItem, site=site)
class OwnItemAdmin(OwnAdmin):
    """The lines of settlements: each links one entry of the book, which is settled once."""

    needs = Permission.SETTLEMENTS_READ
    to_merchant = "settlement__merchant"
    title = __("Lines of settlements")
    list_display = ("day", "number", "kind", "paid_by", "gross", "fee", "vat", "net", "late")
    list_display_links = None
    list_filter = (("settlement", OwnFilter), "line_type")
    # By the index of each settlement's lines: the newest settlement first.
    day = named("settlement.business_date", DAY)
    number = named("line_no", __("No."))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return item_order(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SettlementItem]:
        return super().get_queryset(request).select_related("settlement", "payment")

    @admin.display(description=__("Kind"))
    def kind(self, row: SettlementItem) -> str:
        return _(str(row.get_line_type_display()))

    @admin.display(description=__("Payment"))
    def paid_by(self, row: SettlementItem) -> object:
        return payment_link(row, self.admin_site.name)

    @admin.display(description=__("Gross"))
    def gross(self, row: SettlementItem) -> SafeString:
        return money(row.gross_minor, row.settlement.currency)

    @admin.display(description=__("Fee"))
    def fee(self, row: SettlementItem) -> SafeString:
        return money(row.fee_minor, row.settlement.currency)

    @admin.display(description=__("VAT"))
    def vat(self, row: SettlementItem) -> SafeString:
        return money(row.vat_minor, row.settlement.currency)

    @admin.display(description=__("Net"))
    def net(self, row: SettlementItem) -> SafeString:
        return money(row.net_minor, row.settlement.currency)

    @admin.display(description=__("Late, of"))
    def late(self, row: SettlementItem) -> str:
        return on(row.original_business_date) if row.is_late else ""

    def lead(self, row: SettlementItem) -> Lead:
        title = _("Line %(number)s") % {"number": row.line_no}
        return Lead(title, amount(row.net_minor, row.settlement.currency))

    def cards(self, request: HttpRequest, row: SettlementItem) -> list[Card]:
        currency = row.settlement.currency
        facts: list[tuple[Any, Any]] = [
            (_("Kind"), self.kind(row)),
            (_("Payment"), payment_link(row, self.admin_site.name)),
            (_("Gross"), amount(row.gross_minor, currency)),
            (_("Fee"), amount(row.fee_minor, currency)),
            (_("VAT"), amount(row.vat_minor, currency)),
            (_("Net"), amount(row.net_minor, currency)),
        ]
        return [Card(_("About it"), facts=facts)]
