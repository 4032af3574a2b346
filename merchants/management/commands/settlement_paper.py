"""Write a settlement statement, or the invoice of a month's fees, as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from merchants.exports.papers.invoice import fees_of, invoice_number, invoice_pdf
from merchants.exports.papers.statement import statement_pdf
from merchants.exports.papers.words import LANGUAGES
from merchants.management.reading import merchant, told
from merchants.models import Settlement
from merchants.periods import first_day


class Command(BaseCommand):
    help = "Write a settlement statement or a fee invoice as PDF, in Korean or English."

    def add_arguments(self, parser: CommandParser) -> None:
        papers = parser.add_subparsers(dest="paper", required=True)
        papers.add_parser("statement").add_argument("settlement", type=int)
        invoice = papers.add_parser("invoice")
        invoice.add_argument("merchant")
        invoice.add_argument("month", help="such as 2026-02")
        for paper in papers.choices.values():
            paper.add_argument("--language", choices=LANGUAGES, default="ko")
            paper.add_argument("--out", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        with told():
            made = _statement(options) if options["paper"] == "statement" else _invoice(options)
        name, content = made
        path: Path = options["out"] or Path(f"{name}.pdf")
        path.write_bytes(content)
        self.stdout.write(f"{path}: {len(content)} bytes")


def _statement(options: dict[str, Any]) -> tuple[str, bytes]:
    rows = Settlement.objects.select_related("merchant", "payout")
    found = rows.filter(pk=options["settlement"]).first()
    if found is None:
        raise CommandError(f"there is no settlement {options['settlement']}")
    return f"S{found.pk}", statement_pdf(found, options["language"])


def _invoice(options: dict[str, Any]) -> tuple[str, bytes]:
    whose, month = merchant(options["merchant"]), first_day(options["month"])
    settled = fees_of(whose, month)
    if not settled:
        raise CommandError(f"{whose} has no fees in {options['month']}")
    name = invoice_number(whose, month)
    return name, invoice_pdf(whose, month, settled, options["language"])
