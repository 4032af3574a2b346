"""Measure side by side: the ledger, a grown book, the wallet over HTTP, a grown history.

Every round runs all cases of a suite one after the other; a figure is the median of its rounds,
and a ratio the median of the ratios within a round, since machines are noisy. ``--quick`` makes a
smoke run, ``--only ledger`` one suite.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.charging import Charging  # noqa: E402
from bench.codes import Codes  # noqa: E402
from bench.ledger import Growth, Posting  # noqa: E402
from bench.reconciliation import Reconciliation  # noqa: E402
from bench.server import Server  # noqa: E402
from bench.settlement import Settling  # noqa: E402
from bench.vouchers import Vouchers  # noqa: E402
from bench.wallet import Activity, Transfers  # noqa: E402

RESULTS, README = ROOT / "bench" / "results.json", ROOT / "bench" / "README.md"
SUITES: dict[str, Any] = {
    "ledger": Posting,
    "growth": Growth,
    "http": Transfers,
    "history": Activity,
    "charging": Charging,
    "codes": Codes,
    "vouchers": Vouchers,
    "settlement": Settling,
    "reconciliation": Reconciliation,
}


def measure(suite: Any, rounds: int) -> dict[str, list[float]]:
    """Run all cases of a suite, round by round; return each case's figures."""
    figures: dict[str, list[float]] = {}
    for number in range(1, rounds + 1):
        print(f"round {number} of {rounds}", file=sys.stderr)
        for name, figure in suite.cases():
            figures.setdefault(name, []).append(figure)
    return figures


def compare(suite: Any, figures: dict[str, list[float]]) -> list[dict[str, Any]]:
    """Return the ratios that a suite is about, with what is wanted of them."""
    rows = []
    for name, ours, against, wanted in suite.comparisons:
        pairs = zip(figures[ours], figures[against], strict=True)
        rows.append({
            "name": name,
            "ours": round(statistics.median(figures[ours])),
            "against": round(statistics.median(figures[against])),
            "ratio": round(statistics.median(a / b for a, b in pairs), 2),
            "wanted": wanted,
            "unit": "per second",
        })  # fmt: skip
    return rows


def table(figures: dict[str, list[float]], rows: list[dict[str, Any]]) -> str:
    """Return both tables as they stand in the README."""
    lines = ["| case | per second (median) | least | most |", "|---|---|---|---|"]
    for name, values in figures.items():
        middle = statistics.median(values)
        lines.append(f"| {name} | {middle:,.0f} | {min(values):,.0f} | {max(values):,.0f} |")
    lines += ["", "| comparison | ours | against | ratio | wanted |", "|---|---|---|---|---|"]
    for row in rows:
        wanted = "-" if row["wanted"] is None else f"≥ {row['wanted']}"
        missed = row["wanted"] is not None and row["ratio"] < row["wanted"]
        ratio = f"{row['ratio']} (missed)" if missed else row["ratio"]
        lines.append(
            f"| {row['name']} | {row['ours']:,} | {row['against']:,} | {ratio} | {wanted} |"
        )
    return "\n".join(lines)


def keep(name: str, rows: list[dict[str, Any]], text: str) -> None:
    """Write the ratios into results.json, and the tables into the README."""
    stored = {row["name"]: row for row in json.loads(RESULTS.read_text())}
    stored |= {row["name"]: row for row in rows}
    RESULTS.write_text(json.dumps(list(stored.values()), indent=2) + "\n")
    mark = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
    README.write_text(
        re.sub(mark, lambda m: f"{m[1]}{text}\n{m[2]}", README.read_text(), flags=re.DOTALL)
    )


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, nothing is kept")
    parser.add_argument("--only", choices=SUITES, help="one suite")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    server = Server()
    try:
        for name in [asked.only] if asked.only else SUITES:
            suite = SUITES[name](server, quick=asked.quick)
            try:
                figures = measure(suite, 1 if asked.quick else asked.rounds)
            finally:
                getattr(suite, "stop", lambda: None)()
            rows = compare(suite, figures)
            text = table(figures, rows)
            print(f"\n{name}\n\n{text}\n")
            if not asked.quick:
                keep(name, rows, text)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
