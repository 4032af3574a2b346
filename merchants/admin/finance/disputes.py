"""Payments that their payers contest: one person proposes how it ends, another one agrees."""

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
from merchants.admin.showing import amount, chip_of, column, on, state_column
from merchants.disputes import deciding
from merchants.models import Dispute, DisputeEvidence
from merchants.onboarding.digests import digest_of
from merchants.states import DisputeState
from wallet.models import User


class OutcomeForm(ReasonForm):
    """How a dispute should end."""

    outcome = forms.ChoiceField(
        label=__("How it should end"),
        choices=[(one.value, one.label) for one in (DisputeState.WON, DisputeState.LOST)],
    )
    field_order = ("outcome", "reason")


def _propose(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    outcome = DisputeState(given["outcome"])
    return deciding.propose(dispute=row, outcome=outcome, reason=given["reason"], by=by, at=at)


def _send_back(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return deciding.send_back(dispute=row, reason=given["reason"], by=by, at=at)


def _agree(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return deciding.approve(dispute=row, seen=given["seen"], by=by, at=at)


def _seen_of(row: Dispute) -> str:
    return digest_of(deciding.dispute_facts(row))


@admin.register(Dispute)
class DisputeAdmin(DoingAdmin):
    """Claims of payers to have their money back."""

    title = __("Disputes")
    list_display = ("opened", "merchant_name", "payment_number", "money", "until", "state_column")
    list_filter = ("state", "reason")
    search_fields = ("public_id__exact", "payment__number__exact")
    merchant_name = named("merchant", MERCHANT)
    payment_number = named("payment.number", __("Payment"))
    money = column("amount", __("Amount"))
    state_column = state_column
    doings = (
        Doing(
            "propose",
            __("Propose how it ends"),
            _propose,
            form=OutcomeForm,
            when=lambda row: row.state == "OPEN",
        ),
        Doing(
            "agree",
            __("Agree"),
            _agree,
            seen_of=_seen_of,
            when=lambda row: row.state == "PROPOSED",
        ),
        Doing("send_back", __("Send back"), _send_back, when=lambda row: row.state == "PROPOSED"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        return super().get_queryset(request).select_related("merchant", "payment", "proposed_by")

    @admin.display(description=__("Opened"))
    def opened(self, row: Dispute) -> str:
        return on(row.opened_at)

    @admin.display(description=__("Decided until"))
    def until(self, row: Dispute) -> str:
        return on(row.decide_by)

    def lead(self, row: Dispute) -> Lead:
        title = _("Dispute about %(number)s") % {"number": row.payment.number}
        says = [str(row.merchant), _(str(row.get_reason_display()))]
        return Lead(title, amount(row.amount_minor, row.currency), chip_of(row), says)

    def cards(self, request: HttpRequest, row: Dispute) -> list[Card]:
        facts = [
            (_("Opened"), on(row.opened_at)),
            (_("Answer until"), on(row.answer_by)),
            (_("Answered"), on(row.answered_at)),
            (_("Decided until"), on(row.decide_by)),
            (_("Ended"), on(row.ended_at)),
        ]
        proposal = [
            (_("How it should end"), row.proposal or "\N{EN DASH}"),
            (_("Why"), row.proposal_reason or "\N{EN DASH}"),
            (_("By"), row.proposed_by.phone if row.proposed_by else "\N{EN DASH}"),
        ]
        shown = DisputeEvidence.objects.filter(dispute=row).defer("file").order_by("pk")
        rows = [
            (on(e.added_at), _(str(e.get_side_display())), e.text or e.file_type) for e in shown
        ]
        heads = (_("When"), _("By"), _("What"))
        return [
            Card(_("What the payer says"), note=row.statement),
            Card(_("About it"), facts=facts),
            Card(_("Proposal"), facts=proposal),
            Card(_("Evidence"), heads=heads, rows=rows),
        ]
