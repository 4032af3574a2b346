"""The admin of our own people: finance and support."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from unfold.sites import UnfoldAdminSite

from wallet.web.factor import SecondFactorForm, has_shown_factor


class SecondFactorSite(UnfoldAdminSite):  # type: ignore[misc]  # Unfold is not typed.
    """Lets in only staff whose session began with password and code."""

    login_form = SecondFactorForm
    login_template = "config/admin_login.html"
    site_header = site_title = "Jigap"

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether this is a member of staff who showed the second factor."""
        return super().has_permission(request) and has_shown_factor(request)

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show what waits for somebody."""
        from merchants.admin.finance import today  # noqa: PLC0415 - it registers with this site.

        request.current_app = self.name
        shown = {"title": _("Today"), "cards": today.cards(request, self)}
        context = {**self.each_context(request), **shown}
        return TemplateResponse(request, "office/home.html", context)
