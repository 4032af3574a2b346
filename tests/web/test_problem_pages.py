"""What is refused outside the API is said on a page, in the language of the page."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client

from wallet.web.entry.home import Front

pytestmark = pytest.mark.django_db


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> Any:
    """Return how the first page answers when this is raised in it."""

    def get(_page: Front, _request: Any) -> Any:
        raise error

    monkeypatch.setattr(Front, "get", get)
    client = Client(raise_request_exception=False, headers={"Accept-Language": "ko"})
    return client.get("/")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PermissionDenied(), 403),
        (SuspiciousOperation(), 400),
        (RuntimeError("a secret of the database"), 500),
    ],
)
def test_what_went_wrong_is_a_page_that_leads_back(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    answer = refuse(monkeypatch, error)
    text = answer.content.decode()
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert '<html lang="ko">' in text
    assert 'class="button" href="/"' in text
    assert "secret" not in text


def test_what_is_not_there_is_a_page_and_for_programs_a_problem() -> None:
    client = Client(headers={"Accept-Language": "ko"})
    page = client.get("/nothing-here")
    assert page.status_code == 404
    assert "요" in page.content.decode()
    problem = client.get("/api/v1/nothing-here")
    assert problem["Content-Type"] == "application/problem+json"
    assert problem.json()["code"] == "not_found"


def test_a_form_of_another_site_is_explained() -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    answer = client.post("/sign-in", {"phone": "010-1234-5678", "password": "x"})
    assert answer.status_code == 403
    assert "reload it" in answer.content.decode()
