"""Processes that die, stand still, or are too many."""

from __future__ import annotations

import random
import signal
import time

import psycopg

from tests.faults.parts import CannotRunError
from tests.faults.stack import Stack, send


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


def kill_pooler(stack: Stack, _dice: random.Random) -> None:
    """Kill -9 PgBouncer with all transactions under way, and start it again."""
    if not stack.has_pooler:
        raise CannotRunError("there is no pooler: --pooler")
    stack.kill("pooler")
    stack.start("pooler")
