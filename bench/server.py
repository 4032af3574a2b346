"""The throw-away server of the benchmarks, and running things against it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from config import embedded_postgres
from config.postgres.programs import binaries

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench"
SUPERUSER = embedded_postgres.SUPERUSER


class Server:
    """PostgreSQL under ``var/bench``, with the durability of production and nothing else on it."""

    def __init__(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.host = embedded_postgres.start(FOLDER / "postgres")
        self.bin = binaries()

    def stop(self) -> None:
        """Stop it; what was filled stays for the next run."""
        embedded_postgres.stop(FOLDER / "postgres")

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Connect as its owner, each statement a transaction."""
        return psycopg.connect(host=self.host, user=SUPERUSER, dbname=database, autocommit=True)

    def has(self, database: str) -> bool:
        """Tell whether a database is there."""
        with self.connect() as server:
            found = server.execute("SELECT FROM pg_database WHERE datname = %s", [database])
            return found.fetchone() is not None

    def drop(self, database: str) -> None:
        """Remove a database, as one that was not filled to the end."""
        with self.connect() as server:
            server.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def create(self, database: str) -> None:
        """Make a database, an earlier one of its name dropped."""
        with self.connect() as server:
            server.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {database}")

    def environment(self, database: str, **more: str) -> dict[str, str]:
        """Return the environment of a process that works on a database."""
        settings = {"BENCH_HOST": self.host, "BENCH_DATABASE": database}
        django = {"DJANGO_SETTINGS_MODULE": "bench.settings", "PYTHONPATH": str(ROOT)}
        return {**os.environ, **settings, **django, **more}

    def migrate(self, database: str) -> None:
        """Make the ledger's tables, and those of the peers that are Django models."""
        run(
            sys.executable, *("-m", "django", "migrate", "--run-syncdb", "-v", "0"),
            environment=self.environment(database),
        )  # fmt: skip

    def pgbench(
        self, database: str, connections: int, seconds: float, script: Path | None = None
    ) -> float:
        """Return transactions per second of a script, or of pgbench's own TPC-B."""
        what = ["-f", str(script), database] if script else [database]
        out = run(
            str(self.bin / "pgbench"),
            *("-n", "-M", "prepared", "-c", str(connections), "-j", "2"),
            *("-T", str(max(1, round(seconds))), "-h", self.host, "-U", SUPERUSER),
            *what,
        )
        return float(next(line.split()[2] for line in out.splitlines() if line.startswith("tps")))


def run(*command: str, environment: dict[str, str] | None = None) -> str:
    """Run a program to its end and return what it printed; end with its message if it fails."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def together(command: list[str], environments: list[dict[str, str]]) -> float:
    """Run a program in several processes at once; return the sum of the figures they print."""
    started = [
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        for env in environments
    ]
    return sum(float(process.communicate()[0]) for process in started)
