"""PostgreSQL itself shows a merchant's site nothing of anyone else's, whatever Python asks for."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.http import HttpRequest
from django.test import Client

from merchants.admin.own.scope import OwnAdmin
from merchants.admin.own.site import site
from merchants.admin.own.wall import walled
from merchants.models import Merchant, Payment, Settlement, Store
from tests.merchants.admin.story import belongings

pytestmark = pytest.mark.django_db
OWN_TABLES = (
    "store",
    "terminal",
    "payment",
    "refund",
    "settlement",
    "settlementitem",
    "settlementterms",
    "payout",
    "merchantbankaccount",
    "dispute",
    "disputeevidence",
    "feeagreement",
    "staffrole",
    "reserve",
    "adjustment",
    "export",
)
WITHOUT_ROWS = ("reserve", "adjustment")


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM merchants_{table}")
        return int(cursor.fetchone()[0])


def forbidden(sql: str) -> bool:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    return True


def test_bare_sql_sees_the_half_that_is_ones_own(traded: Store, rival: Store) -> None:
    everything = {table: rows_of(table) for table in OWN_TABLES}
    with walled(traded.merchant_id):
        ours = {table: rows_of(table) for table in OWN_TABLES}
    with walled(rival.merchant_id):
        theirs = {table: rows_of(table) for table in OWN_TABLES}
    for table in OWN_TABLES:
        if table not in WITHOUT_ROWS:
            assert ours[table] > 0, table
        assert ours[table] + theirs[table] == everything[table], table


def test_within_the_wall_no_other_table_is_read_and_none_is_written(traded: Store) -> None:
    with walled(traded.merchant_id):
        assert forbidden("SELECT * FROM wallet_user")
        assert forbidden("SELECT * FROM ledger_entry")
        assert forbidden("SELECT * FROM merchants_payoutrun")
        assert forbidden("SELECT * FROM merchants_bankline")
        assert forbidden("SELECT * FROM merchants_apikeysecret")
        assert forbidden("SELECT * FROM django_session")
        assert forbidden("UPDATE merchants_store SET name = 'x'")
        assert forbidden("DELETE FROM merchants_staffrole")
        assert forbidden("INSERT INTO merchants_refund DEFAULT VALUES")


def test_without_a_name_the_wall_shows_nothing(traded: Store) -> None:
    with walled(traded.merchant_id):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('jigap.merchant_id', '', TRUE)")
        assert {table: rows_of(table) for table in OWN_TABLES} == dict.fromkeys(OWN_TABLES, 0)


def test_nothing_of_it_is_left_on_the_connection(traded: Store) -> None:
    before = Settlement.objects.count()
    with pytest.raises(ZeroDivisionError), walled(traded.merchant_id):
        1 / 0  # noqa: B018
    with walled(traded.merchant_id):
        pass
    assert Settlement.objects.count() == before
    assert Merchant.objects.count() == 2


def test_the_application_and_its_jobs_are_not_slowed(traded: Store) -> None:
    """For their role the policy is always true, and is gone before the query is planned."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE jigap_app")
        cursor.execute("EXPLAIN (VERBOSE) SELECT * FROM merchants_payment WHERE number = '1'")
        plan = " ".join(row[0] for row in cursor.fetchall())
        cursor.execute("SET LOCAL ROLE NONE")
    assert "walled_in" not in plan
    assert plan.count("Filter") == 0
    assert "Index Cond: ((merchants_payment.number)" in plan


def test_a_filter_that_was_forgotten_in_python_shows_nothing(
    at_desk: Client, traded: Store, rival: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant: the base class returns everybody's rows. The second wall holds."""

    def everything(self: Any, request: HttpRequest) -> Any:
        return self.model.objects.all()

    theirs, own = belongings(rival), belongings(traded)
    monkeypatch.setattr(OwnAdmin, "get_queryset", everything)
    for admin in list(site_admins()):
        monkeypatch.setattr(type(admin), "get_queryset", everything)
    for model, key in theirs.items():
        assert at_desk.get(f"/merchant/merchants/{model}/{key}/change/").status_code == 404, model
        shown = at_desk.get(f"/merchant/merchants/{model}/")
        keys = {row.pk for row in shown.context["cl"].result_list}
        assert own[model] in keys
        assert key not in keys


def site_admins() -> list[Any]:
    models = apps.get_app_config("merchants").get_models()
    return [site.get_model_admin(model) for model in models if site.is_registered(model)]


def test_payments_of_others_cannot_be_counted_by_a_side_door(traded: Store, rival: Store) -> None:
    number = Payment.objects.filter(merchant=rival.merchant)[0].number
    with walled(traded.merchant_id):
        assert not Payment.objects.filter(number=number).exists()
        assert not Settlement.objects.filter(merchant__legal_name=rival.merchant.legal_name)
