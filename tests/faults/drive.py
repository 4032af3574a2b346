"""One run: clients, nemesis, an auditor who looks at the sum of all money, and the final reading.

``python -m tests.faults.drive --seed 7 --count 20`` prints what happened and what the checkers
say, and exits 1 if they found anything. The same seed gives the same schedule.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from tests.faults import book, history
from tests.faults.checkers import CHECKERS, Run, check
from tests.faults.nemesis import TABLE, Fault, schedule
from tests.faults.parts import CannotRunError
from tests.faults.proxy import ROOT
from tests.faults.scenario import Cast
from tests.faults.stack import Stack, end_in_order, running

PEOPLE, SHOPS = 12, 3
QUIET_SECONDS = 1.0
FINAL_SECONDS = 120
VOLUME_MB = 3000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is made of."""

    seed: int
    faults: list[Fault]
    clients: int = 4
    settings: str = "tests.faults.settings"
    synchronous_commit: str = "on"
    pause_seconds: float = QUIET_SECONDS
    template: Path | None = None
    live_seconds: float = 5.0
    volume_mb: int = 0
    has_pooler: bool = False


def run(plan: Plan, folder: Path, tell: Callable[[str], None] = print) -> Run:
    """Carry a plan out in a folder of its own; return what is to be checked."""
    stack = Stack(
        folder,
        settings=plan.settings,
        synchronous_commit=plan.synchronous_commit,
        template=plan.template,
        volume_mb=plan.volume_mb,
        has_pooler=plan.has_pooler,
    )
    with running(stack):
        cast_file = folder / "cast.json"
        stack.manage("-m", "tests.faults.scenario", str(cast_file), str(PEOPLE), str(SHOPS))
        cast = Cast.load(cast_file)
        auditor = Auditor(stack)
        files = [folder / f"history-{number}.jsonl" for number in range(plan.clients)]
        clients = _start_clients(plan, stack, cast_file, files)
        auditor.start()
        try:
            broken = _break(plan, stack, tell)
            ended = time.monotonic()
            for what, seconds in stack.measured:
                tell(f"{what} after {seconds:.2f} s")
        finally:
            auditor.stop()
            _end_clients(clients)
        state = final_state(stack)
        state.totals = auditor.totals
    return replace(
        broken,
        events=history.read(files),
        book=state,
        funded_minor=cast.funded_minor,
        ended_at=ended,
        live_seconds=plan.live_seconds,
    )


class Auditor(threading.Thread):
    """Looks at the sum of all money, again and again, as a reader may at any instant."""

    def __init__(self, stack: Stack, *, every_seconds: float = 0.05) -> None:
        super().__init__(daemon=True)
        self.stack, self.ended, self.every_seconds = stack, threading.Event(), every_seconds
        self.totals: list[int] = []

    def run(self) -> None:
        """Look until told to stop; the database may be away."""
        while not self.ended.wait(self.every_seconds):
            with suppress(psycopg.OperationalError), self.stack.connect() as server:
                self.totals.append(book.total(server))

    def stop(self) -> None:
        """Stop looking."""
        self.ended.set()
        self.join()


def _start_clients(
    plan: Plan, stack: Stack, cast: Path, files: list[Path]
) -> list[subprocess.Popen[bytes]]:
    dice, log = random.Random(plan.seed), stack.folder / "clients.log"
    with log.open("ab") as out:
        return [
            subprocess.Popen(
                [
                    sys.executable, "-m", "tests.faults.clients", stack.address, str(cast),
                    str(file), str(number), str(dice.randrange(2**32)),
                ],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
            for number, file in enumerate(files)
        ]  # fmt: skip


def _break(plan: Plan, stack: Stack, tell: Callable[[str], None]) -> Run:
    """Let the faults come one after the other; return when each healed, and the graceful ones."""
    dice, broken = random.Random(plan.seed + 1), Run([], book.Book({}, {}, [], {}, {}, {}), 0)
    time.sleep(2 * plan.pause_seconds)  # the first requests are answered in peace
    for number, fault in enumerate(plan.faults, 1):
        tell(f"{number}/{len(plan.faults)} {fault.name}")
        started = time.monotonic()
        try:
            fault.act(stack, dice)
        except CannotRunError as exc:
            tell(f"    not on this machine: {exc}")
            broken.left_out.append(f"{fault.name}: {exc}")
            continue
        broken.healed_at.append(time.monotonic())
        if fault.is_graceful:
            broken.graceful.append((started, time.monotonic(), fault.name))
        time.sleep(dice.uniform(0.5, 1.5) * plan.pause_seconds)
    time.sleep(plan.pause_seconds)
    return broken


def _end_clients(clients: list[subprocess.Popen[bytes]]) -> None:
    for client in clients:
        if client.stdin is not None:
            with suppress(BrokenPipeError):
                client.stdin.write(b"\n")
                client.stdin.flush()
    for client in clients:
        client.communicate(timeout=FINAL_SECONDS)
    if any(client.returncode for client in clients):
        raise RuntimeError("a client broke off; see clients.log")


def final_state(stack: Stack) -> book.Book:
    """Deliver and settle what is left, by the project's own jobs; verify and read the book."""
    findings = stack.folder / "findings"
    stack.manage("-m", "tests.faults.finish", str(findings))
    with stack.connect() as server:
        state = book.read(server)
    state.verified = findings.read_text()
    return state


def report(done: Run, found: dict[str, list[str]], tell: Callable[[str], None] = print) -> None:
    """Print counts, and the first of what each checker found."""
    for op, kinds in sorted(history.tally(done.events).items()):
        tell(f"{op}: " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    outcomes = [intent.outcome for intent in done.intents.values()]
    tell(f"intents {len(outcomes)}, acknowledged {outcomes.count(history.OK)}")
    tell(f"looks at the sum of all money: {len(done.book.totals)}")
    for name, sentences in found.items():
        title = CHECKERS[name].__name__.split("_", 1)[1].replace("_", " ")
        tell(f"{name} {title}: {len(sentences) or 'nothing'} found")
        for sentence in sentences[:5]:
            tell(f"    {sentence}")


def volume_mb() -> int:
    """Return how large a volume of its own the data gets, where that is possible."""
    return VOLUME_MB if os.geteuid() == 0 else 0


def commit() -> str:
    """Return which code is tried."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() or "unknown"


def main() -> None:
    """Read the command line, run, check."""
    end_in_order()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--count", type=int, default=len(TABLE))
    parser.add_argument("--faults", default=",".join(fault.name for fault in TABLE))
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--pooler", action="store_true", help="PgBouncer before the database")
    parser.add_argument("--live-seconds", type=float, default=5, help="until C10 complains")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    print(f"seed {asked.seed}, commit {commit()}")  # noqa: T201
    plan = Plan(
        seed=asked.seed,
        faults=schedule(asked.seed, asked.faults.split(","), asked.count),
        clients=asked.clients,
        volume_mb=volume_mb(),
        has_pooler=asked.pooler,
        live_seconds=asked.live_seconds,
    )
    with tempfile.TemporaryDirectory(prefix="jigap-faults-") as made:
        done = run(plan, asked.folder or Path(made) / "run")
    found = check(done)
    report(done, found)
    sys.exit(any(found.values()))


if __name__ == "__main__":
    main()
