"""What makes the pages an app: the manifest, the service worker, and the language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from wallet.models import Language, User
from wallet.notices.preferences import prefer, preferences_of

_THEME, _PAPER = "#0b6a57", "#f3f6f4"


# What the service worker keeps besides the wallet's own: files by their names, pages with the
# words of the links that lead to them where there is no network.
_FILES: list[str] = []
_PAGES: list[tuple[str, Any]] = []


def keep_at_hand(*, files: list[str], page: str, label: Any) -> None:
    """Keep a page of an app above, with its files, for when there is no network."""
    _FILES.extend(files)
    _PAGES.append((page, label))


class Manifest(View):
    """What a browser installs the wallet by."""

    def get(self, request: HttpRequest) -> JsonResponse:  # noqa: ARG002
        shortcuts = [
            {"name": _("Pay"), "url": "/pay"},
            {"name": _("Scan"), "url": "/scan"},
            {"name": _("Send"), "url": "/send"},
        ]
        body = self.described(
            id="/",
            name=_("Jigap wallet"),
            short_name=_("Jigap"),
            start_url="/",
            scope="/",
            shortcuts=shortcuts,
        )
        return JsonResponse(body, content_type="application/manifest+json")

    def described(self, **names: object) -> dict[str, object]:
        """Return a manifest of these names, in the colours and with the icon of all pages."""
        icons = [
            {
                "src": static(f"wallet/app-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any maskable",
            }
            for size in (192, 512)
        ]
        look = {"display": "standalone", "theme_color": _THEME, "background_color": _PAPER}
        return {**names, **look, "icons": icons}


class Worker(View):
    """The service worker, from the root, so that it serves all pages."""

    def get(self, request: HttpRequest) -> HttpResponse:
        kept = {"files": _FILES, "pages": [page for page, _label in _PAGES]}
        answer = render(request, "wallet/sw.js", kept, content_type="text/javascript")
        answer["Cache-Control"] = "no-cache"
        return answer


class Offline(View):
    """What is shown where there is no network."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "wallet/offline.html", {"pages": _PAGES})


class Speak(View):
    """Changes the language, of the pages and of what the person is told."""

    def post(self, request: HttpRequest) -> HttpResponse:
        language = request.POST.get("language", "")
        following = request.POST.get("next", "/")
        if not url_has_allowed_host_and_scheme(following, {request.get_host()}):
            following = "/"
        answer = redirect(following)
        if language not in Language.values:
            return answer
        if isinstance(request.user, User):
            kept = preferences_of(request.user.pk)
            prefer(person=request.user, language=language, sms=kept.sms, push=kept.push)
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        return answer
