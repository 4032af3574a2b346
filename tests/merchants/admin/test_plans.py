"""Lists behind which there are many rows read as many as they show, and a few more.

Of what is in the way (another merchant's rows, rows of another state) there are thousands, all of
them newer; a list without the right index would read past them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.admin.own.wall import walled
from merchants.models import Store
from tests.merchants.admin.desk import signed_in
from tests.merchants.admin.story import belongings
from tests.wallet.people import PASSWORD
from wallet.models import User

pytestmark = pytest.mark.django_db
MANY, FEW = 4_000, 400
# What has to differ between the copies of a row.
APART = {
    "payment": "'number', (80000000 + n)::text, 'merchant_order_no', NULL, 'hold_id', NULL",
    "settlement": "'run_id', 80000000 + n, 'previous_id', 80000000 + n",
    "settlementitem": "'line_no', 1000 + n",
    "payout": "'number', 'PO' || (8000000000 + n), 'retry_of_id', NULL",
    "export": "'public_id', gen_random_uuid()",
}
OWN = tuple(APART)


def copies(model: str, pk: Any) -> None:
    """Copy a row thousands of times, past all guards, since only reading is looked at."""
    key = "entry_id" if model == "settlementitem" else "id"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO merchants_{model} SELECT (jsonb_populate_record(t, jsonb_build_object("
            f"'{key}', 80000000 + n, {APART[model]}))).* FROM merchants_{model} AS t"
            f" CROSS JOIN generate_series(1, {MANY}) AS n WHERE t.{key} = %s",
            [pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(f"ANALYZE merchants_{model}")


def lists(client: Client, path: str, model: str) -> list[str]:
    """Return the statements with which a page reads its list."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200, path
    said = [query["sql"] for query in queries]
    found = [sql for sql in said if f'FROM "merchants_{model}"' in sql and "ORDER BY" in sql]
    assert found, said
    return found


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def read(sql: str) -> int:
    """Return how many rows a statement looks at, in the step that looks at most."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        found = cursor.fetchone()[0]
    plan = found[0] if isinstance(found, list) else json.loads(found)[0]
    return max(
        int((one["Actual Rows"] + one.get("Rows Removed by Filter", 0)) * one["Actual Loops"])
        for one in nodes(plan["Plan"])
    )


def test_a_merchant_s_lists_do_not_read_past_the_rows_of_others(
    at_desk: Client, traded: Store, rival: Store
) -> None:
    theirs = belongings(rival)
    for model in OWN:
        copies(model, theirs[model])
    read_most: dict[str, int] = {}
    for model in OWN:
        for sql in lists(at_desk, f"/merchant/merchants/{model}/", model):
            with walled(traded.merchant_id):
                read_most[model] = max(read_most.get(model, 0), read(sql))
    assert {model: most for model, most in read_most.items() if most > FEW} == {}


def test_finances_lists_read_one_page(traded: Store) -> None:
    own = belongings(traded)
    for model in OWN:
        copies(model, own[model])
    client = signed_in(User.objects.create_superuser("+821000000001", PASSWORD))
    read_most: dict[str, int] = {}
    for model in OWN:
        for sql in lists(client, f"/admin/merchants/{model}/", model):
            read_most[model] = max(read_most.get(model, 0), read(sql))
    assert {model: most for model, most in read_most.items() if most > FEW} == {}
