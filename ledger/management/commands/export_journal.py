"""Write the general journal for other programs to read, streaming."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.exports import FORMATS
from ledger.journal import stream


class Command(BaseCommand):
    help = "Write the general journal as beancount, hledger or JSON lines to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--from", dest="start", help="first day, YYYY-MM-DD (UTC)")
        parser.add_argument("--to", dest="end", help="first day left out, YYYY-MM-DD (UTC)")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = stream(start=_midnight(options["start"]), end=_midnight(options["end"]))
        for text in FORMATS[options["format"]](found):
            self.stdout.write(text, ending="")


def _midnight(day: str | None) -> datetime | None:
    if day is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(day), time.min, tzinfo=UTC)
    except ValueError:
        raise CommandError(f"{day!r} is not a day: write it as 2026-01-31") from None
