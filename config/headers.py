"""The content security policy: nothing from elsewhere, nothing inline."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles};"
    " img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self';"
    " worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STRICT = _POLICY.format(scripts="", styles="")
# The page of the API's documentation starts its viewer with an inline script and style.
DOCUMENTATION = _POLICY.format(scripts=" 'unsafe-inline'", styles=" 'unsafe-inline'")
DOCUMENTATION_PATH = "/api/v1/docs"
# A page with a camera may compile the reader of codes, where the browser has none of its own.
SCANNING = _POLICY.format(scripts=" 'wasm-unsafe-eval'", styles="") + "; media-src 'self' blob:"
SCANNING_PATHS = frozenset({"/scan", "/till/scan", "/till/offline", "/pay/without"})
_PERMISSIONS = "camera=({camera}), microphone=(), geolocation=(), payment=(), usb=()"


class ContentSecurityPolicy:
    """Set the policy on every response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        scans = request.path in SCANNING_PATHS
        documents = request.path.startswith(DOCUMENTATION_PATH)
        response["Content-Security-Policy"] = (
            DOCUMENTATION if documents else SCANNING if scans else STRICT
        )
        response["Permissions-Policy"] = _PERMISSIONS.format(camera="self" if scans else "")
        if request.path.startswith("/api/"):
            response.setdefault("Cache-Control", "no-store")
        return response
