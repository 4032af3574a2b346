"""``manage.py reconcile``: the equation of a day, safeguarding, and the breaks that are left."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ledger.money import Money
from merchants.models import Break, ReconciliationDay, SafeguardingDay
from merchants.reconciliation.ageing import age, bucket
from merchants.reconciliation.daily import reconcile
from merchants.reconciliation.matching import match

EXIT_RESIDUAL, EXIT_UNDER_WAY = 1, 5


class Command(BaseCommand):
    help = (
        "Reconciles a day: matches what the bank said, and prints the equation of each account. "
        "Exits with 1 where something is left that nothing explains, 5 while postings are under "
        "way."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("day", type=date.fromisoformat, help="YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="say what would be matched")

    def handle(self, *_args: Any, day: date, **options: Any) -> None:
        at = timezone.now()
        if options["dry_run"]:
            run = match(day=day, at=at, is_dry_run=True)
            self.stdout.write(json.dumps(run.counts if run is not None else None))
            return
        found = reconcile(day=day, at=at)
        for one in found:
            self._tell(one)
        for kept in SafeguardingDay.objects.filter(day=day):
            self._tell_safeguarding(kept)
        for left in Break.objects.exclude(state="RESOLVED").order_by("expected_on", "pk")[:100]:
            old = bucket(age(left, day))
            amount = Money(left.amount_minor, left.currency)
            self.stdout.write(f"{left.category} {left.subject} {amount} {left.state} {old}")
        if not found:
            sys.exit(EXIT_UNDER_WAY)
        if any(one.residual_minor for one in found):
            sys.exit(EXIT_RESIDUAL)

    def _tell(self, one: ReconciliationDay) -> None:
        currency = one.account.currency

        def shown(minor: int) -> str:
            return Money(minor, currency).to_major()

        broken = " ".join(f"+ {name} {shown(minor)}" for name, minor in one.breaks.items())
        self.stdout.write(
            f"{one.account} {one.day}: ledger {shown(one.ledger_closing_minor)}"
            f" + out {shown(one.outstanding_out_minor)} - in {shown(one.outstanding_in_minor)}"
            f" + unidentified {shown(one.unidentified_minor)} {broken}"
            f" = statement {shown(one.statement_closing_minor)},"
            f" residual {shown(one.residual_minor)}"
            f"{'' if one.has_statement else ' (no statement of this day)'}"
        )

    def _tell_safeguarding(self, one: SafeguardingDay) -> None:
        requirement = Money(one.requirement_minor, one.currency)
        resource = Money(one.resource_minor, one.currency)
        difference = Money(one.difference_minor, one.currency)
        self.stdout.write(
            f"{one.pool} {one.day}: required {requirement}, kept {resource},"
            f" difference {difference} {one.action}"
        )
