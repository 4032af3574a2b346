"""``manage.py import_statement FILE``: what a bank's file says, and whether it ties."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from merchants.errors import ProfileUnsound, StatementUnderWay
from merchants.statements.checking import Fault
from merchants.statements.importing import import_file
from merchants.statements.profiles import Profile, read_profile
from merchants.statements.verdicts import Verdict

EXIT_USAGE, EXIT_QUARANTINED, EXIT_UNREADABLE = 2, 3, 4


class Command(BaseCommand):
    help = (
        "Imports a bank statement: camt.053 or camt.054 (version 2 to 8), MT940, BAI2, or CSV "
        "with a mapping profile. Prints its statements, entries, sums and what became of it. "
        "Exits with 0 if it was loaded or known, 2 if FILE cannot be opened or the profile not "
        "followed, 3 if it is in quarantine because something does not tie, 4 if it cannot be "
        "read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check it all, keep nothing")
        parser.add_argument("--json", action="store_true", help="answer in JSON")
        parser.add_argument("--profile", type=Path, help="mapping of a CSV file, in JSON")

    def handle(self, *_args: Any, file: Path, profile: Path | None, **options: Any) -> None:
        try:
            mapping = _profile(profile)
            with file.open("rb") as opened:
                verdict = import_file(
                    file=opened,
                    name=file.name,
                    at=timezone.now(),
                    profile=mapping,
                    is_dry_run=options["dry_run"],
                )
        except (OSError, ValueError, ProfileUnsound, StatementUnderWay) as exc:
            reason = getattr(exc, "strerror", None) or exc
            raise CommandError(f"{file}: {reason}", returncode=EXIT_USAGE) from exc
        self._tell(verdict, as_json=options["json"])
        if verdict.is_refused:
            unreadable = any(trouble.fault is Fault.UNREADABLE for trouble in verdict.troubles)
            sys.exit(EXIT_UNREADABLE if unreadable else EXIT_QUARANTINED)

    def _tell(self, verdict: Verdict, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(verdict.as_dict(), ensure_ascii=False))
            return
        for line in verdict.lines():
            self.stdout.write(line)


def _profile(path: Path | None) -> Profile | None:
    return read_profile(path.read_bytes()) if path is not None else None
