"""Recompute closed settlements from the book, to the byte."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from merchants.management.reading import merchant
from merchants.models import Settlement
from merchants.settlement.verification import verify

MOST_SHOWN = 20


class Command(BaseCommand):
    help = "Recompute settlements from the ledger; exit 1 and name the first difference of each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--merchant", help="only this merchant's")
        parser.add_argument("--day", type=date.fromisoformat, help="only of this business day")

    def handle(self, *_args: Any, **options: Any) -> None:
        chosen = Settlement.objects.all()
        if options["merchant"]:
            chosen = chosen.filter(merchant=merchant(options["merchant"]))
        if options["day"]:
            chosen = chosen.filter(business_date=options["day"])
        is_all = not (options["merchant"] or options["day"])
        count = 0
        for count, wrong in enumerate(verify(None if is_all else chosen), 1):
            if count <= MOST_SHOWN:
                self.stderr.write(wrong)
        if count:
            raise CommandError(f"{count} differences: the settlements do not follow from the book")
        self.stdout.write(f"{chosen.count()} settlements follow from the book, to the byte")
