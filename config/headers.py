"""The content security policy: nothing from elsewhere, nothing inline."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles};"
    " img-src 'self' data:; font-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STRICT = _POLICY.format(scripts="", styles="")
# The page of the API's documentation starts its viewer with an inline script and style.
DOCUMENTATION = _POLICY.format(scripts=" 'unsafe-inline'", styles=" 'unsafe-inline'")
DOCUMENTATION_PATH = "/api/v1/docs"


class ContentSecurityPolicy:
    """Set the policy on every response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        documentation = request.path.startswith(DOCUMENTATION_PATH)
        response["Content-Security-Policy"] = DOCUMENTATION if documentation else STRICT
        if request.path.startswith("/api/"):
            response.setdefault("Cache-Control", "no-store")
        return response
