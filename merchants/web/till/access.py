"""Who stands at which till: a member of staff, and a device that belongs to a terminal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from merchants.access.permissions import Permission
from merchants.access.principal import Principal
from merchants.models import Store, Terminal, TillShift
from merchants.premises.shifts import shift_of
from merchants.staff.callers import principal_of_person
from wallet.models import User
from wallet.web.access import Page

COOKIE, _SALT = "till", "jigap.till.v1"
_AGE = 400 * 24 * 3600  # as long as browsers keep any


class StaffPage(Page):
    """A page of somebody who is signed in, at whatever till."""

    person: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find out who stands there."""
        if not isinstance(request.user, User):
            return _leave(request, "/till/sign-in")
        self.person = request.user
        return super().dispatch(request, *args, **kwargs)


class TillPage(StaffPage):
    """A page of a till, for who may do there what the page is for."""

    needs = Permission.PAYMENTS_WRITE
    terminal: Terminal
    principal: Principal

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the till and what the person may do at it; who may not chooses another."""
        if isinstance(request.user, User):
            found = terminal_of(request)
            if found is None:
                return _leave(request, "/till/device")
            store = found.store
            merchant_id = store.merchant.public_id
            principal = principal_of_person(user=request.user, merchant_id=merchant_id)
            if principal is None or not principal.may_at(self.needs, store.pk):
                messages.warning(request, _("You may not do this at this till."))
                return _leave(request, "/till/device")
            self.terminal, self.principal = found, principal
        return super().dispatch(request, *args, **kwargs)

    @property
    def store(self) -> Store:
        """Where the till stands."""
        return self.terminal.store

    @cached_property
    def shift(self) -> TillShift | None:
        """The shift that is open."""
        return shift_of(self.terminal)

    def show(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Return the page, which says at which till one stands."""
        around = {"terminal": self.terminal, "store": self.store}
        return super().show(status=status, template=template, **around, **context)


def terminal_of(request: HttpRequest) -> Terminal | None:
    """Return the terminal this device belongs to; none where that was revoked."""
    named = request.get_signed_cookie(COOKIE, None, salt=_SALT)
    if not named:
        return None
    rows = Terminal.objects.select_related("store__merchant")
    return rows.filter(public_id=named, revoked_at=None).first()


def belong_to(answer: HttpResponse, terminal: Terminal) -> None:
    """Make the device that gets this answer one of a terminal."""
    answer.set_signed_cookie(
        COOKIE,
        terminal.public_id,
        salt=_SALT,
        max_age=_AGE,
        path="/till",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def release(answer: HttpResponse) -> None:
    """Make the device nobody's again."""
    answer.delete_cookie(COOKIE, path="/till", samesite="Lax")


def _leave(request: HttpRequest, place: str) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": place})
    return redirect(place)
