"""What people see when something is refused, and how pages travel."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from config.problems import (
    CONTENT_TYPE,
    RETRY_AFTER_SECONDS,
    DomainError,
    is_passing,
    problem,
    status_of,
)
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


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 400 where Django refuses a request before any view."""
    body = problem(400, "bad_request", "The request is malformed.")
    return _refused(request, body, _("Your browser sent something that cannot be read."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 403."""
    body = problem(403, "permission_denied", "This is not allowed.")
    return _refused(request, body, _("You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 404; what is somebody else's is not told from what is not there."""
    body = problem(404, "not_found", "There is nothing at this address.")
    return _refused(request, body, _("There is nothing here, or it is not yours."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500: asks nothing of the request, the session or the database, which may be why."""
    body = problem(500, "internal_error", "Something went wrong on our side.")
    if request.path.startswith(_API):
        return JsonResponse(body, status=500, content_type=CONTENT_TYPE)
    says = _("Something went wrong on our side. Look at your last activity before trying again.")
    return HttpResponse(render_to_string("wallet/error.html", {"says": says}), status=500)


def _refused(request: HttpRequest, body: dict[str, Any], says: str) -> HttpResponse:
    if request.path.startswith(_API):
        return JsonResponse(body, status=body["status"], content_type=CONTENT_TYPE)
    return error_page(request, body["status"], says)
