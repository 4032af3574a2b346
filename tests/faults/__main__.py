"""The whole table: ``python -m tests.faults`` runs each fault as often as it says, in rounds.

Each round has a stack and a seed of its own, and a line in a file of ``var/faults`` when it is
over: broken off and begun again, the run goes on with the round that has none yet. It exits 1
where any checker found anything.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.faults.checkers import check
from tests.faults.drive import Plan, commit, report, run, volume_mb
from tests.faults.history import OK
from tests.faults.nemesis import TABLE, Fault
from tests.faults.proxy import ROOT
from tests.faults.stack import end_in_order

ROUND = 40
POOLER = "kill-pooler"


def rounds(seed: int, share: float) -> list[list[Fault]]:
    """Return which faults come in which round, by the seed; those of the pooler by themselves."""
    drawn = [fault for fault in TABLE for _ in range(max(1, round(fault.full_count * share)))]
    random.Random(seed).shuffle(drawn)
    cut = []
    for kind in (True, False):
        some = [fault for fault in drawn if (fault.name == POOLER) is kind]
        cut += [some[at : at + ROUND] for at in range(0, len(some), ROUND)]
    return cut


def once(seed: int, faults: list[Fault], clients: int, live_seconds: float) -> dict[str, Any]:
    """Carry a round out; return its line."""
    plan = Plan(
        seed=seed,
        faults=faults,
        clients=clients,
        volume_mb=volume_mb(),
        has_pooler=any(fault.name == POOLER for fault in faults),
        live_seconds=live_seconds,
    )
    with tempfile.TemporaryDirectory(prefix="jigap-faults-") as made:
        done = run(plan, Path(made) / "run")
    found = check(done)
    report(done, found)
    return {
        "seed": seed,
        "faults": Counter(fault.name for fault in faults),
        "left_out": done.left_out,
        "intents": len(done.intents),
        "acknowledged": sum(one.outcome == OK for one in done.intents.values()),
        "found": {name: sentences for name, sentences in found.items() if sentences},
    }


def summary(lines: list[dict[str, Any]]) -> list[str]:
    """Return what a whole run says: how much was tried, and what was found."""
    faults: Counter[str] = Counter()
    for line in lines:
        faults.update(line["faults"])
        faults.subtract(one.partition(":")[0] for one in line["left_out"])
    told = [f"{name}: {count}" for name, count in sorted(faults.items())]
    told += sorted({f"not on this machine: {one}" for line in lines for one in line["left_out"]})
    intents = sum(line["intents"] for line in lines)
    acknowledged = sum(line["acknowledged"] for line in lines)
    told.append(f"intents {intents}, acknowledged {acknowledged}, rounds {len(lines)}")
    told += [f"seed {line['seed']}: {line['found']}" for line in lines if line["found"]]
    return told


def main() -> None:
    """Read the command line, and go on where the last run stopped."""
    end_in_order()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=1, help="of each fault's count; 1 in hours")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--live-seconds", type=float, default=5, help="until C10 complains")
    asked = parser.parse_args()
    file = ROOT / "var" / "faults" / f"{asked.seed}-{asked.share:g}-{commit()}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    planned = rounds(asked.seed, asked.share)
    for number, faults in list(enumerate(planned))[len(lines) :]:
        print(f"== round {number + 1} of {len(planned)}")  # noqa: T201
        seed = asked.seed * 1000 + number
        lines.append(once(seed, faults, asked.clients, asked.live_seconds))
        with file.open("a") as out:
            out.write(json.dumps(lines[-1]) + "\n")
    print("\n".join(summary(lines)))  # noqa: T201
    sys.exit(any(line["found"] for line in lines))


if __name__ == "__main__":
    main()
