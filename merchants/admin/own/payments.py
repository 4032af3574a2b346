"""A merchant's payments and refunds, and where the money of each is."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.access.permissions import Permission
from merchants.admin.looking import Card, Lead, named
from merchants.admin.money_trail import payment_cards, whereabouts
from merchants.admin.own.callers import require_caller
from merchants.admin.own.scope import OwnAdmin, OwnFilter
from merchants.admin.own.site import site
from merchants.admin.own.wall import opened
from merchants.admin.showing import amount, chip_of, column, on, state_column
from merchants.models import Payment
from merchants.reconciliation.tracing import trace


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
        cards = payment_cards(row)
        caller = require_caller(request)
        if caller.may_everywhere(Permission.SETTLEMENTS_READ):
            # The payment was found within the wall; its way to the bank leads through tables
            # that are nobody's in particular.
            with opened(caller.merchant.pk):
                found = trace(payment=row, at=timezone.now())
            cards.insert(0, whereabouts(found, self.admin_site.name))
        return cards
