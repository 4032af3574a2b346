"""Importing a statement against bare iterparse, and the diff of a day against a bare join."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bench.server import FOLDER, Server, run

DATABASE = "jigap_reconciliation"
FILL = "bench/sql/records.sql"


class Reconciliation:
    """A camt.053 of 100 thousand entries; a day of a million payments in book and records."""

    comparisons = (
        ("import_vs_bare_iterparse", "import", "iterparse", 0.5),
        ("import_vs_iterparse_of_entries", "import", "iterparse entries", None),
        ("diff_vs_bare_join_of_the_same", "diff", "join of the same", 0.5),
        ("diff_vs_bare_join_of_tables", "diff", "join of tables", 0.5),
    )

    def __init__(self, server: Server, *, quick: bool) -> None:
        self.server = server
        self.entries, self.payments = (2_000, 20_000) if quick else (100_000, 1_000_000)
        server.create(DATABASE)
        self.environment = server.environment(
            DATABASE, DJANGO_SETTINGS_MODULE="bench.http.settings"
        )
        self._work("migrate")
        self.round = 0
        with server.connect(DATABASE) as database:
            script = (FOLDER.parents[1] / FILL).read_text()
            database.execute(script.replace(":payments", str(self.payments)))
            database.execute("VACUUM ANALYZE")

    def cases(self) -> Iterator[tuple[str, float]]:
        """Run each case once; yield entries or payments per second."""
        self.round += 1
        path = str(FOLDER / "statement.xml")
        self._work("write", path, str(self.entries), str(self.round))
        for case in ("iterparse", "iterparse entries", "import"):
            seconds, memory = self._work(case, path).split()
            yield case, self.entries / float(seconds)
            if case == "import":
                print(f"peak memory of the import: {memory} MiB", file=sys.stderr)
        for case in ("join of tables", "join of the same", "diff"):
            yield case, self.payments / float(self._work(case).split()[0])

    def _work(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "bench.reconciling", *arguments]
        return run(*command, environment=self.environment)
