"""Recompute the book and name the first row of each kind that is wrong."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger.models import Seal, Transaction
from ledger.verification import verify_ledger


class Command(BaseCommand):
    help = "Recompute all invariants and seals of the ledger; exit 1 and say what is wrong."

    def handle(self, *_args: Any, **_options: Any) -> None:
        findings = verify_ledger()
        for finding in findings:
            self.stderr.write(f"{finding.check}: {finding.row} {finding.problem}")
        if findings:
            raise CommandError("the ledger is not whole")
        counts = f"{Transaction.objects.count()} transactions, {Seal.objects.count()} seals"
        self.stdout.write(f"the ledger is whole: {counts}")
