"""Differences that nobody has explained yet: taken, looked into, proposed, decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.admin.acting import Doing, DoingAdmin, ReasonForm
from merchants.admin.looking import Card, Lead, named
from merchants.admin.showing import amount, chip_of, column, on, state_column
from merchants.calendars.bank_days import bank_days_between
from merchants.errors import BreakState
from merchants.models import Break, BreakResolution
from merchants.onboarding.digests import digest_of
from merchants.reconciliation import workflow
from merchants.reconciliation.rules import COUNTRY, HOME_ZONE
from wallet.models import User

_SHOWN = 30


class ResolutionForm(ReasonForm):
    """How a break is explained, and against which account it is posted."""

    resolution = forms.ChoiceField(
        label=__("What it was"),
        choices=[one for one in Break.Resolution.choices if one[0] != "MATCHED"],
    )
    counter_account = forms.ChoiceField(
        label=__("Posted against"), choices=[(code, code) for code in workflow.COUNTER_ACCOUNTS]
    )
    field_order = ("resolution", "counter_account", "reason")


class _Colleagues(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.phone


class OwnerForm(ReasonForm):
    """Who of ours is to look into it."""

    owner = _Colleagues(
        label=__("Whose"),
        queryset=User.objects.filter(is_staff=True, is_active=True).order_by("phone"),
    )
    field_order = ("owner", "reason")


def _assign(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return workflow.assign(about=row, owner=given["owner"], by=by, reason=given["reason"], at=at)


def _take(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return workflow.assign(about=row, owner=by, by=by, reason=given["reason"], at=at)


def _investigate(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return workflow.investigate(about=row, by=by, reason=given["reason"], at=at)


def _propose(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return workflow.propose(
        about=row,
        resolution=Break.Resolution(given["resolution"]),
        counter_account=given["counter_account"],
        reason=given["reason"],
        by=by,
        at=at,
    )


def _approve(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    return workflow.approve(proposal=_proposal(row, given["seen"]), by=by, at=at)


def _reject(row: Any, given: dict[str, Any], by: User, at: datetime) -> object:
    proposal = _proposal(row, given["seen"])
    return workflow.reject(proposal=proposal, by=by, reason=given["reason"], at=at)


def _proposed(row: Break) -> BreakResolution | None:
    return row.resolutions.filter(state="PROPOSED").select_related("about").first()


def _proposal(row: Break, seen: str) -> BreakResolution:
    """Return what is proposed, if it is what was shown: a proposal never changes.

    Raises:
        BreakState: nothing is proposed, or something else by now.

    """
    found = _proposed(row)
    if found is None or _seen_of(row) != seen:
        raise BreakState(row.state)
    return found


def _seen_of(row: Break) -> str:
    found = _proposed(row)
    if found is None:
        return ""
    return digest_of(
        {
            "break": row.subject,
            "amount_minor": row.amount_minor,
            "proposal": found.pk,
            "resolution": found.resolution,
            "counter_account": found.counter_account,
            "reason": found.reason,
        }
    )


_WAITS = ("PENDING_APPROVAL",)


@admin.register(Break)
class BreakAdmin(DoingAdmin):
    """Differences, with their age in days on which banks work."""

    title = __("Breaks")
    list_display = ("kind", "money", "age", "expected", "whose", "state_column")
    list_filter = ("state", "category")
    whose = named("owner.phone", __("Whose"))
    money = column("amount", __("Amount"))
    state_column = state_column
    doings = (
        Doing("take", __("Take it"), _take, when=lambda row: row.state in ("OPEN", "REOPENED")),
        Doing(
            "assign",
            __("Give it to somebody"),
            _assign,
            form=OwnerForm,
            when=lambda row: row.state in ("OPEN", "REOPENED", "INVESTIGATING"),
        ),
        Doing(
            "investigate",
            __("Look into it"),
            _investigate,
            when=lambda row: row.state == "ASSIGNED",
        ),
        Doing(
            "propose",
            __("Propose a posting"),
            _propose,
            form=ResolutionForm,
            when=lambda row: row.state in ("ASSIGNED", "INVESTIGATING"),
        ),
        Doing(
            "approve",
            __("Approve and post"),
            _approve,
            seen_of=_seen_of,
            when=lambda row: row.state in _WAITS,
        ),
        Doing(
            "reject",
            __("Reject"),
            _reject,
            seen_of=_seen_of,
            when=lambda row: row.state in _WAITS,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Break]:
        return super().get_queryset(request).select_related("account", "owner")

    @admin.display(description=__("Kind"))
    def kind(self, row: Break) -> str:
        return _(str(row.get_category_display()))

    @admin.display(description=__("Age in bank days"))
    def age(self, row: Break) -> int:
        until = row.resolved_on or timezone.now().astimezone(HOME_ZONE).date()
        return bank_days_between(row.first_seen_on, until, COUNTRY)

    @admin.display(description=__("Expected on"))
    def expected(self, row: Break) -> str:
        return on(row.expected_on)

    def lead(self, row: Break) -> Lead:
        says = [row.subject, row.detail] if row.detail else [row.subject]
        return Lead(self.kind(row), amount(row.amount_minor, row.currency), chip_of(row), says)

    def cards(self, request: HttpRequest, row: Break) -> list[Card]:
        facts = [
            (_("Account"), row.account or "\N{EN DASH}"),
            (_("First seen"), on(row.first_seen_on)),
            (_("Expected on"), on(row.expected_on)),
            (_("Age in bank days"), self.age(row)),
            (_("Whose"), row.owner.phone if row.owner else "\N{EN DASH}"),
        ]
        given = row.resolutions.select_related("maker", "checker").order_by("-pk")[:_SHOWN]
        proposals = [
            (
                one.get_resolution_display(),
                one.counter_account,
                one.reason,
                one.maker.phone,
                one.state,
            )
            for one in given
        ]
        steps = [
            (on(step.happened_at), step.state, step.actor, step.reason)
            for step in row.steps.order_by("pk")[:_SHOWN]
        ]
        heads = (_("What it was"), _("Posted against"), _("Why"), _("By"), _("State"))
        return [
            Card(_("About it"), facts=facts),
            Card(_("Proposals"), heads=heads, rows=proposals),
            Card(_("What happened"), heads=(_("When"), _("State"), _("By"), _("Why")), rows=steps),
        ]
