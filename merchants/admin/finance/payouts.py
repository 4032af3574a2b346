"""Payout runs, proposed and signed by two; payouts; and corrections of what is owed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from ledger.errors import LedgerError
from ledger.money import Money
from merchants.admin.acting import Doing, DoingAdmin, ReasonForm
from merchants.admin.lines import money
from merchants.admin.looking import MERCHANT, Card, Lead, LookAdmin, named
from merchants.admin.money_trail import payout_cards
from merchants.admin.showing import amount, chip_of, column, on, state_column
from merchants.models import Adjustment, Merchant, Payout, PayoutRun
from merchants.payouts import adjustments, signing
from merchants.payouts.proposing import propose
from wallet.models import User

_SHOWN = 30


class ProposalForm(ReasonForm):
    """Which payouts: all that is due by a day."""

    currency = forms.RegexField(r"^[A-Z]{3}\Z", label=__("Currency"), initial="KRW")
    due_on = forms.DateField(
        label=__("Due by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    field_order = ("currency", "due_on", "reason")


def _propose(_row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return propose(currency=given["currency"], due_on=given["due_on"], by=by, at=at)


@admin.register(PayoutRun)
class PayoutRunAdmin(DoingAdmin):
    """Payouts that go to the bank in one file, signed by two persons."""

    title = __("Payout runs")
    list_display = (
        "number",
        "due",
        "payouts",
        "total",
        "maker_name",
        "checker_name",
        "state_column",
    )
    list_filter = ("state",)
    search_fields = ("number__exact",)
    due = named("due_on", __("Due on"))
    payouts = named("payout_count", __("Payouts"))
    total = column("total", __("Amount"))
    maker_name = named("maker.phone", __("First signature"))
    checker_name = named("checker.phone", __("Second signature"))
    state_column = state_column
    doings = (
        Doing("propose", __("Propose a run"), _propose, form=ProposalForm, of_list=True),
        Doing(
            "sign",
            __("Sign"),
            lambda row, given, by, at: signing.sign(run=row, seen=given["seen"], by=by, at=at),
            seen_of=signing.seen_of,
            when=lambda row: row.state == "DRAFT",
        ),
        Doing(
            "cancel",
            __("Give up"),
            lambda row, given, by, at: signing.cancel(
                run=row, reason=given["reason"], by=by, at=at
            ),
            when=lambda row: row.state in ("DRAFT", "SIGNED"),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayoutRun]:
        return super().get_queryset(request).select_related("maker", "checker").defer("file")

    def lead(self, row: PayoutRun) -> Lead:
        says = [_("Due on %(day)s") % {"day": on(row.due_on)}, row.version]
        title = _("Payout run %(number)s") % {"number": row.number}
        return Lead(title, amount(row.total_minor, row.currency), chip_of(row), says)

    def cards(self, request: HttpRequest, row: PayoutRun) -> list[Card]:
        facts = [
            (_("Payouts"), row.payout_count),
            (_("Proposed"), on(row.proposed_at)),
            (_("First signature"), row.maker.phone if row.maker else "\N{EN DASH}"),
            (_("Second signature"), row.checker.phone if row.checker else "\N{EN DASH}"),
            (_("Sent"), on(row.sent_at)),
            (_("Closed"), on(row.closed_at)),
        ]
        return [Card(_("About it"), facts=facts), self._payouts(row)]

    def _payouts(self, run: PayoutRun) -> Card:
        rows = Payout.objects.filter(run=run).select_related("merchant", "bank_account")
        shown = [
            (
                _page_of(one, self.admin_site.name),
                one.merchant,
                f"{one.bank_account.bank_code} {one.bank_account.masked}",
                money(one.amount_minor, one.currency),
                chip_of(one),
            )
            for one in rows.order_by("pk")[:_SHOWN]
        ]
        heads = (_("Payout"), _("Merchant"), _("To"), _("Amount"), _("State"))
        note = _("The first %(count)s are shown.") % {"count": _SHOWN}
        return Card(
            _("Payouts"), heads=heads, rows=shown, note=note if run.payout_count > _SHOWN else ""
        )


def _page_of(payout: Payout, site_name: str) -> object:
    address = reverse(f"{site_name}:merchants_payout_change", args=[payout.pk])
    return format_html('<a href="{}">{}</a>', address, payout.number)


@admin.register(Payout)
class PayoutAdmin(LookAdmin):
    """What is and was paid to merchants' bank accounts."""

    title = __("Payouts")
    list_display = ("number", "merchant_name", "money", "to", "due", "state_column")
    list_filter = ("state",)
    search_fields = ("number__exact", "merchant__public_id__exact")
    merchant_name = named("merchant", MERCHANT)
    money = column("amount", __("Amount"))
    to = named("bank_account.masked", __("To"))
    due = named("due_on", __("Due on"))
    state_column = state_column

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payout]:
        return super().get_queryset(request).select_related("merchant", "bank_account")

    def lead(self, row: Payout) -> Lead:
        says = [str(row.merchant), _("Due on %(day)s") % {"day": on(row.due_on)}]
        says += [f"{row.reason_code} {row.reason}"] if row.reason_code else []
        title = _("Payout %(number)s") % {"number": row.number}
        return Lead(title, amount(row.amount_minor, row.currency), chip_of(row), says)

    def cards(self, request: HttpRequest, row: Payout) -> list[Card]:
        return payout_cards(row, self.admin_site.name)


