"""The merchants' site: its own address and login, and the wall around each of its pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_POST, require_safe
from unfold.sites import UnfoldAdminSite

from merchants.admin.own import pages
from merchants.admin.own.callers import caller_of, choose, require_caller, works_somewhere
from merchants.admin.own.wall import walled
from wallet.web.factor import SecondFactorForm, has_shown_factor

View = Callable[..., HttpResponseBase]
# What is about the session and not about the merchant; and asking for a report, which is a row.
_OUTSIDE = ("logout", "chosen", "ask_view")
# What the site does not have: each would lead round the wall, or out of the wallet's own pages.
_LEFT_OUT = frozenset({"search", "view_on_site", "password_change", "password_change_done"})


class MerchantSignIn(SecondFactorForm):
    """Lets in whoever works for a merchant."""

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse who works for none.

        Raises:
            ValidationError: in the words of a wrong password, so that roles cannot be found out.

        """
        if not works_somewhere(user):
            refused: ValidationError = self.get_invalid_login_error()
            raise refused


class MerchantSite(UnfoldAdminSite):  # type: ignore[misc]  # Unfold is not typed.
    """Shows a merchant's staff what their role lets them see."""

    settings_name = "UNFOLD_MERCHANT"
    login_form = MerchantSignIn
    login_template = "config/admin_login.html"
    site_header = site_title = "Jigap"

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether this is a merchant's staff who showed the second factor."""
        return has_shown_factor(request) and caller_of(request) is not None

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002
        """Make a page within the wall, to the last letter of it."""
        inner = view if getattr(view, "__name__", "") in _OUTSIDE else _within_the_wall(view)
        wrapped: View = super().admin_view(inner, cacheable)
        return wrapped

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, without those that the site does not have."""
        urls = [one for one in super().get_urls() if getattr(one, "name", "") not in _LEFT_OUT]
        return [
            path("chosen/", self.admin_view(self.chosen), name="chosen"),
            path("calendar/", self.admin_view(self.calendar), name="calendar"),
            *urls,
        ]

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the next payout, and what happened last."""
        return self._page(request, "office/home.html", pages.today(request, self.name))

    def calendar(self, request: HttpRequest) -> HttpResponse:
        """Show a month: what was settled for each day, and what is paid on it."""
        return self._page(request, "office/month.html", pages.month(request))

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.name
        return TemplateResponse(request, template, {**self.each_context(request), **context})

    def chosen(self, request: HttpRequest) -> HttpResponse:
        """Look for another merchant from now on; one's own alone can be chosen."""
        return _chosen(request, self.name)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add for whom the caller looks."""
        context: dict[str, Any] = super().each_context(request)
        return context | {"caller": caller_of(request)}


@require_POST
def _chosen(request: HttpRequest, site: str) -> HttpResponse:
    choose(request, request.POST.get("merchant", ""))
    return redirect(f"{site}:index")


def _within_the_wall(view: View) -> View:
    @require_safe
    def walled_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with walled(require_caller(request).merchant.pk):
            response = view(request, *args, **kwargs)
            if isinstance(response, TemplateResponse) and not response.is_rendered:
                response.render()
        return response

    return update_wrapper(walled_view, view)


site = MerchantSite("merchant")
