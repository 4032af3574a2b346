"""The stack is broken while people pay: a minute here, as long as asked by ``make faults``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.checkers import check
from tests.faults.drive import Plan, run
from tests.faults.mutants import PLANTS
from tests.faults.nemesis import BY_NAME, schedule

pytestmark = pytest.mark.faults

# One of each that is quick, and the ones that found most twice.
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


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tables are made once for all runs of this file."""
    return tmp_path_factory.mktemp("faults") / "template"


def test_nothing_is_lost_doubled_or_made_while_the_stack_is_broken(
    tmp_path: Path, template: Path
) -> None:
    faults = schedule(SEED, list(SHORT), len(SHORT))
    # On a machine that others share, coming back is what is asked for, not how soon.
    plan = Plan(seed=SEED, faults=faults, template=template, live_seconds=60)
    done = run(plan, tmp_path / "run")
    found = check(done)
    assert not any(found.values()), found
    assert sum(intent.outcome == "ok" for intent in done.intents.values()) > 0


@pytest.mark.parametrize("bug", PLANTS)
def test_a_bug_planted_in_the_stack_is_found(
    bug: str, tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANTED_BUG", bug)
    plan = Plan(
        seed=SEED,
        faults=[BY_NAME["cut-answers"]] * 2,
        settings="tests.faults.mutants.settings",
        template=template,
    )
    found = check(run(plan, tmp_path / "run"))
    assert found[PLANTS[bug][1]], found
