"""What payers contest of a merchant's payments."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.access.permissions import Permission
from merchants.admin.looking import Card, Lead, named
from merchants.admin.own.scope import OwnAdmin
from merchants.admin.own.site import site
from merchants.admin.showing import amount, chip_of, column, on, state_column
from merchants.models import Dispute, DisputeEvidence


@admin.register(Dispute, site=site)
class OwnDisputeAdmin(OwnAdmin):
    """Claims of payers; answered and conceded over the API."""

    needs = Permission.PAYMENTS_READ
    to_store = "payment__store"
    title = __("Disputes")
    list_display = ("opened", "payment_number", "amount", "why", "answer_until", "state_column")
    list_filter = ("state",)
    payment_number = named("payment.number", __("Payment"))
    amount = column("amount", __("Amount"))
    state_column = state_column

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        return super().get_queryset(request).select_related("payment")

    @admin.display(description=__("Opened"))
    def opened(self, row: Dispute) -> str:
        return on(row.opened_at)

    @admin.display(description=__("Reason"))
    def why(self, row: Dispute) -> str:
        return _(str(row.get_reason_display()))

    @admin.display(description=__("Answer until"))
    def answer_until(self, row: Dispute) -> str:
        return on(row.answer_by)

    def lead(self, row: Dispute) -> Lead:
        says = [self.why(row), _("Answer until %(day)s") % {"day": on(row.answer_by)}]
        title = _("Dispute about %(number)s") % {"number": row.payment.number}
        return Lead(title, amount(row.amount_minor, row.currency), chip_of(row), says)

    def cards(self, request: HttpRequest, row: Dispute) -> list[Card]:
        address = reverse(
            f"{self.admin_site.name}:merchants_payment_change", args=[row.payment_id]
        )
        facts = [
            (_("Payment"), format_html('<a href="{}">{}</a>', address, row.payment.number)),
            (_("Opened"), on(row.opened_at)),
            (_("Answered"), on(row.answered_at)),
            (_("Decided until"), on(row.decide_by)),
            (_("Ended"), on(row.ended_at)),
        ]
        shown = DisputeEvidence.objects.filter(dispute=row).defer("file").order_by("pk")
        rows = [
            (on(e.added_at), _(str(e.get_side_display())), e.text or e.file_type) for e in shown
        ]
        heads = (_("When"), _("By"), _("What"))
        return [
            Card(_("What the payer says"), note=row.statement),
            Card(_("About it"), facts=facts),
            Card(_("Evidence"), heads=heads, rows=rows),
        ]
