"""Where the database is, how many connections are kept to it, and where its replica is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config import embedded_postgres, env
from config.reading import database

REPLICA = "replica"  # as ``ledger.stale`` names it

# A web process may not hang on a lock or a query; jobs and commands may take longer.
_WEB_LIMITS = (
    "-c lock_timeout=2s -c statement_timeout=5s -c idle_in_transaction_session_timeout=5s"
)
_POOL = {"min_size": 2, "max_size": 10, "timeout": 3}


def configured(url: str, var: Path) -> dict[str, dict[str, Any]]:
    """Read what there is beside the address of the database; return Django's DATABASES."""
    is_pooled = env.flag("DATABASE_POOL", means="Keep a pool of connections in each web process")
    is_prepared = env.flag(
        "DATABASE_PREPARED",
        means="Prepare what posts; not behind PgBouncer before 1.21",
        default=True,
    )
    is_behind_pooler = env.flag(
        "DATABASE_POOLER",
        means="PgBouncer stands in front and pools transactions; see docs/scaling.md",
    )
    replica_url = env.text(
        "DATABASE_REPLICA_URL",
        means="A streaming replica, for lists and history alone; needs CACHE_URL",
        default="",
    )
    found = {"default": database(url) if url else _embedded(var)}
    if replica_url:
        found[REPLICA] = database(replica_url)
    for each in found.values():
        each["OPTIONS"] |= {"prepare_threshold": 5 if is_prepared else None}
        if is_pooled:
            # A pooler takes no options at the start of a connection: it sets these limits itself.
            limits = {} if is_behind_pooler else {"options": _WEB_LIMITS}
            each["OPTIONS"] |= {"pool": dict(_POOL)} | limits
        each |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
        each["DISABLE_SERVER_SIDE_CURSORS"] = is_behind_pooler
    return found


def _embedded(var: Path) -> dict[str, Any]:
    return {
        "ENGINE": "config.postgres",
        "NAME": embedded_postgres.DATABASE,
        "USER": embedded_postgres.SUPERUSER,
        "HOST": embedded_postgres.socket_folder(var / "postgres"),
        "OPTIONS": {"connect_timeout": 5},
    }
