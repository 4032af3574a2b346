"""Signing in at a till, and which terminal the device is."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth import logout
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from merchants.access.audits import name_of
from merchants.access.permissions import ROLE_PERMISSIONS, Permission
from merchants.errors import MerchantError
from merchants.models import Merchant, Role, StaffRole, Store, Terminal
from merchants.models.merchants import LABEL_LENGTH
from merchants.premises.terminals import add_terminal
from merchants.web.till.access import StaffPage, belong_to, release, terminal_of
from wallet.models import User
from wallet.web.access import Page
from wallet.web.entry.signing import SignIn
from wallet.web.shell import Manifest
from wallet.web.words import explain

_AT_A_TILL = [role.value for role in Role if Permission.PAYMENTS_WRITE in ROLE_PERMISSIONS[role]]
_MAY_ADD = [role.value for role in Role if Permission.TERMINALS_WRITE in ROLE_PERMISSIONS[role]]


class TillSignIn(SignIn):
    template = "till/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead who is signed in to the till."""
        if request.user.is_authenticated:
            return redirect("till:keypad")
        return super().dispatch(request, *args, **kwargs)

    def show(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Say at which till one signs in."""
        context |= {"next": "/till", "terminal": terminal_of(self.request)}
        return super().show(status=status, template=template, **context)


class TillSignOut(Page):
    """Ends the session; what the till keeps for the next upload stays where it is."""

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        return redirect("till:sign_in")


class LabelForm(forms.Form):
    label = forms.RegexField(
        re.compile(r"^[^\x00-\x1f\x7f]+\Z"),
        label=__("Name of the new till"),
        max_length=LABEL_LENGTH,
    )


class Device(StaffPage):
    """Chooses the terminal: one of the stores one works at, or a new one for who may add it."""

    template = "till/device.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        return self._choices(LabelForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "terminal" in request.POST:
            rows = Terminal.objects.filter(store__in=stores_of(self.person, _AT_A_TILL))
            found = get_object_or_404(
                rows, public_id=_plain(request.POST["terminal"]), revoked_at=None
            )
            return self._taken(found)
        form = LabelForm(request.POST)
        store = get_object_or_404(
            stores_of(self.person, _MAY_ADD), public_id=_plain(request.POST.get("store", ""))
        )
        if not form.is_valid():
            return self._choices(form, is_wrong=True)
        try:
            made = add_terminal(
                store=store,
                label=form.cleaned_data["label"].strip(),
                actor=name_of(self.person),
                at=timezone.now(),
            )
        except MerchantError as error:
            explain(form, error)
            return self._choices(form, is_wrong=True)
        return self._taken(made)

    def _taken(self, terminal: Terminal) -> HttpResponse:
        answer = redirect("till:keypad")
        belong_to(answer, terminal)
        return answer

    def _choices(self, form: LabelForm, *, is_wrong: bool = False) -> HttpResponse:
        tills = Terminal.objects.filter(
            store__in=stores_of(self.person, _AT_A_TILL), revoked_at=None
        )
        context: dict[str, Any] = {
            "form": form,
            "terminals": tills.select_related("store").order_by("store_id", "pk")[:50],
            "addable": stores_of(self.person, _MAY_ADD)[:20],
            "current": terminal_of(self.request),
            "person": self.person,
        }
        return self.correct(**context) if is_wrong else self.show(**context)


class Release(StaffPage):
    def post(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002
        answer = redirect("till:device")
        release(answer)
        return answer


class TillManifest(Manifest):
    """What a browser installs the till by."""

    def get(self, request: HttpRequest) -> JsonResponse:  # noqa: ARG002
        body = self.described(
            id="/till",
            name=_("Jigap till"),
            short_name=_("Till"),
            start_url="/till",
            scope="/till",
        )
        return JsonResponse(body, content_type="application/manifest+json")


def stores_of(person: User, roles: list[str]) -> QuerySet[Store]:
    """Return the stores at which a person holds one of these roles; not yet queried."""
    held = StaffRole.objects.filter(user=person, ended_at=None, role__in=roles)
    everywhere = held.filter(store=None).values("merchant_id")
    rows = Store.objects.filter(merchant__status=Merchant.Status.ACTIVE)
    here = Q(merchant_id__in=everywhere) | Q(pk__in=held.values("store_id"))
    return rows.filter(here).order_by("pk")


def _plain(text: str) -> str:
    return "" if "\x00" in text else text[:40]
