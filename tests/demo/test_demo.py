"""The whole main job, as a newcomer runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.demo
def test_the_demo_tells_its_story_twice_and_ends_with_whole_books() -> None:
    for _ in range(2):
        ended = subprocess.run(
            [sys.executable, "manage.py", "demo", "--once"],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "100", "DJANGO_SETTINGS_MODULE": "config.settings"},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert "trial balance: 0 KRW; the ledger is whole" in ended.stdout
        assert "to be paid           9,769 KRW" in ended.stdout
