"""The faults, each a way to break the stack and to heal it; and which comes when, from a seed.

A fault that cannot run on this machine says why; it is listed in the summary, never left out in
silence.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.acts import clocks, deploying, disks, processes, servers, wire
from tests.faults.stack import Stack

Act = Callable[[Stack, random.Random], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of the table: what it does, how often in a full run, and the promises it is about."""

    name: str
    act: Act
    full_count: int
    promises: str
    is_graceful: bool = False  # nobody's request may fail meanwhile


TABLE = (
    Fault("kill-database", processes.kill_database, 500, "G1 G4 G6"),
    Fault("kill-web-worker", processes.kill_web_worker, 500, "G1 G2"),
    Fault("kill-web", processes.kill_web, 100, "G1 G2"),
    Fault("restart-web", deploying.restart_web, 50, "G1", is_graceful=True),
    Fault("migrate-under-load", deploying.migrate_under_load, 10, "G1", is_graceful=True),
    Fault("kill-worker", processes.kill_worker, 200, "G9 G10"),
    Fault("kill-everything", processes.kill_everything, 50, "G1 G2 G9 G10"),
    Fault("cut-commits", wire.cut_commits, 100, "G2 G6"),
    Fault("cut-answers", wire.cut_answers, 100, "G2"),
    Fault("reset-connections", wire.reset_connections, 100, "G2 G6"),
    Fault("slow-database", wire.slow_database, 50, "G6"),
    Fault("pause-database", processes.pause_database, 20, "G6 G18"),
    Fault("pause-web-worker", processes.pause_web_worker, 50, "G6"),
    Fault("take-connections", processes.take_connections, 20, "G18"),
    Fault("kill-pooler", processes.kill_pooler, 50, "G1 G2"),
    Fault("wipe-broker", processes.wipe_broker, 50, "G9"),
    Fault("skew-web", clocks.skew_web, 20, "G6"),
    Fault("promote-standby", servers.promote_standby, 5, "G1 G2 G6"),
    Fault("restore-backup", servers.restore_backup, 5, "G19"),
    Fault("fill-disk", disks.fill_disk, 20, "G18"),
    Fault("fail-fsync", disks.fail_fsync, 10, "G1 G18"),
    Fault("flip-bit", disks.flip_bit, 20, "G8"),
)
# No row of the table: a bug of the operator's, which C1 has to find.
PLANTED = Fault("promote-stale-standby", servers.promote_stale_standby, 0, "G1")
BY_NAME = {fault.name: fault for fault in (*TABLE, PLANTED)}


def schedule(seed: int, names: list[str], count: int) -> list[Fault]:
    """Return which faults come one after the other: each kind as often, the order by the seed."""
    dice = random.Random(seed)
    drawn = [BY_NAME[names[number % len(names)]] for number in range(count)]
    dice.shuffle(drawn)
    return drawn
