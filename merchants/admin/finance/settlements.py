"""Closings, and what each merchant is owed of them; held, released and approved by people."""

from __future__ import annotations

from collections import Counter

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.admin.acting import Doing, DoingAdmin
from merchants.admin.lines import item_order, lines_of, money, payment_link
from merchants.admin.looking import DAY, MERCHANT, Card, Lead, LookAdmin, named
from merchants.admin.money_trail import payment_cards, whereabouts
from merchants.admin.showing import amount, chip_of, column, on, state_column
from merchants.admin.waterfall import waterfall
from merchants.models import Payment, Settlement, SettlementItem, SettlementRun
from merchants.payouts import holds
from merchants.reconciliation.tracing import trace


@admin.register(SettlementRun)
class SettlementRunAdmin(LookAdmin):
    """Closings of calendars' days."""

    title = __("Closings")
    list_display = ("day", "calendar_name", "kind", "due", "closed", "state_column")
    list_filter = ("state", "kind")
    day = named("business_date", DAY)
    calendar_name = named("calendar", __("Calendar"))
    due = named("due_on", __("Due on"))
    state_column = state_column

    def get_queryset(self, request: HttpRequest) -> QuerySet[SettlementRun]:
        return super().get_queryset(request).select_related("calendar")

    @admin.display(description=__("Closed"))
    def closed(self, row: SettlementRun) -> str:
        return on(row.closed_at)

    def lead(self, row: SettlementRun) -> Lead:
        title = _("Closing of %(day)s") % {"day": on(row.business_date)}
        return Lead(title, on(row.business_date), chip_of(row), [str(row.calendar)])

    def cards(self, request: HttpRequest, row: SettlementRun) -> list[Card]:
        facts = [
            (_("From"), on(row.window_from)),
            (_("Until before"), on(row.window_to)),
            (_("Frozen at transaction"), row.through_id),
            (_("Due on"), on(row.due_on)),
            (_("Asked for"), on(row.asked_at)),
            (_("Closed"), on(row.closed_at)),
        ]
        # There are 256 of them at most.
        shards = sorted(Counter(row.shards.values_list("state", flat=True)).items())
        failed = row.shards.exclude(failure="").order_by("number")[:10]
        failures = [(shard.number, shard.attempts, shard.failure) for shard in failed]
        return [
            Card(_("About it"), facts=facts),
            Card(_("Parts"), heads=(_("State"), _("Parts")), rows=shards),
            Card(_("Failures"), heads=(_("Part"), _("Tries"), _("Why")), rows=failures),
        ]


_HOLD = Doing(
    "hold",
    __("Hold"),
    lambda row, given, by, at: holds.hold(settlement=row, reason=given["reason"], by=by, at=at),
    when=lambda row: row.state == "PAYABLE" and row.payout_id is None,
)
_RELEASE = Doing(
    "release",
    __("Release"),
    lambda row, given, by, at: holds.release(settlement=row, reason=given["reason"], by=by, at=at),
    when=lambda row: row.state == "HELD",
)
_APPROVE = Doing(
    "approve",
    __("Approve"),
    lambda row, given, by, at: holds.approve(settlement=row, reason=given["reason"], by=by, at=at),
    when=lambda row: row.state == "REVIEW",
)


@admin.register(Settlement)
class SettlementAdmin(DoingAdmin):
    """What merchants are owed for business days."""

    title = __("Settlements")
    list_display = ("day", "merchant_name", "gross", "net", "paid", "due", "state_column")
    list_filter = ("state",)
    search_fields = ("merchant__public_id__exact",)
    search_help_text = __("The merchant's number")
    ordering = ("-id",)
    doings = (_APPROVE, _HOLD, _RELEASE)
    day = named("business_date", DAY)
    merchant_name = named("merchant", MERCHANT)
    gross = column("payment_gross", __("Payments"))
    net = column("net", __("Net"))
    paid = column("payout", __("Paid out"))
    due = named("due_on", __("Due on"))
    state_column = state_column

    def get_queryset(self, request: HttpRequest) -> QuerySet[Settlement]:
        return super().get_queryset(request).select_related("merchant", "payout")

    def lead(self, row: Settlement) -> Lead:
        says = [str(row.merchant), _("Due on %(day)s") % {"day": on(row.due_on)}]
        if row.hold_reason:
            says.append(row.hold_reason)
        title = _("Settlement of %(day)s") % {"day": on(row.business_date)}
        return Lead(title, amount(row.net_minor, row.currency), chip_of(row), says)

    def cards(self, request: HttpRequest, row: Settlement) -> list[Card]:
        digest = format_html('<span class="office-digest">{}</span>', row.content_sha256)
        facts = [
            (_("Merchant"), row.merchant.public_id),
            (_("Business day"), on(row.business_date)),
            (_("Closed"), on(row.closed_at)),
            (_("Payments"), row.payment_count),
            (_("Lines"), row.item_count),
            (_("Payout"), row.payout or "\N{EN DASH}"),
            (_("Approved"), row.approved_by or "\N{EN DASH}"),
            (_("Digest (SHA-256)"), digest),
        ]
        return [
            Card(_("From gross to net"), template="office/waterfall.html", data=waterfall(row)),
            Card(_("About it"), facts=facts),
            lines_of(row, self.admin_site.name),
        ]


@admin.register(SettlementItem)
class SettlementItemAdmin(LookAdmin):
    """The lines of settlements, by the index of each settlement's lines."""

    title = __("Lines of settlements")
    list_display = ("day", "number", "kind", "paid_by", "net")
    list_display_links = None
    list_filter = ("line_type",)
    day = named("settlement.business_date", DAY)
    number = named("line_no", __("No."))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return item_order(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SettlementItem]:
        return super().get_queryset(request).select_related("settlement", "payment")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return allowed or lookup == "settlement__id__exact"

    @admin.display(description=__("Kind"))
    def kind(self, row: SettlementItem) -> str:
        return _(str(row.get_line_type_display()))

    @admin.display(description=__("Payment"))
    def paid_by(self, row: SettlementItem) -> object:
        return payment_link(row, self.admin_site.name)

    @admin.display(description=__("Net"))
    def net(self, row: SettlementItem) -> object:
        return money(row.net_minor, row.settlement.currency)


@admin.register(Payment)
class PaymentAdmin(LookAdmin):
    """Payments of all merchants, and where the money of each is."""

    title = __("Payments")
    list_display = ("number", "merchant_name", "money", "paid", "state_column")
    list_filter = ("state",)
    search_fields = ("number__exact",)
    search_help_text = __("Payment number")
    merchant_name = named("merchant", MERCHANT)
    money = column("amount", __("Amount"))
    state_column = state_column

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        return super().get_queryset(request).select_related("merchant", "store")

    @admin.display(description=__("Paid"))
    def paid(self, row: Payment) -> str:
        return on(row.paid_at)

    def lead(self, row: Payment) -> Lead:
        title = _("Payment %(number)s") % {"number": row.number}
        return Lead(
            title, amount(row.amount_minor, row.currency), chip_of(row), [str(row.merchant)]
        )

    def cards(self, request: HttpRequest, row: Payment) -> list[Card]:
        found = trace(payment=row, at=timezone.now())
        return [whereabouts(found, self.admin_site.name), *payment_cards(row)]
