"""The merchants' site shows a merchant what is theirs, and nothing of anyone else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver

from merchants.admin.own.site import site
from merchants.models import Store
from tests.merchants.admin.story import belongings

MOST_QUERIES = 16
MODELS = sorted(
    model.__name__.lower()
    for model in apps.get_app_config("merchants").get_models()
    if site.is_registered(model)
)

pytestmark = pytest.mark.django_db


def addresses() -> Iterator[str]:
    """Yield every address of the site, with its placeholders."""
    yield from _below(site.get_urls(), "")


def _below(patterns: Any, before: str) -> Iterator[str]:
    for one in patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _below(one.url_patterns, here)
        else:
            assert isinstance(one, URLPattern)
            yield here


WITH_ID = [address for address in addresses() if "<path:object_id>" in address]


def test_every_model_of_the_site_has_a_row_to_ask_for(traded: Store) -> None:
    assert sorted(belongings(traded)) == MODELS
    assert len(WITH_ID) >= 2 * len(MODELS)


def test_lists_and_pages_show_what_is_ones_own_in_few_queries_and_count_nothing(
    at_desk: Client, traded: Store
) -> None:
    for model, own in belongings(traded).items():
        for path in (
            f"/merchant/merchants/{model}/",
            f"/merchant/merchants/{model}/{own}/change/",
        ):
            with CaptureQueriesContext(connection) as queries:
                answer = at_desk.get(path)
            assert answer.status_code == 200, path
            said = [query["sql"].upper() for query in queries]
            assert len(said) <= MOST_QUERIES, (path, said)
            assert not [sql for sql in said if "COUNT(" in sql or "DISTINCT" in sql], path


def test_no_list_shows_rows_of_other_merchants(
    at_desk: Client, traded: Store, rival: Store
) -> None:
    theirs = belongings(rival)
    for model, own in belongings(traded).items():
        shown = at_desk.get(f"/merchant/merchants/{model}/")
        keys = {row.pk for row in shown.context["cl"].result_list}
        assert own in keys
        assert theirs[model] not in keys


def test_rows_of_other_merchants_are_not_there_at_any_address(
    at_desk: Client, traded: Store, rival: Store
) -> None:
    theirs = belongings(rival)
    for address in WITH_ID:
        model = address.split("/")[1]
        path = "/merchant/" + address.replace("<path:object_id>", str(theirs[model]))
        absent = "/merchant/" + address.replace("<path:object_id>", "999999999999999999")
        assert at_desk.get(path, follow=True).status_code == 404, path
        assert at_desk.get(absent, follow=True).status_code == 404, absent
        assert at_desk.post(path).status_code == 405, path
    for model, key in theirs.items():
        for view in ("change", "delete", "history", "add", "autocomplete", "do/approve"):
            path = f"/merchant/merchants/{model}/{key}/{view}/"
            assert at_desk.get(path, follow=True).status_code == 404, path
