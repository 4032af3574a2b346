"""What all tests share: the database, and how it is emptied although history cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

from ledger.accounts import account_id

LONG = ("faults", "fuzz", "demo", "worker")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that at the end no core waits for one long test."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in LONG))


@pytest.fixture(autouse=True, scope="session")
def _flush_spares_no_history() -> Iterator[None]:
    """Let the clean-up after a test with real commits truncate the book.

    Only that clean-up's own database transaction is exempt from the append-only triggers; it needs
    a superuser, which the test database's owner is.
    """
    original = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: list[str]) -> Any:
        return original(self, ["SET LOCAL session_replication_role = replica;", *sql_list])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield


@pytest.fixture(autouse=True)
def _forget_accounts() -> Iterator[None]:
    """Account ids are remembered for good, which holds for one database and not across tests."""
    account_id.cache_clear()
    yield
    account_id.cache_clear()
