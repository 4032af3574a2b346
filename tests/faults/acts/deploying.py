"""What an operator does on purpose while people pay: none of their requests may fail."""

from __future__ import annotations

import os
import random
import signal
import threading
import time

from tests.faults.stack import START_SECONDS, Stack, send

REPORT_SECONDS = 2.5
EXPANDING = "tests.faults.expanding.settings"


def restart_web(stack: Stack, _dice: random.Random) -> None:
    """Replace the web server's workers, as a deployment does (SIGHUP), and wait for it.

    Raises:
        TimeoutError: an old one stays.

    """
    old = stack.pids("web")[1:]
    send([stack.processes["web"].pid], signal.SIGHUP)
    deadline = time.monotonic() + START_SECONDS
    while any(_lives(pid) for pid in old):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{old} are still there")
        time.sleep(0.05)
    stack.wait()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def migrate_under_load(stack: Stack, _dice: random.Random) -> None:
    """Change a busy table under the old code while a long report holds it; and change it back."""
    report = threading.Thread(target=_read_for_long, args=(stack,))
    report.start()
    started = time.monotonic()
    try:
        for to in ("0002", "zero"):
            stack.manage("manage.py", "migrate", "expanding", to, owner=True, settings=EXPANDING)
    finally:
        report.join()
    stack.measured.append(("migrated there and back", time.monotonic() - started))


def _read_for_long(stack: Stack) -> None:
    """Hold what a report holds: whoever wants the table alone has to wait."""
    with stack.connect() as server, server.transaction():
        server.execute("LOCK TABLE wallet_transfer IN ACCESS SHARE MODE")
        time.sleep(REPORT_SECONDS)
