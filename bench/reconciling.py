"""One case of ``bench.reconciliation`` in a process of its own, which prints its seconds."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from lxml import etree  # noqa: E402

from merchants.reconciliation import records  # noqa: E402
from merchants.statements.accounts import add_house_account  # noqa: E402
from merchants.statements.importing import import_file  # noqa: E402
from wallet.chart import open_chart  # noqa: E402

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = date(2026, 3, 2)
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
NUMBER = "10020030040050"
_ENTRY = """<Ntry>
  <Amt Ccy="KRW">1000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
  <BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt>
  <AcctSvcrRef>R{sequence}-{n:09}</AcctSvcrRef>
  <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
  <NtryDtls><TxDtls><Refs><EndToEndId>E{sequence}-{n:09}</EndToEndId></Refs>
    <Amt Ccy="KRW">1000</Amt><CdtDbtInd>CRDT</CdtDbtInd>
    <RltdPties><Dbtr><Pty><Nm>Somebody</Nm></Pty></Dbtr></RltdPties>
    <RmtInf><Ustrd>Order {n}</Ustrd></RmtInf></TxDtls></NtryDtls>
</Ntry>
"""


_BALANCE = (
    "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
    '<Amt Ccy="KRW">{minor}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>'
)


def write(path: str, count: str, sequence: str) -> None:
    """Write a statement that follows from the one before it."""
    entries, number = int(count), int(sequence)
    on = DAY + timedelta(days=number)
    with Path(path).open("w", encoding="utf-8") as file:
        file.write(
            f'<Document xmlns="{NAMESPACE}"><BkToCstmrStmt><Stmt><Id>S{number}</Id>'
            f"<ElctrncSeqNb>{number}</ElctrncSeqNb><Acct><Id><Othr><Id>{NUMBER}</Id></Othr></Id>"
            "<Ccy>KRW</Ccy></Acct>"
        )
        for kind, times in (("OPBD", number - 1), ("CLBD", number)):
            balance = _BALANCE.format(kind=kind, minor=times * entries * 1000, on=on)
            file.write(balance)
        file.writelines(_ENTRY.format(on=on, n=n, sequence=number) for n in range(entries))
        file.write("</Stmt></BkToCstmrStmt></Document>")


def iterparse(path: str) -> None:
    """Read every element and let go of it."""
    for _, element in etree.iterparse(path):
        element.clear()


def iterparse_entries(path: str) -> None:
    """Read every entry and let go of it: nothing of what is in it becomes a Python object."""
    for _, element in etree.iterparse(path, tag=f"{{{NAMESPACE}}}Ntry"):
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]  # type: ignore[union-attr]


def import_it(path: str) -> None:
    """Import the file, as the command does."""
    with Path(path).open("rb") as file:
        verdict = import_file(file=file, name="bench", at=NOW)
    assert verdict.state == "LOADED", list(verdict.lines())  # noqa: S101


def execute(sql: str) -> None:
    """Run one statement with the memory that the diff has."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")
        cursor.execute(sql)


def diff() -> None:
    """Compare book and records of the day."""
    with transaction.atomic():
        records.compare(day=DAY)


_JOIN = (
    "SELECT count(*) FROM {} FULL OUTER JOIN {} USING (reference)"
    " WHERE a.amount_minor <> b.amount_minor"
)
_BOOK = (
    "(SELECT t.reference, sum(e.amount_minor) FILTER (WHERE e.amount_minor > 0) AS amount_minor"
    " FROM ledger_transaction AS t INNER JOIN ledger_entry AS e ON e.transaction_id = t.id"
    " GROUP BY t.id) AS a"
)
_RECORDS = (
    "(SELECT 'payment:' || number AS reference, captured_minor AS amount_minor"
    " FROM merchants_payment) AS b"
)
CASES: dict[str, Callable[..., None]] = {
    "iterparse": iterparse,
    "iterparse entries": iterparse_entries,
    "import": import_it,
    "join of tables": lambda: execute(_JOIN.format("bench_book AS a", "bench_records AS b")),
    "join of the same": lambda: execute(_JOIN.format(_BOOK, _RECORDS)),
    "diff": diff,
}


def migrate() -> None:
    """Make the tables and our account."""
    call_command("migrate", verbosity=0)
    open_chart("KRW")
    add_house_account(number=NUMBER, currency="KRW", purpose="SAFEGUARDING", at=NOW)


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    if name in ("migrate", "write"):
        {"migrate": migrate, "write": write}[name](*arguments)
    else:
        started = time.perf_counter()
        CASES[name](*arguments)
        seconds = time.perf_counter() - started
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
