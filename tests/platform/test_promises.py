"""The page of promises names what shows each of them, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.faults.checkers import CHECKERS
from tests.faults.nemesis import PLANTED, TABLE

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reliability.md").read_text()
PROMISES = [f"G{number}" for number in range(1, 21)]
NOT_KEPT = {"G20"}  # says so itself


def shown_by(promise: str) -> str:
    """Return the last column of a promise's row."""
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| G")]
    (found,) = (row[3] for row in rows if promise in re.findall(r"G\d+", row[1]))
    return found


@pytest.mark.parametrize("promise", PROMISES)
def test_each_promise_names_what_shows_it(promise: str) -> None:
    shown = shown_by(promise)
    if promise in NOT_KEPT:
        assert "not built" in shown
        return
    paths = [path for path in re.findall(r"`(tests/[^`]+)`", shown) if (ROOT / path).exists()]
    assert paths, shown


def test_every_path_on_the_page_exists() -> None:
    named = re.findall(r"`((?:tests|config|docs|ledger|wallet|merchants)/[^`*]+?)`", PAGE)
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_fault_and_checker_is_on_the_page() -> None:
    words = set(re.findall(r"`([a-z-]+)`", PAGE))
    assert {fault.name for fault in (*TABLE, PLANTED)} <= words
    for checker in CHECKERS:
        assert re.search(rf"^\| {checker} \|", PAGE, re.MULTILINE), checker
