"""Who looks at a page, and at which wallet."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views import View
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle

from wallet.errors import TooManySignIns
from wallet.models import User, Wallet
from wallet.web.drafts import Drafts

_INVALID = 422  # a form that has to be corrected


class Page(View):
    """A page; what is on it is nobody else's, so nothing between keeps it."""

    template = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and keep the answer out of every cache."""
        response = super().dispatch(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def show(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Return the page's template, filled in."""
        return render(self.request, template or self.template, context, status=status)

    def correct(self, **context: Any) -> HttpResponse:
        """Return the page with a form that has to be corrected; what was typed is still there."""
        return self.show(status=_INVALID, **context)


class SignedInPage(Page):
    """A page of somebody who is signed in; anybody else is asked to sign in first."""

    person: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find out who looks."""
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        self.person = request.user
        return super().dispatch(request, *args, **kwargs)

    @property
    def drafts(self) -> Drafts:
        """What the person is about to do."""
        return Drafts(self.request.session)


class WalletPage(SignedInPage):
    """A page about the wallet in use: the person's oldest that is not closed."""

    wallet: Wallet

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the wallet; whoever has none can open one."""
        if isinstance(request.user, User):
            wallet = wallet_of(request.user)
            if wallet is None:
                return redirect("wallet:open")
            self.wallet = wallet
        return super().dispatch(request, *args, **kwargs)


def wallet_of(person: User) -> Wallet | None:
    """Return the wallet that a person's pages are about."""
    wallets = Wallet.objects.filter(holder=person).exclude(status=Wallet.Status.CLOSED)
    found = wallets.select_related("holder").order_by("pk").first()
    if found is not None:
        found.holder = person
    return found


def is_part(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of the page."""
    return "HX-Request" in request.headers


def address_of(request: HttpRequest) -> str:
    """Return where a request came from; a header of the client's own is not believed."""
    return str(BaseThrottle().get_ident(request))  # type: ignore[arg-type]  # reads META only


def admit(request: HttpRequest, scope: str) -> None:
    """Shed load: refuse more requests of one address than the scope's rate.

    Raises:
        TooManySignIns: there were too many.

    """
    throttle = ScopedRateThrottle()
    view = type("Scope", (), {"throttle_scope": scope})
    if not throttle.allow_request(request, view):  # type: ignore[arg-type]  # reads user and META
        raise TooManySignIns
