"""Recompute the book and name the first row of each kind that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.anchor import Anchor, configured, read_keys
from ledger.models import Seal, Transaction
from ledger.verification import verify_ledger


class Command(BaseCommand):
    help = "Recompute all invariants and seals of the ledger; exit 1 and say what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", type=Path, help="another copy of the file of signed seals")
        parser.add_argument(
            "--public-key",
            action="append",
            default=[],
            help="whose signature counts, in hexadecimal",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        anchor = _anchor(options["anchor"], options["public_key"])
        findings = verify_ledger(anchor)
        for finding in findings:
            self.stderr.write(f"{finding.check}: {finding.row} {finding.problem}")
        if findings:
            raise CommandError("the ledger is not whole")
        counts = f"{Transaction.objects.count()} transactions, {Seal.objects.count()} seals"
        self.stdout.write(f"the ledger is whole: {counts}")
        if anchor:
            self.stdout.write(f"it follows {anchor.path}, signed by {anchor.public_key}")


def _anchor(path: Path | None, keys: list[str]) -> Anchor | None:
    """Return the anchor of the settings, with another file and other keys where they are given."""
    anchor = configured()
    try:
        known = read_keys(keys) or (anchor.known if anchor else ())
    except ValueError:
        raise CommandError("a public key is 64 hexadecimal digits") from None
    where = path or (anchor.path if anchor else None)
    if path and not path.exists():
        raise CommandError(f"there is no file {path}")
    if where is None:
        return None
    if not known:
        raise CommandError("say by --public-key whose signature counts")
    return Anchor(where, None, known)
