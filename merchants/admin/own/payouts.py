"""A merchant's payouts: when, how much, to which account, and what the bank said."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.access.permissions import Permission
from merchants.admin.looking import Card, Lead, named
from merchants.admin.money_trail import payout_cards
from merchants.admin.own.scope import OwnAdmin
from merchants.admin.own.site import site
from merchants.admin.showing import amount, chip_of, column, on, state_column
from merchants.models import MerchantBankAccount, Payout


@admin.register(Payout, site=site)
class OwnPayoutAdmin(OwnAdmin):
    """What was and is paid to the merchant's bank account."""

    needs = Permission.SETTLEMENTS_READ
    title = __("Payouts")
    list_display = ("number", "amount", "to", "due", "paid", "state_column")
    list_filter = ("state",)
    search_fields = ("number__exact",)
    amount = column("amount", __("Amount"))
    to = named("bank_account.masked", __("To"))
    due = named("due_on", __("Due on"))
    state_column = state_column

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payout]:
        return super().get_queryset(request).select_related("bank_account")

    @admin.display(description=__("Paid"))
    def paid(self, row: Payout) -> str:
        return on(row.paid_at)

    def lead(self, row: Payout) -> Lead:
        says = [_("Due on %(day)s") % {"day": on(row.due_on)}]
        if row.reason_code or row.reason:
            says.append(f"{row.reason_code} {row.reason}".strip())
        title = _("Payout %(number)s") % {"number": row.number}
        return Lead(title, amount(row.amount_minor, row.currency), chip_of(row), says)

    def cards(self, request: HttpRequest, row: Payout) -> list[Card]:
        return payout_cards(row, self.admin_site.name)


@admin.register(MerchantBankAccount, site=site)
class OwnBankAccountAdmin(OwnAdmin):
    """Where the merchant is paid to; changed in the API by an owner with a second proof."""

    needs = Permission.BANK_ACCOUNT_READ
    title = __("Bank accounts")
    list_display = ("masked", "bank", "holder", "state_column", "usable")
    bank = named("bank_code", __("Bank"))
    holder = named("holder_name", __("In the name of"))
    state_column = state_column

    @admin.display(description=__("Account"))
    def masked(self, row: MerchantBankAccount) -> str:
        return row.masked

    @admin.display(description=__("Paid to from"))
    def usable(self, row: MerchantBankAccount) -> str:
        return on(row.usable_from)

    def lead(self, row: MerchantBankAccount) -> Lead:
        return Lead(
            _("Bank account %(number)s") % {"number": row.masked}, row.masked, chip_of(row)
        )

    def cards(self, request: HttpRequest, row: MerchantBankAccount) -> list[Card]:
        facts = [
            (_("Bank"), row.bank_code),
            (_("In the name of"), row.holder_name),
            (_("Asked for"), on(row.requested_at)),
            (_("Decided"), on(row.decided_at)),
            (_("Paid to from"), on(row.usable_from)),
        ]
        return [Card(_("About it"), facts=facts)]
