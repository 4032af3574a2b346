"""Settling a day against the bare SQL that only sums up and links the items."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

from bench.server import Server, run

MOST_MB = 200
# What a settlement cannot do without: sums for each merchant, and one row for each entry, which is
# in no other. No VAT, no lines' shares, no digest, no postings, no guards, no shards.
BARE = """
    CREATE TABLE bare_settlement (
        id bigint PRIMARY KEY, payments bigint, gross bigint, fee bigint, net bigint);
    CREATE TABLE bare_item (
        entry_id bigint PRIMARY KEY, settlement_id bigint, line_no integer, payment_id bigint,
        gross bigint, fee bigint, net bigint, UNIQUE (settlement_id, line_no));
    WITH line AS MATERIALIZED (
        SELECT m.id AS merchant_id, e.id AS entry_id, p.id AS payment_id, p.fee_minor AS fee,
            -e.amount_minor AS net
        FROM merchants_merchant AS m
        INNER JOIN ledger_entry AS e ON e.account_id = m.payable_account_id
        INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id AND t.kind = 'PAYMENT'
        INNER JOIN merchants_payment AS p ON p.number = substr(t.reference, 9)
        WHERE e.effective_at < '2026-03-02 15:00Z'
    ), summed AS (
        INSERT INTO bare_settlement
        SELECT merchant_id, count(*), sum(net + fee), sum(fee), sum(net) FROM line GROUP BY 1
    )
    INSERT INTO bare_item
    SELECT entry_id, merchant_id, row_number() OVER (PARTITION BY merchant_id ORDER BY entry_id),
        payment_id, net + fee, fee, net
    FROM line;
"""


class Settling:
    """Closing a day of a million payments at a hundred thousand merchants (quick: 50 thousand)."""

    comparisons = (
        ("settle_vs_bare", "settled payments", "bare links", 0.5),
        ("export_vs_bare_copy", "exported items", "bare copy", 0.5),
    )

    def __init__(self, server: Server, *, quick: bool) -> None:
        self.server = server
        self.payments = 50_000 if quick else 1_000_000
        self.filled = f"jigap_payments_{self.payments}"
        if server.has(self.filled):
            return
        print(f"filling {self.filled}", file=sys.stderr)
        server.create(self.filled)
        environment = self._environment(self.filled)
        run(sys.executable, "-m", "django", "migrate", "-v", "0", environment=environment)
        sizes = (str(self.payments // 10), str(self.payments))
        filling = (sys.executable, "-m", "bench.settling", "prepare", *sizes)
        try:
            run(*filling, environment=environment)
        except SystemExit:
            server.drop(self.filled)
            raise

    def cases(self) -> Iterator[tuple[str, float]]:
        """Do both in copies of the same book; yield payments per second, and memory in MB."""
        yield "bare links", self.payments / self._bare()
        self._copy()
        found = json.loads(self._work("settle").splitlines()[-1])
        if found["added"] != [self.payments, 0] or found["dead"]:
            sys.exit(f"settled {found} of {self.payments} payments")
        if found["peak_mb"] > MOST_MB:
            sys.exit(f"the worker's peak memory is {found['peak_mb']} MB")
        yield "settled payments", self.payments / found["seconds"]
        yield "worker's peak memory in MB", found["peak_mb"]
        for case, work in (("bare copy", "copy"), ("exported items", "export")):
            seconds, memory = self._work(work).split()[-2:]
            yield case, self.payments / float(seconds)
            if work == "export":
                yield "export's peak memory in MB", int(memory)

    def _work(self, what: str) -> str:
        environment = self._environment("jigap_settling")
        return run(sys.executable, "-m", "bench.settling", what, environment=environment)

    def _bare(self) -> float:
        self._copy()
        with self.server.connect("jigap_settling") as connection:
            *tables, statement = [part for part in BARE.split(";\n") if part.strip()]
            for table in tables:
                connection.execute(table)
            started = time.perf_counter()
            connection.execute(statement)
            return time.perf_counter() - started

    def _copy(self) -> None:
        with self.server.connect() as server:
            server.execute("DROP DATABASE IF EXISTS jigap_settling WITH (FORCE)")
            server.execute(
                f"CREATE DATABASE jigap_settling TEMPLATE {self.filled} STRATEGY FILE_COPY"
            )
        with self.server.connect("jigap_settling") as connection:
            connection.execute("CHECKPOINT")

    def _environment(self, database: str) -> dict[str, str]:
        return self.server.environment(database, DJANGO_SETTINGS_MODULE="bench.http.settings")
