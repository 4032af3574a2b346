"""What another site can make a visitor's browser do: nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.wallet.people import PASSWORD
from wallet.models import User, Wallet

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://evil.example"
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
_SAMPLES = {
    "uuid": "00000000-0000-0000-0000-000000000000",
    "int": "1",
    "digits": "000000000000000000",
    "month": "2026-01",
}


def pages() -> list[str]:
    """Return an address for each route that is not the API's, the admin's included."""
    return sorted({each for each in _paths(get_resolver(), "/") if "/api/" not in each})


def _paths(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        pattern = re.sub(r"\(\?P<\w+>.*\)\$?", "x", str(entry.pattern)).strip("^$")
        path = prefix + re.sub(
            r"<(?:(\w+):)?\w+>", lambda match: _SAMPLES.get(match[1] or "", "x"), pattern
        )
        if isinstance(entry, URLResolver):
            yield from _paths(entry, path)
        else:
            yield path


def test_no_form_of_another_site_is_taken(alice: Wallet) -> None:
    staff = User.objects.create_superuser("+821055550000", "correct horse battery")
    assert len(pages()) > 80
    for person in (alice.holder, staff):
        browser = Client(enforce_csrf_checks=True, headers={"Origin": ELSEWHERE})
        browser.force_login(person)
        taken = [
            (method, path, answer.status_code)
            for path in pages()
            for method in UNSAFE
            if (answer := browser.generic(method, path)).status_code != 403
        ]
        assert taken == []


def test_a_session_of_the_pages_opens_nothing_of_the_api(alice: Wallet) -> None:
    browser = Client()
    browser.force_login(alice.holder)
    assert browser.get("/").status_code == 200
    assert browser.get("/api/v1/wallets").status_code == 401
    path = f"/api/v1/wallets/{alice.public_id}/freeze"
    assert browser.post(path, content_type="application/json").status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/nothing-here", "/admin/login/", "/api/v1/wallets", "/api/v1/schema",
     "/api/v1/docs", "/api/v1/nothing", "/healthz", "/static/nothing.js"],
)  # fmt: skip
def test_no_other_site_reads_or_frames_it(path: str) -> None:
    for method in ("GET", "OPTIONS", "POST"):
        asked = {
            "Origin": ELSEWHERE,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
        }
        answer = Client().generic(method, path, headers=asked)
        assert [name for name in answer.headers if name.startswith("Access-Control")] == []
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_cookies_are_for_this_site_and_no_script(alice: Wallet) -> None:
    browser = Client()
    assert browser.get("/sign-in").cookies["csrftoken"]["samesite"] == "Lax"
    form = {"phone": alice.holder.phone, "password": PASSWORD}
    kept = browser.post("/sign-in", form).cookies["sessionid"]
    assert (kept["samesite"], kept["httponly"]) == ("Lax", True)


def test_a_host_that_is_not_ours_is_not_answered() -> None:
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "a b"):
        assert Client().get("/sign-in", headers={"Host": host}).status_code == 400
