"""The embedded server: safe settings, shared, and alive after the process that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from config import embedded_postgres

ROOT = Path(__file__).resolve().parents[2]
START = (
    "import sys, pathlib; from config.embedded_postgres import start;"
    " print(start(pathlib.Path(sys.argv[1])), flush=True)"
)
pytestmark = pytest.mark.skipif(
    "DATABASE_URL" in os.environ, reason="this run uses another server"
)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    for folder in [tmp_path, *tmp_path.parents[:3]]:
        if folder.stat().st_uid == os.getuid() and folder != Path("/tmp"):  # noqa: S108
            folder.chmod(0o755)
    deep = tmp_path / ("a-folder-with-a-long-name-" * 4) / "postgres"
    deep.parent.mkdir()
    yield deep
    embedded_postgres.stop(deep)


def begin(data: Path, after: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START + after, str(data)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_that_start_at_once_share_one_server_that_outlives_a_killed_parent(data: Path) -> None:
    one, other = begin(data, "; import time; time.sleep(60)"), begin(data)
    assert one.stdout is not None
    folder = one.stdout.readline().strip()
    assert other.communicate(timeout=60)[0].strip() == folder
    one.send_signal(signal.SIGKILL)
    one.wait()
    time.sleep(0.2)
    with psycopg.connect(
        host=folder, user="postgres", dbname=embedded_postgres.DATABASE
    ) as server:
        row = server.execute("SELECT 1").fetchone()
    assert row == (1,)
    assert embedded_postgres.stop(data) is True
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=folder, user="postgres", dbname="postgres", connect_timeout=2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "setting", ["fsync", "synchronous_commit", "full_page_writes", "data_checksums"]
)
def test_durability_is_on(setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        assert cursor.fetchone() == ("on",)
