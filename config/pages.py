"""What people see when something is refused, and how pages travel."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.translation import gettext as _

from config.problems import RETRY_AFTER_SECONDS, DomainError, is_passing, status_of
from wallet.web.words import not_now, words_of

_API = "/api/"


class Compression(GZipMiddleware):
    """Compresses pages: the token in them is masked anew each time, so lengths tell nothing."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress a page; leave programs' answers as they are."""
        kind = response.get("Content-Type", "")
        if request.path.startswith(_API) or not kind.startswith(("text/html", "text/javascript")):
            return response
        return super().process_response(request, response)


class Refusals:
    """Turns an error that a page did not expect into a page that explains it."""

    def __init__(self, get_response: object) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as the views do."""
        return self.get_response(request)  # type: ignore[operator, no-any-return]

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Explain what was refused; None leaves the error to Django."""
        if request.path.startswith(_API):
            return None
        if is_passing(error):
            page = error_page(request, 503, not_now())
            page["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return page
        if not isinstance(error, DomainError):
            return None
        return error_page(request, status_of(type(error)), words_of(error).text)


def error_page(request: HttpRequest, status: int, says: str) -> HttpResponse:
    """Return a page that says what went wrong and leads back."""
    return render(request, "wallet/error.html", {"says": says}, status=status)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Explain a form whose page was open for too long, or came from elsewhere."""
    says = _("This page was open for too long. Go back, reload it, and send it again.")
    return error_page(request, 403, says)
