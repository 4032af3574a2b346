"""Faults that need a second PostgreSQL: standbys, backups.

The servers are made by the embedded one's own programs, as an operator would (docs/runbook.md).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from config import embedded_postgres
from config.postgres.programs import Owner, binaries, owner_of
from tests.faults import book
from tests.faults.stack import Stack, send

WAIT_SECONDS = 60
LOAD_SECONDS = 2.0


def connect_to(data: Path, database: str = embedded_postgres.DATABASE) -> psycopg.Connection:
    """Connect as the owner to the server on ``data``, each statement a transaction."""
    return psycopg.connect(
        host=embedded_postgres.socket_folder(data),
        user=embedded_postgres.SUPERUSER,
        dbname=database,
        autocommit=True,
    )


def _until(server: psycopg.Connection, query: str) -> None:
    """Wait until a query says yes.

    Raises:
        TimeoutError: it does not.

    """
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        found = server.execute(query).fetchone()
        if found and found[0]:
            return
        time.sleep(0.05)
    raise TimeoutError(query)


def _base_backup(stack: Stack, data: Path, *arguments: str) -> Owner:
    """Take a base backup of the server while it works."""
    owner = owner_of(stack.data)
    data.mkdir(mode=0o700)
    owner.take(data)
    source = f"host={stack.socket} user={embedded_postgres.SUPERUSER} application_name=standby"
    owner.must("pg_basebackup", "-d", source, "-D", str(data), "-c", "fast", *arguments)
    # Where the socket is beside the data, its lock is copied with it.
    (data / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    return owner


def make_standby(stack: Stack, *, synchronous: bool) -> Path:
    """Start a streaming standby; return its data."""
    data = stack.volume / f"standby-{time.monotonic_ns()}"
    _base_backup(stack, data, "-R", "-X", "stream")
    embedded_postgres.start(data)
    with stack.connect() as primary:
        if synchronous:
            primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            primary.execute("SELECT pg_reload_conf()")
        state = "sync" if synchronous else "async"
        _until(
            primary,
            "SELECT count(*) > 0 FROM pg_stat_replication"
            f" WHERE state = 'streaming' AND sync_state = '{state}'",
        )
    return data


def promote(stack: Stack, data: Path) -> None:
    """Make the standby the server that everybody talks to."""
    owner_of(data).must("pg_ctl", "-D", str(data), "-w", "promote")
    stack.data, stack.socket = data, embedded_postgres.socket_folder(data)
    stack.proxies["database"].order(f"target {stack.socket}/.s.PGSQL.5432")
    stack.proxies["database"].order("reset")


def promote_standby(stack: Stack, _dice: random.Random) -> None:
    """Kill -9 the server while a synchronous standby follows it, and go on with that one."""
    data = make_standby(stack, synchronous=True)
    time.sleep(LOAD_SECONDS)
    stack.kill_database()
    started = time.monotonic()
    promote(stack, data)
    stack.wait()
    stack.measured.append(("promoted and ready again", time.monotonic() - started))


def promote_stale_standby(stack: Stack, _dice: random.Random) -> None:
    """Go on with a standby that stopped following and was not waited for: payments are lost.

    No fault of the table, but the planted bug of ``promote_standby``.
    """
    data = make_standby(stack, synchronous=False)
    with connect_to(data) as standby:
        found = standby.execute("SELECT pid FROM pg_stat_wal_receiver").fetchone()
    if found is None:
        raise RuntimeError("the standby receives nothing")
    send([found[0]], signal.SIGSTOP)
    time.sleep(2 * LOAD_SECONDS)
    stack.kill_database()
    send([found[0]], signal.SIGKILL)
    promote(stack, data)
    stack.wait()


def restore_backup(stack: Stack, _dice: random.Random) -> None:
    """Take a base backup, the WAL that follows, and a dump, all under load; restore all of it.

    The base backup goes to a point that was named in the middle of the traffic. Both copies have
    to balance, and to have everything that was in the book before that point.

    Raises:
        RuntimeError: one of them has not.

    """
    number, owner = time.monotonic_ns(), owner_of(stack.data)
    folder = stack.folder / f"backup-{number}"
    folder.mkdir(mode=0o700)
    owner.take(folder)
    data, wal, dump = folder / "restored", folder / "wal", folder / "dump"
    receiver = _receive_wal(stack, owner, wal)
    try:
        _base_backup(stack, data, "-X", "none")
        time.sleep(LOAD_SECONDS)
        with stack.connect() as server:
            before, money = _posted(server), book.total(server)
            database = ("-h", stack.socket, "-U", embedded_postgres.SUPERUSER)
            owner.must("pg_dump", *database, "-Fd", "-f", str(dump), embedded_postgres.DATABASE)
            server.execute("SELECT pg_create_restore_point('noted')")
            segment = server.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
            server.execute("SELECT pg_switch_wal()")
        _wait_for(wal / str(segment[0] if segment else ""))
    finally:
        receiver.terminate()
        receiver.wait()
        owner.must("pg_receivewal", *_slot(stack, wal), "--drop-slot")
    started = time.monotonic()
    _recover(owner, data, wal)
    stack.measured.append(("restored to a point in time", time.monotonic() - started))
    _compare(owner, data, dump, money, before)


def _compare(owner: Owner, data: Path, dump: Path, money: int, before: set[int]) -> None:
    """Hold both copies against what the book had when they were taken."""
    try:
        where = ("-h", embedded_postgres.socket_folder(data), "-U", embedded_postgres.SUPERUSER)
        owner.must("createdb", *where, "from_dump")
        owner.must("pg_restore", *where, "-d", "from_dump", str(dump))
        for name in (embedded_postgres.DATABASE, "from_dump"):
            with connect_to(data, name) as copy:
                _require_whole(copy, name, money, before)
    finally:
        embedded_postgres.stop(data)


def _receive_wal(stack: Stack, owner: Owner, wal: Path) -> subprocess.Popen[bytes]:
    """Stream the WAL into a folder, as an archive does."""
    wal.mkdir(mode=0o700)
    owner.take(wal)
    other = {"user": owner.uid, "group": owner.gid, "extra_groups": []}
    owner.must("pg_receivewal", *_slot(stack, wal), "--create-slot")
    receiver: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
        [str(binaries() / "pg_receivewal"), *_slot(stack, wal)],
        cwd="/",
        start_new_session=True,
        **(other if os.geteuid() == 0 else {}),
    )
    deadline = time.monotonic() + WAIT_SECONDS
    while not list(wal.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return receiver


def _slot(stack: Stack, wal: Path) -> tuple[str, ...]:
    """Say where from and where to; the slot keeps what was not fetched yet."""
    source = f"host={stack.socket} user={embedded_postgres.SUPERUSER}"
    return ("-d", source, "-S", "archive", "-D", str(wal))


def _wait_for(file: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not file.is_file():
        if time.monotonic() > deadline:
            raise TimeoutError(file)
        time.sleep(0.05)


def _recover(owner: Owner, data: Path, wal: Path) -> None:
    """Bring a base backup to the point that was named, and open it."""
    with (data / "postgresql.auto.conf").open("a") as file:
        file.write(
            f"restore_command = 'cp {wal}/%f %p'\n"
            "recovery_target_name = 'noted'\nrecovery_target_action = 'promote'\n"
        )
    signal_file = data / "recovery.signal"
    signal_file.touch()
    owner.take(signal_file)
    embedded_postgres.start(data)
    with connect_to(data) as server:
        _until(server, "SELECT NOT pg_is_in_recovery()")


def _posted(server: psycopg.Connection) -> set[int]:
    return {row[0] for row in server.execute("SELECT id FROM ledger_transaction")}


def _require_whole(copy: psycopg.Connection, name: str, money: int, before: set[int]) -> None:
    if book.total(copy) != money:
        raise RuntimeError(f"{name} has {book.total(copy)} instead of {money}")
    if not before <= _posted(copy):
        raise RuntimeError(f"{name} lacks transactions {sorted(before - _posted(copy))[:5]}")
    if sum(entry.amount_minor for entry in book.read(copy).entries) != 0:
        raise RuntimeError(f"{name} does not balance")
