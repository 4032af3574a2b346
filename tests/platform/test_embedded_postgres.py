"""The embedded server: shared, alive after its parent, safe to start at any moment by anyone."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from config import embedded_postgres

ROOT = Path(__file__).resolve().parents[2]
AS_ROOT = os.geteuid() == 0
START = (
    "import sys, pathlib, time\n"
    "from config import embedded_postgres\n"
    "print(embedded_postgres.start(pathlib.Path(sys.argv[1])), flush=True)\n"
)
pytestmark = pytest.mark.skipif(
    "DATABASE_URL" in os.environ, reason="this run uses another server"
)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "a place with spaces, of mode 700" / "postgres"
    place.parent.mkdir(mode=0o700)
    yield place
    embedded_postgres.stop(place)


def begin(data: Path, after: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START + after, str(data)],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )


def connect(data: Path) -> psycopg.Connection:
    return psycopg.connect(
        host=embedded_postgres.socket_folder(data),
        user=embedded_postgres.SUPERUSER,
        dbname=embedded_postgres.DATABASE,
        connect_timeout=5,
    )


def postmaster(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().split()[0])


def test_many_that_start_at_once_share_one_server(data: Path) -> None:
    starts = [begin(data) for _ in range(4)]
    folders = {start.communicate(timeout=60)[0].strip() for start in starts}
    assert folders == {embedded_postgres.socket_folder(data)}
    assert [start.returncode for start in starts] == [0] * 4


def test_threads_of_one_process_may_start_it_at_once(data: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(embedded_postgres.start, [data] * 4))) == 1


def test_it_outlives_a_parent_that_is_killed(data: Path) -> None:
    parent = begin(data, "time.sleep(60)")
    assert parent.stdout is not None
    parent.stdout.readline()
    started_by = os.getpgid(postmaster(data))
    assert started_by != os.getpgid(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    with connect(data) as server:
        assert server.execute("SELECT 1").fetchone() == (1,)


def test_it_starts_again_after_every_process_of_it_was_killed(data: Path) -> None:
    embedded_postgres.start(data)
    with connect(data) as server:
        server.execute("CREATE TABLE kept AS SELECT 7 AS figure")
    os.kill(postmaster(data), signal.SIGKILL)
    embedded_postgres.start(data)
    with connect(data) as server:
        assert server.execute("SELECT figure FROM kept").fetchone() == (7,)


@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="needs /proc")
def test_a_pid_file_that_names_another_program_is_no_server(data: Path) -> None:
    embedded_postgres.start(data)
    embedded_postgres.stop(data)
    socket = embedded_postgres.socket_folder(data)
    stale = [str(os.getpid()), str(data), "1", "5432", socket, "", " 1 1", "ready   "]
    (data / "postmaster.pid").write_text("\n".join(stale) + "\n")
    assert embedded_postgres.stop(data) is False
    embedded_postgres.start(data)
    assert postmaster(data) != os.getpid()


def test_a_killed_initdb_leaves_nothing_that_is_taken_for_a_database(data: Path) -> None:
    half = data.with_suffix(".new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    embedded_postgres.start(data)
    assert not half.exists()
    connect(data).close()


def test_stopping_is_final_and_harmless_twice(data: Path) -> None:
    embedded_postgres.start(data)
    assert embedded_postgres.stop(data) is True
    assert embedded_postgres.stop(data) is False
    with pytest.raises(psycopg.OperationalError):
        connect(data)


def test_it_starts_in_seconds(data: Path) -> None:
    started = time.monotonic()
    embedded_postgres.start(data)
    assert time.monotonic() - started < 15


def test_a_path_longer_than_a_socket_allows_gets_a_private_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("a-folder-with-a-long-name-" * 6) / "postgres"
    deep.parent.mkdir()
    folder = Path(embedded_postgres.start(deep))
    assert len(str(folder)) < 80
    assert folder.stat().st_mode & 0o077 == 0
    connect(deep).close()
    assert embedded_postgres.stop(deep) is True


def test_a_socket_folder_that_others_can_enter_is_refused(data: Path) -> None:
    planted = Path(embedded_postgres.socket_folder(data))
    planted.mkdir(mode=0o777)
    planted.chmod(0o777)
    try:
        with pytest.raises(embedded_postgres.EmbeddedPostgresError, match="private"):
            embedded_postgres.start(data)
    finally:
        planted.rmdir()


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
def test_an_ordinary_user_runs_it_as_himself(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    data = Path("/tmp") / f"jigap-test-{os.getpid()}" / "postgres"  # noqa: S108 - his own place
    data.parent.mkdir(mode=0o700)
    os.chown(data.parent, nobody.pw_uid, nobody.pw_gid)
    pid = os.fork()
    if pid == 0:
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        try:
            embedded_postgres.start(data)
            stopped = embedded_postgres.stop(data)
            embedded_postgres.start(data)
        except BaseException:  # noqa: BLE001 - a forked child may not return into pytest.
            os._exit(1)
        os._exit(0 if stopped else 2)
    assert os.waitpid(pid, 0)[1] == 0
    assert data.stat().st_uid == nobody.pw_uid
    assert Path(f"/proc/{postmaster(data)}").stat().st_uid == nobody.pw_uid
    assert embedded_postgres.stop(data) is True, "root may stop another's server"
    shutil.rmtree(data.parent)


@pytest.mark.skipif(not AS_ROOT, reason="only root gives away")
def test_root_keeps_the_folders_above_unlisted(data: Path) -> None:
    embedded_postgres.start(data)
    assert data.parent.stat().st_mode & 0o777 == 0o701
    assert data.stat().st_mode & 0o077 == 0
    assert data.stat().st_uid != 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "setting", ["fsync", "synchronous_commit", "full_page_writes", "data_checksums"]
)
def test_durability_is_on(setting: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        assert cursor.fetchone() == ("on",)
