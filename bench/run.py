"""Measure the ledger side by side with pgbench's TPC-B and an ORM posting, on one server.

Every round runs all cases one after the other; a figure is the median of its rounds, and a ratio
the median of the ratios within a round, since machines are noisy. ``--quick`` makes a smoke run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402

from config import embedded_postgres  # noqa: E402
from config.postgres.programs import binaries  # noqa: E402

DATABASE, TPCB = "jigap_bench", "jigap_tpcb"
RESULTS = ROOT / "bench" / "results.json"
CONNECTIONS = (1, 8, 16)
SEED = """
    SELECT ledger_open_account('bank:safeguarding', 'KRW', 'ASSET', NULL, NULL, 16, '{}');
    SELECT count(ledger_open_account('wallet:' || g, 'KRW', 'LIABILITY', 0, NULL, 1, '{}'))
    FROM generate_series(1, 10000) AS g;
    SELECT count(ledger_open_account('store:' || g, 'KRW', 'LIABILITY', NULL, NULL, 1, '{}'))
    FROM generate_series(1, 100) AS g;
    SELECT ledger_open_account('income:fees', 'KRW', 'INCOME', NULL, NULL, 16, '{}');
    SELECT ledger_open_account('store:one', 'KRW', 'LIABILITY', NULL, NULL, 16, '{}');
    SELECT count(p.posted_id) FROM ledger_account AS a,
        (SELECT id FROM ledger_account WHERE code = 'bank:safeguarding') AS b,
        LATERAL ledger_post('TOP_UP', 'seed:' || a.code, ARRAY[a.id, b.id],
            ARRAY[-1000000000000, 1000000000000], ARRAY['KRW', 'KRW']) AS p
    WHERE a.code LIKE 'wallet:%';
    INSERT INTO peers_ormaccount (id, balance_minor)
    SELECT g, 0 FROM generate_series(1, 10101) AS g;
    VACUUM ANALYZE;
"""
PAYMENT = """
\\set w random({w0}, {w1})
\\set s random({s0}, {s1})
\\set r random(1, 9000000000000000000)
SELECT ledger_post('PAYMENT', 'p:' || :r, ARRAY[:w, {legs}],
    ARRAY[12000, {amounts}], ARRAY['KRW', 'KRW', 'KRW']);
