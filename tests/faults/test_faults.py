"""The stack is broken while people pay: a minute here, an hour by ``make faults``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.checkers import check
from tests.faults.drive import Plan, run
from tests.faults.mutants import PLANTS
from tests.faults.nemesis import BY_NAME, PLANTED, schedule
from tests.faults.template import template

__all__ = ["template"]
pytestmark = pytest.mark.faults

# One of each that is quick and runs everywhere.
SHORT = (
    "kill-database",
    "kill-web-worker",
    "kill-everything",
    "kill-worker",
    "cut-commits",
    "cut-answers",
    "reset-connections",
    "restart-web",
    "wipe-broker",
    "take-connections",
)
SEED = int(os.environ.get("FAULTS_SEED", "1"))
PAUSE_SECONDS = 0.4


def test_nothing_is_lost_doubled_or_made_while_the_stack_is_broken(
    tmp_path: Path, template: Path
) -> None:
    # On a machine that others share, coming back is what is asked for, not how soon.
    plan = Plan(
        seed=SEED,
        faults=schedule(SEED, list(SHORT), len(SHORT)),
        clients=3,
        pause_seconds=PAUSE_SECONDS,
        template=template,
        live_seconds=60,
    )
    done = run(plan, tmp_path / "run")
    found = check(done)
    assert not any(found.values()), found
    assert len(done.healed_at) == len(SHORT)  # none was left out
    assert sum(intent.outcome == "ok" for intent in done.intents.values()) > 0


def test_the_bugs_planted_in_the_stack_are_found(
    tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in one stack, since each is found by another checker, in other words.

    The last is the operator's: going on with a standby that was not waited for.
    """
    monkeypatch.setenv("PLANTED_BUGS", ",".join(PLANTS))
    monkeypatch.setenv("WEB_WORKERS", "1")
    plan = Plan(
        seed=SEED,
        faults=[BY_NAME["cut-answers"], PLANTED],
        clients=3,
        pause_seconds=PAUSE_SECONDS,
        settings="tests.faults.mutants.settings",
        template=template,
    )
    found = check(run(plan, tmp_path / "run"))
    for _, checker, words in PLANTS.values():
        assert any(words in sentence for sentence in found[checker]), found
    assert any("was acknowledged and has 0 effects" in sentence for sentence in found["C1"]), found
