"""The whole main job, as a newcomer runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "COLUMNS": "100", "DJANGO_SETTINGS_MODULE": "config.settings"}


def begun(*more: str) -> subprocess.Popen[str]:
    """Begin the demonstration."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo", *more],
        cwd=ROOT,
        env={**ENVIRONMENT, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.demo
def test_the_demo_tells_its_story_ends_with_whole_books_and_then_serves_everybody() -> None:
    once = begun("--once")
    told, wrong = once.communicate(timeout=180)
    assert once.returncode == 0, told + wrong
    assert "trial balance: 0 KRW; the ledger is whole" in told
    assert "to be paid           9,769 KRW" in told
    serving = begun()
    try:
        said = []
        for line in serving.stdout or []:
            said.append(line)
            if "Ctrl-C ends it" in line:
                break
        text = "".join(said)
        assert "trial balance: 0 KRW; the ledger is whole" in text
        assert "█" in text  # the poster, for a camera
        doors = dict(
            re.findall(
                r"^(wallet|till|merchant|finance|checker|API) +(http\S+)$", text, re.MULTILINE
            )
        )
        assert {"wallet", "till", "finance", "checker", "API"} <= doors.keys(), text
        for address in doors.values():
            assert requests.get(address, timeout=20).status_code == 200, address
        phones = set(re.findall(r"--code (\S+)\"", text))
        for phone in phones:
            shown = begun("--code", phone).communicate(timeout=60)[0]
            assert re.fullmatch(r"[0-9]{6}\n", shown)
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=60)