"""


class Bench:
    """The server, the accounts on it, and the cases."""

    def __init__(self, seconds: float, scale: int) -> None:
        self.seconds = seconds
        self.folder = ROOT / "var" / "bench"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.host = embedded_postgres.start(ROOT / "var" / "postgres")
        self.bin = binaries()
        self.environment = {
            **os.environ,
            "BENCH_HOST": self.host,
            "BENCH_DATABASE": DATABASE,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "PYTHONPATH": str(ROOT),
        }
        self._prepare(scale)

    def _prepare(self, scale: int) -> None:
        with psycopg.connect(host=self.host, user="postgres", autocommit=True) as server:
            for name in (DATABASE, TPCB):
                server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                server.execute(f"CREATE DATABASE {name}")
        self._run(sys.executable, "-m", "django", "migrate", "--run-syncdb", "-v", "0")
        connection = psycopg.connect(
            host=self.host, user="postgres", dbname=DATABASE, autocommit=True
        )
        with connection:
            for statement in SEED.split(";\n"):
                if statement.strip():
                    connection.execute(statement)
            rows = connection.execute("SELECT code, id FROM ledger_account").fetchall()
        ids = dict(rows)
        wallets = [pk for code, pk in rows if code.startswith("wallet:")]
        stores = [ids[f"store:{n}"] for n in range(1, 101)]
        self.wallets, self.stores = (min(wallets), max(wallets)), (min(stores), max(stores))
        self.fee, self.one = ids["income:fees"], ids["store:one"]
        self._script("spread", f":s, {self.fee}", "-11790, -210")
        self._script("one", f"{self.fee}, {self.one}", "-210, -11790")
        self._run(str(self.bin / "pgbench"), "-i", "-q", "-s", str(scale), *self._login(), TPCB)

    def _script(self, name: str, legs: str, amounts: str) -> None:
        text = PAYMENT.format(
            w0=self.wallets[0],
            w1=self.wallets[1],
            s0=self.stores[0],
            s1=self.stores[1],
            legs=legs,
            amounts=amounts,
        )
        (self.folder / f"{name}.sql").write_text(text)

    def _login(self) -> list[str]:
        return ["-h", self.host, "-U", "postgres"]

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        return done.stdout

    def pgbench(self, connections: int, script: str | None = None) -> float:
        """Return transactions per second of TPC-B, or of one of our scripts."""
        what = ["-f", str(self.folder / f"{script}.sql"), DATABASE] if script else [TPCB]
        out = self._run(
            str(self.bin / "pgbench"),
            *("-n", "-M", "prepared", "-c", str(connections), "-j", "2"),
            *("-T", str(max(1, round(self.seconds)))),
            *self._login(),
            *what,
        )
        return float(next(line.split()[2] for line in out.splitlines() if line.startswith("tps")))

    def python(self, case: str, processes: int) -> float:
        """Return payments per second from so many Python processes together."""
        ids = [*self.wallets, *self.stores, self.fee]
        if case == "orm":
            ids = [1, 10_000, 10_001, 10_100, 10_101]
        command = [sys.executable, "-m", "bench.workers", case, str(self.seconds), *map(str, ids)]
        started = [
            subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True
            )
            for _ in range(processes)
        ]
        return sum(float(process.communicate()[0]) for process in started)


def measure(bench: Bench, rounds: int) -> dict[str, list[float]]:
    """Run all cases, round by round; return each case's figures."""
    figures: dict[str, list[float]] = {}
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}", file=sys.stderr)
        for connections in CONNECTIONS:
            figures.setdefault(f"tpcb {connections}", []).append(bench.pgbench(connections))
            for script in ("spread", "one"):
                name = f"{script} {connections}"
                figures.setdefault(name, []).append(bench.pgbench(connections, script))
        for case, processes in (("ours", 4), ("orm", 4), ("many", 1)):
            figures.setdefault(f"python {case}", []).append(bench.python(case, processes))
    return figures


COMPARISONS = (
    ("post_spread_vs_tpcb", "spread 16", "tpcb 16"),
    ("post_one_store_vs_spread", "one 16", "spread 16"),
    ("post_python_vs_orm", "python ours", "python orm"),
    ("post_many_vs_post", "python many", "spread 1"),
)


def report(figures: dict[str, list[float]]) -> None:
    """Print the table and merge the ratios into results.json."""
    print("| case | per second (median) | least | most |\n|---|---|---|---|")
    for name, values in figures.items():
        median = statistics.median(values)
        print(f"| {name} | {median:,.0f} | {min(values):,.0f} | {max(values):,.0f} |")
    stored = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    results = {row["name"]: row for row in stored}
    print("\n| comparison | ours | against | ratio |\n|---|---|---|---|")
    for name, ours, against in COMPARISONS:
        pairs = zip(figures[ours], figures[against], strict=True)
        ratio = round(statistics.median(a / b for a, b in pairs), 2)
        row = {
            "name": name,
            "ours": round(statistics.median(figures[ours])),
            "against": round(statistics.median(figures[against])),
            "ratio": ratio,
            "unit": "transactions/s",
        }
        results[name] = row
        print(f"| {name} | {row['ours']:,} | {row['against']:,} | {ratio} |")
    RESULTS.write_text(json.dumps(list(results.values()), indent=2) + "\n")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round: a smoke run")
    quick = parser.parse_args().quick
    report(measure(Bench(1 if quick else 4, 10 if quick else 100), 1 if quick else 5))


if __name__ == "__main__":
    main()
