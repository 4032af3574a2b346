"""Which language a page is in: the cookie's, else the browser's; programs read English."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics")


class PageLanguage(LocaleMiddleware):
    """Chooses the language of pages; what programs read is the same for everybody."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language of the request."""
        if request.path.startswith(_PROGRAMS):
            translation.activate(settings.LANGUAGE_CODE)
        else:
            super().process_request(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Say that the answer depends on the language, where it does."""
        if request.path.startswith(_PROGRAMS):
            return response
        return super().process_response(request, response)
