"""Production does not start on a database that may lose or rewrite what it answered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import embedded_postgres, env
from config.postgres.programs import owner_of
from tests.platform.test_settings import ROOT, SAFE

WEB = ("-c", "import config.wsgi")
WORKER = ("-m", "celery", "-A", "config", "worker", "--pool", "solo")
CHECK = ("manage.py", "check", "--database", "default")
pytestmark = pytest.mark.skipif(
    "DATABASE_URL" in os.environ, reason="this run uses another server"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("unsafe") / "postgres"
    embedded_postgres.start(data)
    with as_owner(data) as owner:
        owner.execute("CREATE ROLE modest LOGIN")
    yield data
    embedded_postgres.stop(data)


def as_owner(data: Path) -> psycopg.Connection:
    return psycopg.connect(
        host=embedded_postgres.socket_folder(data),
        user=embedded_postgres.SUPERUSER,
        dbname=embedded_postgres.DATABASE,
        autocommit=True,
    )


def start(data: Path, user: str, program: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    folder = embedded_postgres.socket_folder(data)
    url = f"postgresql://{user}@/{embedded_postgres.DATABASE}?host={folder}"
    kept = {key: value for key, value in os.environ.items() if key not in env.DECLARED}
    return subprocess.run(
        [sys.executable, *program],
        cwd=ROOT,
        env={**kept, **SAFE, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("program", [WEB, CHECK])
def test_a_safe_database_is_taken(server: Path, program: tuple[str, ...]) -> None:
    ended = start(server, "modest", program)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("program", [WEB, WORKER, CHECK])
def test_a_superuser_is_refused(server: Path, program: tuple[str, ...]) -> None:
    ended = start(server, embedded_postgres.SUPERUSER, program)
    assert ended.returncode != 0
    assert "is_superuser is on" in ended.stderr


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_forgets_is_refused(server: Path, name: str) -> None:
    with as_owner(server) as owner:
        owner.execute(f"ALTER SYSTEM SET {name} = off")
        owner.execute("SELECT pg_reload_conf()")
    ended = start(server, "modest", WEB)
    with as_owner(server) as owner:
        owner.execute(f"ALTER SYSTEM RESET {name}")
        owner.execute("SELECT pg_reload_conf()")
    assert ended.returncode != 0
    assert f"{name} is off" in ended.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("value", ["off", "local", "remote_write"])
def test_a_role_that_does_not_wait_for_the_disk_is_refused(server: Path, value: str) -> None:
    with as_owner(server) as owner:
        owner.execute(f"ALTER ROLE modest SET synchronous_commit = {value}")
    ended = start(server, "modest", WEB)
    with as_owner(server) as owner:
        owner.execute("ALTER ROLE modest RESET synchronous_commit")
    assert ended.returncode != 0
    assert f"synchronous_commit is {value}" in ended.stderr


def test_pages_without_checksums_are_refused(server: Path) -> None:
    embedded_postgres.stop(server)
    change_checksums(server, "--disable")
    embedded_postgres.start(server)
    ended = start(server, "modest", WEB)
    embedded_postgres.stop(server)
    change_checksums(server, "--enable")
    embedded_postgres.start(server)
    assert ended.returncode != 0
    assert "data_checksums is off" in ended.stderr
    assert start(server, "modest", WEB).returncode == 0


def change_checksums(data: Path, how: str) -> None:
    owner_of(data).must("pg_checksums", how, "-D", str(data))
