"""Posting, against TPC-B, an ORM and django-hordak; and posting into a book that has grown."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.server import FOLDER, ROOT, SUPERUSER, Server, run, together

DATABASE, TPCB, HORDAK = "jigap_bench", "jigap_tpcb", "jigap_hordak"
PROCESSES = 4
CONNECTIONS = (1, 8, 16)
SCRIPTS = ("tpcb", "spread", "one")
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


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger with 10,000 wallets and 100 stores; the ids of each are in a row."""

    database: str
    wallets: tuple[int, int]
    stores: tuple[int, int]
    fee: int
    one: int

    @property
    def ids(self) -> list[str]:
        """What the workers are told."""
        return [str(pk) for pk in (*self.wallets, *self.stores, self.fee)]

    def script(self, name: str) -> Path:
        """Write a payment as a script of pgbench: to one of the stores, or to the popular one."""
        legs, amounts = (
            (f"{self.fee}, {self.one}", "-210, -11790")
            if name == "one"
            else (f":s, {self.fee}", "-11790, -210")
        )
        (w0, w1), (s0, s1) = self.wallets, self.stores
        path = FOLDER / f"{self.database}_{name}.sql"
        path.write_text(PAYMENT.format(w0=w0, w1=w1, s0=s0, s1=s1, legs=legs, amounts=amounts))
        return path


def make_book(server: Server, database: str) -> Book:
    """Make a ledger of its own, and return where its accounts are."""
    server.create(database)
    server.migrate(database)
    with server.connect(database) as connection:
        for statement in SEED.split(";\n"):
            if statement.strip():
                connection.execute(statement)
    return find_book(server, database)


def find_book(server: Server, database: str) -> Book:
    """Return where the accounts of a ledger made before are."""
    with server.connect(database) as connection:
        rows = connection.execute("SELECT code, id FROM ledger_account").fetchall()
    ids = dict(rows)
    wallets = [pk for code, pk in rows if code.startswith("wallet:")]
    stores = [ids[f"store:{number}"] for number in range(1, 101)]
    return Book(
        database,
        (min(wallets), max(wallets)),
        (min(stores), max(stores)),
        ids["income:fees"],
        ids["store:one"],
    )


class Posting:
    """Posting a payment of three legs."""

    comparisons = (
        ("post_spread_vs_tpcb", "spread 16", "tpcb 16", 1.1),
        ("post_one_store_vs_spread", "one 16", "spread 16", 0.9),
        ("post_python_vs_orm", "python ours", "python orm", None),
        ("post_python_vs_hordak", "python ours", "python hordak", 2.5),
        ("post_many_vs_post", "python many", "spread 1", 6.0),
    )

    def __init__(self, server: Server, *, quick: bool) -> None:
        self.server, self.seconds = server, 1.0 if quick else 4.0
        self.book = make_book(server, DATABASE)
        server.create(TPCB)
        run(
            str(server.bin / "pgbench"),
            *(
                "-i",
                "-q",
                "-s",
                "10" if quick else "100",
                "-h",
                server.host,
                "-U",
                SUPERUSER,
                TPCB,
            ),
        )
        self.hordak = make_hordak(server)

    def cases(self) -> Iterator[tuple[str, float]]:
        """Run each case once; yield its name and payments per second."""
        for connections in CONNECTIONS:
            # There and back, so that what else the machine does falls on all of them alike.
            there = [self._pgbench(name, connections) for name in SCRIPTS]
            back = [self._pgbench(name, connections) for name in reversed(SCRIPTS)]
            for name, one, other in zip(SCRIPTS, there, reversed(back), strict=True):
                yield f"{name} {connections}", (one + other) / 2
        yield "python ours", self._workers("ours", self.book.ids, PROCESSES)
        yield "python orm", self._workers("orm", ["1", "10000", "10001", "10100", "10101"], 4)
        yield (
            "python hordak",
            together(
                [str(self.hordak), "bench/peers/posts_hordak.py", "run", str(self.seconds)],
                [self.server.environment(HORDAK)] * PROCESSES,
            ),
        )
        yield "python many", self._workers("many", self.book.ids, 1)

    def _pgbench(self, name: str, connections: int) -> float:
        seconds = self.seconds / 2
        if name == "tpcb":
            return self.server.pgbench(TPCB, connections, seconds)
        return self.server.pgbench(DATABASE, connections, seconds, self.book.script(name))

    def _workers(self, case: str, ids: list[str], processes: int) -> float:
        command = [sys.executable, "-m", "bench.workers", case, str(self.seconds), *ids]
        return together(command, [self.server.environment(DATABASE)] * processes)


def make_hordak(server: Server) -> Path:
    """Make django-hordak's environment and its book; return its Python."""
    python = FOLDER / "hordak-venv" / "bin" / "python"
    wanted = ROOT / "bench" / "peers" / "hordak-requirements.txt"
    if not python.exists():
        run(sys.executable, "-m", "venv", str(python.parents[1]))
        run(str(python), "-m", "pip", "install", "-q", "-r", str(wanted))
    server.create(HORDAK)
    run(
        str(python),
        "bench/peers/posts_hordak.py",
        "prepare",
        environment=server.environment(HORDAK),
    )
    return python


class Growth:
    """The same work in a book of 100 thousand entries and in one of 10 million."""

    comparisons = (
        ("growth_post", "large post", "small post", 0.9),
        ("growth_balance", "large balance", "small balance", 0.9),
        ("growth_statement", "large statement", "small statement", 0.9),
    )

    def __init__(self, server: Server, *, quick: bool) -> None:
        self.server, self.seconds = server, 1.0 if quick else 4.0
        sizes = (20_000, 200_000) if quick else (100_000, 10_000_000)
        self.books = {
            name: fill(server, f"jigap_{name}_{entries}", entries)
            for name, entries in zip(("small", "large"), sizes, strict=True)
        }

    def cases(self) -> Iterator[tuple[str, float]]:
        """Run each case once in each book; yield its name and how many a second."""
        for name, book in self.books.items():
            script = book.script("spread")
            yield f"{name} post", self.server.pgbench(book.database, 8, self.seconds, script)
        for case in ("balance", "statement"):
            for name, book in self.books.items():
                command = [sys.executable, "-m", "bench.workers", case, str(self.seconds)]
                environment = self.server.environment(book.database)
                yield f"{name} {case}", together([*command, *book.ids], [environment])


def fill(server: Server, database: str, entries: int) -> Book:
    """Return a book of so many entries, filled by ``post_many``; one of an earlier run is kept."""
    if not server.has(database):
        make_book(server, database)
    book = find_book(server, database)
    with server.connect(database) as connection:
        found = connection.execute("SELECT count(*) FROM ledger_entry").fetchone()
        missing = entries - (found[0] if found else 0)
    if missing <= 0:
        return book
    print(f"filling {database} with {missing:,} entries", file=sys.stderr)
    command = [sys.executable, "-m", "bench.workers", "fill", str(missing // 6), *book.ids]
    together(command, [server.environment(database)] * 2)
    with server.connect(database) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return book
