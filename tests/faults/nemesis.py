"""The faults, each a way to break the stack and to heal it; and which comes when, from a seed.

A fault that cannot run on this machine says why; it is listed in the summary, never left out in
silence.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from tests.faults import servers
from tests.faults.stack import Stack, send

Act = Callable[[Stack, random.Random], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of the table: what it does, how often in a full run, and the promises it is about."""

    name: str
    act: Act
    full_count: int
    promises: str


def kill_database(stack: Stack, dice: random.Random) -> None:
    """Kill -9 every process of PostgreSQL, and start it again."""
    stack.kill_database()
    time.sleep(dice.uniform(0, 0.3))
    stack.start_database()


def kill_web_worker(stack: Stack, dice: random.Random) -> None:
    """Kill -9 one worker process of the web server, which makes a new one."""
    workers = stack.pids("web")[1:]
    if workers:
        send([dice.choice(workers)], signal.SIGKILL)


def kill_web(stack: Stack, dice: random.Random) -> None:
    """Kill -9 the whole web server, and start it again."""
    stack.kill("web")
    time.sleep(dice.uniform(0, 0.2))
    stack.start("web")
    stack.wait()


def restart_web(stack: Stack, _dice: random.Random) -> None:
    """Replace the web server's workers one by one, as a deployment does (SIGHUP)."""
    send([stack.processes["web"].pid], signal.SIGHUP)
    time.sleep(1)


def kill_worker(stack: Stack, dice: random.Random) -> None:
    """Kill -9 the Celery worker with its timetable, and start it again."""
    stack.kill("worker")
    time.sleep(dice.uniform(0, 0.2))
    stack.start("worker")


def kill_everything(stack: Stack, _dice: random.Random) -> None:
    """Kill -9 web, worker and database at once, and start them again."""
    stack.kill_database()
    for name in ("web", "worker"):
        stack.kill(name)
    stack.start_database()
    for name in ("web", "worker"):
        stack.start(name)
    stack.wait()


def cut_commits(stack: Stack, dice: random.Random) -> None:
    """Cut the database's answer to COMMIT: it happened, and the application cannot know."""
    stack.proxies["database"].order(f"cut {dice.uniform(0.2, 1):.2f}")
    time.sleep(1.5)
    stack.proxies["database"].order("calm")


def cut_answers(stack: Stack, dice: random.Random) -> None:
    """Cut the web server's answers on their way to the client."""
    stack.proxies["web"].order(f"cut {dice.uniform(0.2, 1):.2f}")
    time.sleep(1.5)
    stack.proxies["web"].order("calm")


def reset_connections(stack: Stack, dice: random.Random) -> None:
    """Reset every connection to the database, or to the web server, at once."""
    stack.proxies[dice.choice(["database", "web"])].order("reset")


def slow_database(stack: Stack, _dice: random.Random) -> None:
    """Delay what passes between application and database by 50 ms in the mean, each way."""
    stack.proxies["database"].order("delay 0.05")
    time.sleep(2)
    stack.proxies["database"].order("calm")


def pause_database(stack: Stack, dice: random.Random) -> None:
    """Stop every process of PostgreSQL for a while, as an overloaded host does."""
    pids = stack.database_pids()
    send(pids, signal.SIGSTOP)
    time.sleep(dice.uniform(1, 3))
    send(pids, signal.SIGCONT)


def pause_web_worker(stack: Stack, dice: random.Random) -> None:
    """Stop one web worker while it may hold locks; the others go on."""
    workers = stack.pids("web")[1:]
    paused = [dice.choice(workers)] if workers else []
    send(paused, signal.SIGSTOP)
    time.sleep(dice.uniform(1, 4))
    send(paused, signal.SIGCONT)


def take_connections(stack: Stack, _dice: random.Random) -> None:
    """Take every connection the server has left, for a while."""
    taken: list[psycopg.Connection] = []
    try:
        while len(taken) < 400:
            taken.append(stack.connect())
    except psycopg.OperationalError:
        time.sleep(2)
    finally:
        for connection in taken:
            connection.close()


def wipe_broker(stack: Stack, _dice: random.Random) -> None:
    """Kill the broker and start it empty, or empty the queue that is kept in files."""
    if "redis" in stack.processes:
        stack.kill("redis")
        stack.start("redis")
        return
    for file in stack.folder.glob("broker/**/*.msg"):
        file.unlink(missing_ok=True)


TABLE = (
    Fault("kill-database", kill_database, 500, "G1 G4 G6"),
    Fault("kill-web-worker", kill_web_worker, 500, "G1 G2"),
    Fault("kill-web", kill_web, 100, "G1 G2"),
    Fault("restart-web", restart_web, 50, "G1"),
    Fault("kill-worker", kill_worker, 200, "G9 G10"),
    Fault("kill-everything", kill_everything, 50, "G1 G2 G9 G10"),
    Fault("cut-commits", cut_commits, 100, "G2 G6"),
    Fault("cut-answers", cut_answers, 100, "G2"),
    Fault("reset-connections", reset_connections, 100, "G2 G6"),
    Fault("slow-database", slow_database, 50, "G6"),
    Fault("pause-database", pause_database, 20, "G6 G18"),
    Fault("pause-web-worker", pause_web_worker, 50, "G6"),
    Fault("take-connections", take_connections, 20, "G18"),
    Fault("wipe-broker", wipe_broker, 50, "G9"),
    Fault("promote-standby", servers.promote_standby, 5, "G1 G2 G6"),
    Fault("restore-backup", servers.restore_backup, 5, "G19"),
    Fault("fill-disk", servers.fill_disk, 20, "G18"),
    Fault("fail-fsync", servers.fail_fsync, 10, "G1 G18"),
    Fault("flip-bit", servers.flip_bit, 20, "G8"),
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
