"""``python -m tests.load``: find the knee, stay at half of it, at it, beyond it, and come back.

The stack is that of ``tests.faults``, without its proxies; so are the clients, who send, pay,
refund and read over HTTP as fast as they are answered. ``--minutes`` is how long it lasts in sum.
Exits 1 where an answer was an error, or a checker finds that anything was lost.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.faults import history
from tests.faults.checkers import Run, check
from tests.faults.drive import Auditor, final_state
from tests.faults.proxy import ROOT
from tests.faults.scenario import Cast
from tests.faults.stack import Stack, end_in_order, running

STORES = 100
RAMP = (1, 2, 4, 8, 16, 32)
GAIN = 1.1  # twice the clients have to bring that much more, or the knee was before
PATIENCE = 2  # steps without gain, for what else the machine does makes one step slow
OVERLOAD = 64  # at once: more than the web server's threads serve within a second
MOST_FINDING_OUT_SECONDS = 180
_BLOAT = """
    SELECT relname, pg_total_relation_size(relid) / 1024 / 1024, n_live_tup, n_dead_tup
    FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC LIMIT 5
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What clients saw: answers a second, how long they took, how many were turned away."""

    answered: float
    middle: float
    late: float
    longest: float
    turned_away: int
    errors: int

    def __str__(self) -> str:
        return (
            f"{self.answered:7.1f}/s  p50 {self.middle * 1000:6.0f} ms"
            f"  p99 {self.late * 1000:6.0f} ms  max {self.longest * 1000:6.0f} ms"
            f"  turned away {self.turned_away}  errors {self.errors}"
        )


class Load:
    """Stages of clients against one stack."""

    def __init__(self, stack: Stack, cast: Path) -> None:
        self.stack, self.cast = stack, cast
        self.files: list[Path] = []

    def stage(self, clients: int, seconds: float, cast: Path | None = None) -> Figures:
        """Let so many clients act for so long, and find out whatever they do not know."""
        files = [
            self.stack.folder / f"history-{len(self.files) + number}.jsonl"
            for number in range(clients)
        ]
        self.files += files
        address = f"http://127.0.0.1:{self.stack.ports['app']}"
        with (self.stack.folder / "clients.log").open("ab") as log:
            started = [
                subprocess.Popen(
                    [sys.executable, "-m", "tests.faults.clients", address, str(cast or self.cast),
                     str(file), str(number), str(number)],
                    cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
                )
                for number, file in enumerate(files)
            ]  # fmt: skip
        time.sleep(seconds)
        for client in started:
            client.communicate(b"\n", timeout=MOST_FINDING_OUT_SECONDS)
        return figures(files)

    def knee(self, seconds: float) -> int:
        """Return how many clients bring as many answers a second as any more would."""
        best, knee, in_vain = 0.0, 1, 0
        for clients in RAMP:
            seen = self.stage(clients, seconds)
            print(f"{clients:4} clients  {seen}")  # noqa: T201
            if seen.answered >= best * GAIN:
                best, knee, in_vain = seen.answered, clients, 0
                continue
            in_vain += 1
            if in_vain == PATIENCE:
                break
        return knee


def figures(files: list[Path]) -> Figures:
    """Reckon what came of one stage."""
    taken, turned_away, errors = [], 0, 0
    ends: list[float] = []
    for file in files:
        asked = 0.0
        for event in history.read([file]):
            if event.type == history.INVOKE:
                asked = event.at
                continue
            ends.append(event.at)
            if event.status == 503:
                turned_away += 1
            elif event.type == history.INFO and event.status != 409:
                errors += 1
            else:
                taken.append(event.at - asked)
    span = max(ends) - min(ends) if len(ends) > 1 else 1.0
    late = statistics.quantiles(taken, n=100)[98] if len(taken) > 1 else 0.0
    middle = statistics.median(taken) if taken else 0.0
    return Figures(len(taken) / span, middle, late, max(taken, default=0.0), turned_away, errors)


def answered(files: list[Path]) -> int:
    """Return how many intents were acknowledged."""
    return sum(bool(one.answers) for one in history.intents(history.read(files)).values())


def size(stack: Stack) -> int:
    """Return how many bytes all tables have, with their indexes."""
    with stack.connect() as server:
        found = server.execute(
            "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables"
        ).fetchone()
    return int(found[0]) if found else 0


def memory(stack: Stack) -> str:
    """Return the resident memory of each part, in megabytes."""
    parts = {name: stack.pids(name) for name in stack.processes}
    parts["database"] = stack.database_pids()
    return ", ".join(f"{name} {sum(map(_resident, pids))} MB" for name, pids in parts.items())


def _resident(pid: int) -> int:
    """Return what a process has of its own; what the database shares is counted once by nobody."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) // 1024


def run(folder: Path, minutes: float, people: int) -> bool:
    """Carry all stages out; return whether nothing was lost and nothing was an error."""
    stack = Stack(folder)
    with running(stack):
        cast = folder / "cast.json"
        stack.manage("-m", "tests.faults.scenario", str(cast), str(people), str(STORES))
        load, unit = Load(stack, cast), minutes * 60 / 20
        auditor = Auditor(stack, every_seconds=0.5)
        auditor.start()
        load.stage(2, unit / 2)  # warm
        before, done_before = size(stack), answered(load.files)
        knee = load.knee(unit)
        print(f"the knee: {knee} clients; memory: {memory(stack)}")  # noqa: T201
        stages = {"50 %": knee / 2, "100 %": knee, "150 %": knee * 1.5}
        stages |= {"far beyond": max(knee * 2, OVERLOAD), "back at 100 %": knee}
        errors = 0
        for name, clients in stages.items():
            seen = load.stage(max(1, round(clients)), unit * (4 if name == "100 %" else 2))
            errors += seen.errors
            print(f"{name:>14}  {round(clients):4} clients  {seen}")  # noqa: T201
        seen = load.stage(knee, unit * 2, _hot(cast))
        print(f"{'one hot store':>14}  {knee:4} clients  {seen}")  # noqa: T201
        print(f"memory: {memory(stack)}")  # noqa: T201
        auditor.stop()
        state = final_state(stack)
        done = answered(load.files) - done_before
        print(f"the database grew by {(size(stack) - before) / max(done, 1):.0f} bytes an intent")  # noqa: T201
        state.totals = auditor.totals
        with stack.connect() as server:
            for name, megabytes, living, dead in server.execute(_BLOAT):
                print(f"{name}: {megabytes} MB, {living} rows, {dead} dead")  # noqa: T201
    found = check(Run(history.read(load.files), state, Cast.load(cast).funded_minor))
    for name, sentences in found.items():
        print(f"{name}: {len(sentences) or 'nothing'} found {sentences[:3] or ''}")  # noqa: T201
    return errors == 0 and not any(found.values())


def _hot(cast: Path) -> Path:
    """Return a cast in which everybody pays the same store."""
    everybody, hot = Cast.load(cast), cast.with_name("hot.json")
    Cast(everybody.people, everybody.shops[:1], everybody.funded_minor).save(hot)
    return hot


def main() -> None:
    """Read the command line, and run."""
    end_in_order()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--people", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jigap-load-") as made:
        is_well = run(Path(made) / "run", asked.minutes, asked.people)
    sys.exit(not is_well)


if __name__ == "__main__":
    main()
