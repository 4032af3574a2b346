"""A merchant's stores, tills and staff; changed over the API."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.access.permissions import Permission
from merchants.admin.looking import Card, Lead, named
from merchants.admin.own.scope import OwnAdmin
from merchants.admin.own.site import site
from merchants.admin.showing import on
from merchants.models import StaffRole, Store, Terminal


@admin.register(Store, site=site)
class OwnStoreAdmin(OwnAdmin):
    """Where the merchant accepts payments."""

    needs = Permission.STORES_READ
    to_store = "pk"
    title = __("Stores")
    list_display = ("called", "public_id", "town", "open_for_payments")
    called = named("name", __("Store"))
    town = named("city", __("City"))

    @admin.display(description=__("Accepts payments"), boolean=True)
    def open_for_payments(self, row: Store) -> bool:
        return row.accepts

    def lead(self, row: Store) -> Lead:
        return Lead(row.name, row.name, "", [row.address or row.city])

    def cards(self, request: HttpRequest, row: Store) -> list[Card]:
        tills = Terminal.objects.filter(store=row, revoked_at=None).order_by("pk")
        rows = [(till.label, till.public_id, on(till.added_at)) for till in tills]
        facts = [
            (_("Number"), row.public_id),
            (_("Name in Latin letters"), row.latin_name),
            (_("Category"), row.merchant_category_code),
            (_("Poster"), row.poster_version),
        ]
        heads = (_("Till"), _("Number"), _("Since"))
        return [Card(_("About it"), facts=facts), Card(_("Tills"), heads=heads, rows=rows)]


@admin.register(StaffRole, site=site)
class OwnStaffAdmin(OwnAdmin):
    """Who works for the merchant, and as what."""

    needs = Permission.STAFF_READ
    title = __("Staff")
    list_display = ("who", "as_what", "where", "since", "until")
    where = named("store", __("Store"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffRole]:
        return super().get_queryset(request).select_related("store")

    @admin.display(description=__("Number"))
    def who(self, row: StaffRole) -> str:
        return str(row.public_id)[:8]

    @admin.display(description=__("Role"))
    def as_what(self, row: StaffRole) -> str:
        return _(str(row.get_role_display()))

    @admin.display(description=__("Since"))
    def since(self, row: StaffRole) -> str:
        return on(row.began_at)

    @admin.display(description=__("Until"))
    def until(self, row: StaffRole) -> str:
        return on(row.ended_at)

    def lead(self, row: StaffRole) -> Lead:
        return Lead(self.as_what(row), self.as_what(row))

    def cards(self, request: HttpRequest, row: StaffRole) -> list[Card]:
        facts = [
            (_("Number"), row.public_id),
            (_("Store"), row.store or _("All stores")),
            (_("Since"), on(row.began_at)),
            (_("Until"), on(row.ended_at)),
        ]
        return [Card(_("About it"), facts=facts)]
