"""A disk that is full, that fails, and that changes what it was given."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from config import embedded_postgres
from tests.faults.parts import CannotRunError
from tests.faults.stack import Stack

LOAD_SECONDS = 2.0
PAGE_BYTES = 8192
SEGMENT_BYTES = 16 * 1024 * 1024  # of WAL: with less than that, it cannot go on


def fill_disk(stack: Stack, _dice: random.Random) -> None:
    """Fill the volume that the data is on for a while; nobody but the operator makes room.

    Raises:
        CannotRunError: the data is on no volume of its own.
        RuntimeError: the volume did not become full.

    """
    if not stack.volume.is_mount():
        raise CannotRunError("the data is on no volume of its own: run as root, with tmpfs")
    ballast = stack.volume / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1024 * 1024))
    time.sleep(LOAD_SECONDS)
    is_full = shutil.disk_usage(stack.volume).free < SEGMENT_BYTES
    ballast.unlink()
    stack.start_database()  # it went down only where its WAL could not be written
    if not is_full:
        raise RuntimeError("there was room left: nothing was tried")


def fail_fsync(stack: Stack, _dice: random.Random) -> None:
    """Let fdatasync fail in every process of the server: it must stop rather than go on.

    Raises:
        CannotRunError: nobody may trace here.
        RuntimeError: it went on.

    """
    log = stack.data / "server.log"
    before = log.stat().st_size
    tracer = shutil.which("strace")
    if tracer is None:
        raise CannotRunError("strace is not installed")
    pids = [argument for pid in stack.database_pids() for argument in ("-p", str(pid))]
    failing = subprocess.Popen(
        [tracer, "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
         "-e", "inject=fdatasync:error=EIO:when=1+", *pids],
        stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(LOAD_SECONDS)
    failing.terminate()
    _, said = failing.communicate()
    if b"ptrace" in said:
        raise CannotRunError(said.decode()[:200])
    stack.start_database()
    if "PANIC" not in log.read_bytes()[before:].decode(errors="replace"):
        raise RuntimeError("the server went on after a failed fsync")


def flip_bit(stack: Stack, dice: random.Random) -> None:
    """Change a bit of the entries' file while the server is down: it is found, never believed.

    Raises:
        RuntimeError: the page was read as if it were right.

    """
    with stack.connect() as server:
        found = server.execute("SELECT pg_relation_filepath('ledger_entry')").fetchone()
    file = stack.data / str(found[0] if found else "")
    embedded_postgres.stop(stack.data)
    at = dice.randrange(PAGE_BYTES)
    _flip(file, at)
    stack.start_database()
    try:
        with stack.connect() as server:
            server.execute("SELECT sum(amount_minor) FROM ledger_entry")
        is_found = False
    except psycopg.errors.DataCorrupted:
        is_found = True
    stack.kill_database()
    _flip(file, at)
    stack.start_database()
    stack.wait()
    if not is_found:
        raise RuntimeError("a changed page was read as if it were right")


def _flip(file: Path, at: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        byte = opened.read(1)[0]
        opened.seek(at)
        opened.write(bytes([byte ^ 1]))
