"""Staff may look at the book in the admin, and do nothing else there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path

from ledger.admin import AccountAdmin, EntryAdmin, SealAdmin, TransactionAdmin
from ledger.models import Account, Entry, Seal, Transaction
from tests.ledger.stories import Book, play

site = admin.AdminSite()
ADMINS: dict[type[Model], Any] = {
    Account: AccountAdmin,
    Entry: EntryAdmin,
    Seal: SealAdmin,
    Transaction: TransactionAdmin,
}
for _model, _admin in ADMINS.items():
    site.register(_model, _admin)
urlpatterns = [path("admin/", site.urls)]

MOST_QUERIES = 5

pytestmark = pytest.mark.urls(__name__)


def asked(method: str = "get") -> HttpRequest:
    """Return a request of someone who may do everything the admin allows at all."""
    request: HttpRequest = getattr(RequestFactory(), method)("/admin/")
    request.user = get_user_model()(is_superuser=True, is_staff=True, is_active=True)
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined] # noqa: SLF001 - as Django's test client does.
    return request


def shown(response: Any) -> str:
    return str(response.render().content.decode())


@pytest.fixture
def story(book: Book) -> Book:
    for _ in range(4):
        play(
            """
            TOP_UP  | bank  | alice       | 500 | posted
            PAYMENT | alice | corner_shop | 200 | posted
            """,
            book,
        )
    Seal.objects.create(
        after_id=0, through_id=1, transaction_count=1, leaves=b"", merkle_root=b"", chain_hash=b""
    )
    return book


@pytest.mark.parametrize("model", ADMINS, ids=lambda model: model.__name__)
def test_lists_and_details_are_shown_with_few_queries(story: Book, model: Any) -> None:
    model_admin = site.get_model_admin(model)
    first = model.objects.order_by("pk").first()
    assert first is not None
    shows: list[Callable[[], Any]] = [
        lambda: model_admin.changelist_view(asked()),
        lambda: model_admin.change_view(asked(), str(first.pk)),
    ]
    for show in shows:
        with CaptureQueriesContext(connection) as queries:
            response = show()
            text = shown(response)
        assert response.status_code == 200
        assert str(first.pk) in text or str(first) in text
        assert 'name="_save"' not in text
        assert 'type="submit" value="Save"' not in text
        assert len(queries) <= MOST_QUERIES, [query["sql"] for query in queries]


@pytest.mark.parametrize("model", ADMINS, ids=lambda model: model.__name__)
def test_nothing_is_added_changed_or_deleted(story: Book, model: Any) -> None:
    model_admin = site.get_model_admin(model)
    pk = str(model.objects.values_list("pk", flat=True)[0])
    acts: list[Callable[[], Any]] = [
        lambda: model_admin.add_view(asked("post")),
        lambda: model_admin.change_view(asked("post"), pk),
        lambda: model_admin.delete_view(asked("post"), pk),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    assert list(model_admin.get_actions(asked())) == []


def test_a_transaction_is_shown_with_its_entries(story: Book) -> None:
    posted = Transaction.objects.order_by("pk")[0]
    response = site.get_model_admin(Transaction).change_view(asked(), str(posted.pk))
    text = shown(response)
    assert "bank:safeguarding KRW" in text
    assert "wallet:alice:available KRW" in text


@pytest.mark.parametrize(
    ("model", "query", "found"),
    [
        (Account, "wallet:alice", 1),
        (Account, "alice", 0),
        (Transaction, "no such reference", 0),
    ],
)
def test_search_uses_the_beginning_of_codes_and_whole_references(
    story: Book, model: Any, query: str, found: int
) -> None:
    request = asked()
    model_admin = site.get_model_admin(model)
    result, _ = model_admin.get_search_results(request, model_admin.get_queryset(request), query)
    assert result.count() == found