class AdjustmentForm(ReasonForm):
    """What a merchant is to be owed more, or less where it begins with a minus."""

    merchant = forms.CharField(label=__("The merchant's number"), max_length=25)
    amount = forms.CharField(
        label=__("Amount"), max_length=20, help_text=__("Less where it begins with a minus.")
    )
    field_order = ("merchant", "amount", "reason")

    def clean_merchant(self) -> Merchant:
        """Find the merchant."""
        found = Merchant.objects.filter(public_id=self.cleaned_data["merchant"]).first()
        if found is None:
            raise forms.ValidationError(_("There is no such merchant."))
        return found

    def clean(self) -> dict[str, Any]:
        """Read the amount in the merchant's currency."""
        given = self.cleaned_data
        merchant, text = given.get("merchant"), given.get("amount", "")
        if merchant is not None and text:
            try:
                read = Money.from_major(text.removeprefix("-"), merchant.currency)
            except LedgerError as error:
                raise forms.ValidationError(str(error)) from error
            given["money"] = -read if text.startswith("-") else read
        return given


def _request(_row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return adjustments.request(
        merchant=given["merchant"], amount=given["money"], reason=given["reason"], by=by, at=at
    )


@admin.register(Adjustment)
class AdjustmentAdmin(DoingAdmin):
    """Corrections of what merchants are owed: asked for by one person, decided by another."""

    title = __("Adjustments")
    list_display = ("why", "merchant_name", "money", "asked", "state_column")
    list_filter = ("state",)
    merchant_name = named("merchant", MERCHANT)
    money = column("amount", __("Amount"))
    why = named("reason", __("Why"))
    state_column = state_column
    doings = (
        Doing("request", __("Ask for a correction"), _request, form=AdjustmentForm, of_list=True),
        Doing(
            "approve",
            __("Approve and post"),
            lambda row, given, by, at: adjustments.approve(
                adjustment=row, seen=given["seen"], by=by, at=at
            ),
            seen_of=adjustments.seen_of,
            when=lambda row: row.state == "REQUESTED",
        ),
        Doing(
            "reject",
            __("Reject"),
            lambda row, _given, by, at: adjustments.reject(adjustment=row, by=by, at=at),
            when=lambda row: row.state == "REQUESTED",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Adjustment]:
        rows = super().get_queryset(request)
        return rows.select_related("merchant", "requested_by", "decided_by")

    @admin.display(description=__("Asked for"))
    def asked(self, row: Adjustment) -> str:
        return on(row.requested_at)

    def lead(self, row: Adjustment) -> Lead:
        says = [str(row.merchant), row.reason]
        return Lead(_("Adjustment"), amount(row.amount_minor, row.currency), chip_of(row), says)

    def cards(self, request: HttpRequest, row: Adjustment) -> list[Card]:
        facts = [
            (_("Asked for by"), row.requested_by.phone),
            (_("Asked for"), on(row.requested_at)),
            (_("Decided by"), row.decided_by.phone if row.decided_by else "\N{EN DASH}"),
            (_("Decided"), on(row.decided_at)),
        ]
        return [Card(_("About it"), facts=facts)]
