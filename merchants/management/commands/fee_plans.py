"""Make fee plans, and let a merchant pay by another one from a date."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from merchants.access.audits import name_of
from merchants.fees.agreements import change_plan
from merchants.fees.plans import Terms, make_plan
from merchants.management.reading import colleague, merchant, plan, told
from merchants.models import FeePlan


def _rate(text: str) -> Terms:
    """Read ``KIND:TURNOVER:BPS`` or ``KIND:TURNOVER:BPS:FIXED``, amounts in minor units."""
    kind, *numbers = text.split(":")
    if len(numbers) not in {2, 3} or not all(n.isascii() and n.isdigit() for n in numbers):
        raise argparse.ArgumentTypeError("KIND:TURNOVER:BPS or KIND:TURNOVER:BPS:FIXED")
    turnover, bps, fixed = (int(number) for number in [*numbers, "0"][:3])
    return Terms(rate_bps=bps, fixed_minor=fixed, kind=kind, from_turnover_minor=turnover)


def _instant(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError("no such date") from exc
    if found is None or found.tzinfo is None:
        raise argparse.ArgumentTypeError("write it like 2027-01-01T00:00:00+09:00")
    return found


class Command(BaseCommand):
    help = (
        "Make fee plans, and let a merchant pay by another one from a date. Amounts: minor units."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="list the fee plans")
        made = verbs.add_parser("make", help="make a plan; its terms are final")
        made.add_argument("name")
        made.add_argument("--currency", default="KRW")
        made.add_argument("--bps", type=int, required=True, help="basis points of a payment")
        made.add_argument("--fixed", type=int, default=0)
        made.add_argument("--minimum", type=int, default=0)
        made.add_argument("--maximum", type=int)
        made.add_argument("--vat-bps", type=int, default=1000)
        made.add_argument("--returns-fee", action="store_true", help="refunds give the fee back")
        made.add_argument(
            "--rate", type=_rate, action="append", default=[], help="KIND:TURNOVER:BPS[:FIXED]"
        )
        changed = verbs.add_parser("change", help="let a merchant pay by a plan from an instant")
        changed.add_argument("merchant", help="its public id")
        changed.add_argument("--plan", required=True)
        changed.add_argument("--from", dest="since", type=_instant, help="now unless given")
        changed.add_argument("--by", required=True, help="a colleague's phone number")

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        with told():
            {"list": self._list, "make": self._make, "change": self._change}[verb](options)

    def _list(self, _options: dict[str, Any]) -> None:
        for found in FeePlan.objects.order_by("name"):
            self.stdout.write(
                f"{found.name} {found.currency} {found.rate_bps} bps + {found.fixed_minor}"
            )

    def _make(self, options: dict[str, Any]) -> None:
        made = make_plan(
            name=options["name"],
            currency=options["currency"],
            base=Terms(
                rate_bps=options["bps"],
                fixed_minor=options["fixed"],
                minimum_minor=options["minimum"],
                maximum_minor=options["maximum"],
            ),
            rates=options["rate"],
            vat_bps=options["vat_bps"],
            returns_fee=options["returns_fee"],
        )
        self.stdout.write(f"fee plan {made.name}")

    def _change(self, options: dict[str, Any]) -> None:
        at = timezone.now()
        agreed = change_plan(
            merchant=merchant(options["merchant"]),
            plan=plan(options["plan"]),
            effective_from=options["since"] or at,
            actor=name_of(colleague(options["by"])),
            at=at,
        )
        self.stdout.write(
            f"{options['merchant']} pays by {agreed.plan.name} from {agreed.effective_from}"
        )
