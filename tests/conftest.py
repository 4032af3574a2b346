"""What all tests share: the database, and how it is emptied although history cannot be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from ledger.accounts import account_id

# No test asserts how long anything takes: machines are shared.
settings.register_profile("jigap", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("jigap")

LONG = ("faults", "fuzz", "demo", "worker")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that at the end no core waits for one long test."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in LONG))


# Emptied as the owner of the test database, a superuser: only this is exempt from the append-only
# triggers. Most tables have no row, and a few rows are deleted much faster than a table with all
# its indexes is truncated.
EMPTY_TABLES = """
DO $$
DECLARE
    v_table regclass;
    v_has_rows boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOREACH v_table IN ARRAY %(tables)s::regclass[] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %%s)', v_table) INTO v_has_rows;
        CONTINUE WHEN NOT v_has_rows;
        IF pg_relation_size(v_table) > 1000000 THEN
            EXECUTE format('TRUNCATE %%s CASCADE', v_table);
        ELSE
            EXECUTE format('DELETE FROM %%s', v_table);
        END IF;
    END LOOP;
END
$$
"""
KEPT_TABLES = {
    "django_content_type",
    "auth_permission",
}  # what migrating wrote, and no test changes


def empty_tables() -> None:
    """Delete what a test with real commits left."""
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEPT_TABLES
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EMPTY_TABLES, {"tables": sorted(tables)})


@pytest.fixture(autouse=True, scope="session")
def _cleaning_up_spares_no_history() -> Iterator[None]:
    """Let the clean-up after a test with real commits empty the book too, and do no more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty_tables())
        yield


@pytest.fixture(autouse=True)
def _forget_accounts() -> Iterator[None]:
    """Account ids are remembered for good, which holds for one database and not across tests."""
    account_id.cache_clear()
    yield
    account_id.cache_clear()
