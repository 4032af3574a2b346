"""A few days of trading, with a bank that makes mistakes, close with nothing left over."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a server of this test's own, which is stopped at the end."""
    own = {
        **os.environ,
        "JIGAP_ENV": "development",
        "JIGAP_VAR": str(tmp_path),
        "COLUMNS": "120",
    }
    yield own
    subprocess.run([sys.executable, "manage.py", "stop"], cwd=ROOT, env=own, check=True)


@pytest.mark.demo
def test_each_day_closes_and_everything_is_proved(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "simulate", "--days", "3", "--from", "2026-03-04"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 days closed; the book, every settlement and payout is proved" in done.stdout
    rows = [line.split("│") for line in done.stdout.splitlines() if line.startswith("│ 2026-03")]
    assert [row[1].strip() for row in rows] == ["2026-03-04", "2026-03-05", "2026-03-06"]
    assert {row[6].strip() for row in rows} == {"0"}  # the residual
