"""A merchant's payments and refunds, and where the money of each is."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.access.permissions import Permission
from merchants.admin.looking import Card, Lead, named
from merchants.admin.own.callers import require_caller
from merchants.admin.own.scope import OwnAdmin, OwnFilter
from merchants.admin.own.settlements import money
from merchants.admin.own.site import site
from merchants.admin.own.wall import opened
from merchants.admin.showing import amount, chip_of, column, on, state_column
from merchants.admin.words import WHERE, reason_of
from merchants.models import Payment, Refund
from merchants.reconciliation.tracing import Trace, trace


@admin.register(Payment, site=site)
class OwnPaymentAdmin(OwnAdmin):
    """What was paid at the merchant's stores; of the payer nothing is shown."""

    needs = Permission.PAYMENTS_READ
    to_store = "store"
    title = __("Payments")
    list_display = ("number", "order", "where", "paid", "amount", "fee", "back", "state_column")
    list_filter = ("state", ("store", OwnFilter))
    search_fields = ("number__exact", "merchant_order_no__exact")
    search_help_text = __("Payment or order number")
    order = named("merchant_order_no", __("Order"))
    where = named("store", __("Store"))
    amount = column("amount", __("Amount"))
    fee = column("fee", __("Fee"))
    back = column("refunded", __("Given back"))
    state_column = state_column

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        return super().get_queryset(request).select_related("store", "merchant")

    @admin.display(description=__("Paid"))
    def paid(self, row: Payment) -> str:
        return on(row.paid_at)

    def lead(self, row: Payment) -> Lead:
        title = _("Payment %(number)s") % {"number": row.number}
        return Lead(title, amount(row.amount_minor, row.currency), chip_of(row))

    def cards(self, request: HttpRequest, row: Payment) -> list[Card]:
        cards = [Card(_("About it"), facts=_facts(row)), _refunds(row)]
        caller = require_caller(request)
        if caller.may_everywhere(Permission.SETTLEMENTS_READ):
            # The payment was found within the wall; its way to the bank leads through tables
            # that are nobody's in particular.
            with opened(caller.merchant.pk):
                found = trace(payment=row, at=timezone.now())
            cards.insert(0, _whereabouts(found, self.admin_site.name))
        return cards


def _facts(row: Payment) -> list[tuple[object, object]]:
    return [
        (_("Store"), row.store or "\N{EN DASH}"),
        (_("Order"), row.merchant_order_no or "\N{EN DASH}"),
        (_("Made"), on(row.created_at)),
        (_("Paid"), on(row.paid_at)),
        (_("Captured"), amount(row.captured_minor, row.currency)),
        (_("Tip"), amount(row.tip_minor, row.currency)),
        (_("Fee"), amount(row.fee_minor, row.currency)),
        (_("Given back"), amount(row.refunded_minor, row.currency)),
        (_("Contested"), amount(row.disputed_minor, row.currency)),
    ]


def _refunds(row: Payment) -> Card:
    given = Refund.objects.filter(payment=row).order_by("pk")
    rows = [(r.number, on(r.refunded_at), money(r.amount_minor, row.currency)) for r in given]
    return Card(_("Refunds"), heads=(_("No."), _("When"), _("Amount")), rows=rows)


def _whereabouts(found: Trace, site_name: str) -> Card:
    facts: list[tuple[object, object]] = [(_("Next step"), on(found.next_on))]
    settlement = found.settlement
    if settlement is not None:
        address = reverse(f"{site_name}:merchants_settlement_change", args=[settlement.pk])
        day = on(settlement.business_date)
        facts.append((_("Settlement"), format_html('<a href="{}">{}</a>', address, day)))
        if settlement.hold_reason:
            facts.append((_("Why"), reason_of(settlement.hold_reason)))
        if settlement.payout is not None:
            address = reverse(f"{site_name}:merchants_payout_change", args=[settlement.payout.pk])
            number = settlement.payout.number
            facts.append((_("Payout"), format_html('<a href="{}">{}</a>', address, number)))
    if found.line is not None:
        facts.append((_("On the bank's statement"), on(found.line.booked_on)))
    return Card(_("Where the money is"), facts=facts, note=WHERE[found.where.value])
