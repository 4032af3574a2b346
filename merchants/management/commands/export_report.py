"""Write a report of finance into a file, with its manifest beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from merchants.exports.catalog import REPORTS
from merchants.exports.requests import FORMATS, scope_of
from merchants.exports.writing import write
from merchants.management.reading import merchant, told


class Command(BaseCommand):
    help = "Write a report (R1 to R11) of some days as CSV or XLSX, and its manifest as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        names = ", ".join(f"{one.code} {one.name}" for one in REPORTS.values())
        parser.add_argument("report", choices=list(REPORTS), help=names)
        parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="the same day")
        parser.add_argument("--merchant", help="of one merchant only: its id")
        parser.add_argument("--format", dest="form", choices=FORMATS, default="csv")
        parser.add_argument("--out", type=Path, help="the file; named after the report if not")

    def handle(self, *_args: Any, **options: Any) -> None:
        report = REPORTS[options["report"]]
        with told():
            scope = scope_of(
                first=options["first"],
                last=options["last"] or options["first"],
                merchant=merchant(options["merchant"]) if options["merchant"] else None,
            )
            name = f"{report.code}_{report.name}_{scope.first}_{scope.last}.{options['form']}"
            path: Path = options["out"] or Path(name)
            with path.open("wb") as file:
                made = write(
                    report=report, scope=scope, form=options["form"], file=file, at=timezone.now()
                )
        beside = path.with_name(f"{path.name}.manifest.json")
        beside.write_text(made.as_json(), encoding="utf-8")
        self.stdout.write(f"{path}: {made.row_count} rows, {made.byte_count} bytes, {made.sha256}")
