"""Health: ``/healthz`` says the process answers, ``/readyz`` that it can do its work."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from config.celery import app
from config.durability import require_safe_database

BROKER_TIMEOUT_SECONDS = 2
MOST_SKEW_SECONDS = 2


def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer without touching anything."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """Try the database, its migrations and the broker; 503 names what failed."""
    results = {name: _try(check) for name, check in CHECKS.items()}
    ready = all(result == "ok" for result in results.values())
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": results},
        status=200 if ready else 503,
    )


def _try(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as exc:  # noqa: BLE001 - whatever fails here is the answer.
        return type(exc).__name__
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise MigrationsMissingError


def _clock() -> None:
    """Hold this machine's clock against the database's, which is everybody's.

    Raises:
        ClockDiffersError: it is more than MOST_SKEW_SECONDS away.

    """
    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        found, after = float(cursor.fetchone()[0]), time.time()
    if not before - MOST_SKEW_SECONDS <= found <= after + MOST_SKEW_SECONDS:
        raise ClockDiffersError


def _broker() -> None:
    with app.connection_for_write(connect_timeout=BROKER_TIMEOUT_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_SECONDS)


class MigrationsMissingError(Exception):
    """The database is behind the code."""


class ClockDiffersError(Exception):
    """This machine's clock is not the database's: days would close and codes expire wrongly."""


CHECKS = {
    "database": _database,
    "clock": _clock,
    "durability": require_safe_database,
    "migrations": _migrations,
    "broker": _broker,
}
