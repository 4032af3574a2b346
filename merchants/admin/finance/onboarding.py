"""Who becomes a merchant, where a merchant is paid to, and whether it takes payments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.admin.acting import Doing, DoingAdmin, ReasonForm
from merchants.admin.looking import MERCHANT, Card, Lead, named
from merchants.admin.showing import chip_of, on, state_column
from merchants.models import Application, FeePlan, Merchant, MerchantBankAccount
from merchants.onboarding import bank_accounts, decisions, standing
from merchants.onboarding.digests import account_facts, application_facts, digest_of
from wallet.models import User


class PlanForm(ReasonForm):
    """By which fee plan a merchant would pay."""

    plan = forms.CharField(label=__("Fee plan"), max_length=60)
    field_order = ("plan", "reason")

    def clean_plan(self) -> FeePlan:
        """Find the plan by its name."""
        found = FeePlan.objects.filter(name=self.cleaned_data["plan"]).first()
        if found is None:
            raise forms.ValidationError(_("There is no such fee plan."))
        return found


def _review(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return decisions.review(application=row, plan=given["plan"], by=by, at=at)


def _accept(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return decisions.approve(application=row, seen=given["seen"], by=by, at=at)


def _turn_down(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return decisions.reject(application=row, reason=given["reason"], by=by, at=at)


def _seen_of(row: Application) -> str:
    return digest_of(application_facts(row))


@admin.register(Application)
class ApplicationAdmin(DoingAdmin):
    """Applications: one colleague reviews, another one approves."""

    title = __("Applications")
    list_display = ("public_id", "name", "registration_number", "submitted", "state_column")
    list_filter = ("state",)
    search_fields = ("public_id__exact", "registration_number__exact")
    name = named("legal_name", __("Name"))
    state_column = state_column
    doings = (
        Doing(
            "review",
            __("Find in order"),
            _review,
            form=PlanForm,
            when=lambda row: row.state == "SUBMITTED",
        ),
        Doing(
            "approve",
            __("Approve"),
            _accept,
            seen_of=_seen_of,
            when=lambda row: row.state == "REVIEWED",
        ),
        Doing(
            "reject",
            __("Reject"),
            _turn_down,
            when=lambda row: row.state in ("SUBMITTED", "REVIEWED"),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        return super().get_queryset(request).select_related("fee_plan")

    @admin.display(description=__("Asked for"))
    def submitted(self, row: Application) -> str:
        return on(row.submitted_at)

    def lead(self, row: Application) -> Lead:
        return Lead(row.legal_name, row.legal_name, chip_of(row), [on(row.submitted_at)])

    def cards(self, request: HttpRequest, row: Application) -> list[Card]:
        facts = [(name, _shown(name, value)) for name, value in application_facts(row).items()]
        return [Card(_("What is decided about"), facts=facts)]


def _shown(name: str, value: object) -> object:
    text = str(value)
    return "*" * max(len(text) - 4, 0) + text[-4:] if name == "bank_number" else text


@admin.register(MerchantBankAccount)
class MerchantBankAccountAdmin(DoingAdmin):
    """Where merchants are paid to; another account is approved, and cools off."""

    title = __("Bank accounts")
    list_display = ("masked", "merchant_name", "asked", "usable", "state_column")
    list_filter = ("state",)
    merchant_name = named("merchant", MERCHANT)
    masked = named("masked", __("Account"))
    state_column = state_column
    doings = (
        Doing(
            "approve",
            __("Approve"),
            lambda row, given, by, at: bank_accounts.approve_change(
                account=row, seen=given["seen"], by=by, at=at
            ),
            seen_of=lambda row: digest_of(account_facts(row)),
            when=lambda row: row.state == "REQUESTED",
        ),
        Doing(
            "reject",
            __("Reject"),
            lambda row, given, by, at: bank_accounts.reject_change(
                account=row, reason=given["reason"], by=by, at=at
            ),
            when=lambda row: row.state == "REQUESTED",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[MerchantBankAccount]:
        return super().get_queryset(request).select_related("merchant")

    @admin.display(description=__("Asked for"))
    def asked(self, row: MerchantBankAccount) -> str:
        return on(row.requested_at)

    @admin.display(description=__("Paid to from"))
    def usable(self, row: MerchantBankAccount) -> str:
        return on(row.usable_from)

    def lead(self, row: MerchantBankAccount) -> Lead:
        title = _("Bank account %(number)s") % {"number": row.masked}
        return Lead(title, row.masked, chip_of(row), [str(row.merchant), row.holder_name])

    def cards(self, request: HttpRequest, row: MerchantBankAccount) -> list[Card]:
        facts = [
            (_("Bank"), row.bank_code),
            (_("In the name of"), row.holder_name),
            (_("Asked for"), on(row.requested_at)),
            (_("Decided"), on(row.decided_at)),
            (_("Paid to from"), on(row.usable_from)),
        ]
        return [Card(_("About it"), facts=facts)]


@admin.register(Merchant)
class MerchantAdmin(DoingAdmin):
    """Legal parties that are owed money."""

    title = __("Merchants")
    list_display = ("public_id", "name", "registration_number", "currency", "stands")
    list_filter = ("status",)
    search_fields = ("public_id__exact", "registration_number__exact", "legal_name__startswith")
    name = named("legal_name", __("Name"))
    doings = (
        Doing(
            "suspend",
            __("Suspend"),
            lambda row, given, by, at: standing.suspend(
                merchant=row, reason=given["reason"], by=by, at=at
            ),
            when=lambda row: row.status == "ACTIVE",
        ),
        Doing(
            "lift",
            __("Lift the suspension"),
            lambda row, given, by, at: standing.lift(
                merchant=row, reason=given["reason"], by=by, at=at
            ),
            when=lambda row: row.status == "SUSPENDED",
        ),
    )

    @admin.display(description=__("State"))
    def stands(self, row: Merchant) -> object:
        return chip_of(row, "status")

    def lead(self, row: Merchant) -> Lead:
        return Lead(row.legal_name, row.legal_name, chip_of(row, "status"), [row.public_id])

    def cards(self, request: HttpRequest, row: Merchant) -> list[Card]:
        facts = [
            (_("Registration number"), row.registration_number or "\N{EN DASH}"),
            (_("Currency"), row.currency),
            (_("Contact"), row.contact_name or "\N{EN DASH}"),
            (_("Minimum payout"), row.minimum_payout_minor),
        ]
        stores = [(s.public_id, s.name, s.city) for s in row.stores.order_by("pk")[:30]]
        audits = [
            (on(a.happened_at), a.action, a.actor, a.reason)
            for a in row.audits.order_by("-pk")[:30]
        ]
        return [
            Card(_("About it"), facts=facts),
            Card(_("Stores"), heads=(_("Number"), _("Store"), _("City")), rows=stores),
            Card(_("What was done"), heads=(_("When"), _("What"), _("By"), _("Why")), rows=audits),
        ]
