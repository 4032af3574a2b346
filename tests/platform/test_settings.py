"""Production refuses unsafe values; every setting is declared and documented."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import env

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "JIGAP_ENV": "production",
    "SECRET_KEY": "a" * 25 + "b" * 25 + "c1d2e3",
    "BANK_SECRET": "s" * 40,
    "PIN_PEPPER": "p" * 40,
    "CODE_SECRETS": "c" * 40,
    "SEALING_SECRET": "e" * 40,
    "ANCHOR_SECRET": "d" * 50,
    "ALLOWED_HOSTS": "wallet.example",
    "DATABASE_URL": "postgresql://jigap_app@127.0.0.1/jigap",
}


def start(changes: dict[str, str | None]) -> subprocess.CompletedProcess[str]:
    values = {**SAFE, **changes}
    kept = {k: v for k, v in os.environ.items() if k not in env.DECLARED}
    given = {k: v for k, v in values.items() if v is not None}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env={**kept, **given},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_safe_values() -> None:
    assert start({}).returncode == 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"DEBUG": "true"}, "DEBUG"),
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "changeme"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///x.db"}, "DATABASE_URL"),
        ({"BANK_SECRET": None}, "BANK_SECRET"),
        ({"SEALING_SECRET": None}, "SEALING_SECRET"),
        ({"ANCHOR_SECRET": None}, "ANCHOR_SECRET"),
        ({"WEBHOOK_PORTS": "https"}, "WEBHOOK_PORTS"),
        ({"DEBUG": "yes"}, "DEBUG"),
        ({"THROTTLE_PERSON": "many"}, "THROTTLE_PERSON"),
        ({"JIGAP_ENV": "staging"}, "JIGAP_ENV"),
    ],
)
def test_production_refuses_an_unsafe_value_and_names_it(
    changes: dict[str, str | None], named: str
) -> None:
    ended = start(changes)
    assert ended.returncode != 0
    assert named in ended.stderr.strip().splitlines()[-1]


def test_the_readme_lists_every_setting_with_its_meaning() -> None:
    readme = (ROOT / "README.md").read_text()
    for setting in env.DECLARED.values():
        assert f"| `{setting.name}` | {setting.means} |" in readme, setting.name
