"""Look at settlements: what a day comes to, what another plan would change, and their files."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ledger.money import Money
from merchants.management.reading import merchant, plan, told
from merchants.models import Settlement
from merchants.settlement.preview import compare_plan, preview
from merchants.settlement.shards import revive
from merchants.settlement.verification import file_of

LINES = {
    "payments": ("payment_gross_minor", 1),
    "refunds": ("refund_minor", -1),
    "disputes": ("dispute_minor", -1),
    "fees": ("fee_minor", -1),
    "fees given back": ("fee_refund_minor", 1),
    "VAT on fees": ("vat_minor", -1),
    "held back": ("reserve_hold_minor", -1),
    "released": ("reserve_release_minor", 1),
    "adjustments": ("adjustment_minor", 1),
    "returned payouts": ("payout_return_minor", 1),
    "carried in": ("carry_in_minor", 1),
    "net": ("net_minor", 1),
    "to be paid": ("payout_minor", 1),
    "carried out": ("carry_out_minor", 1),
}


class Command(BaseCommand):
    help = (
        "Preview the day under way, compare fee plans, print a settlement's file, revive a shard."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        shown = actions.add_parser("preview", help="the day under way and the next, as they stand")
        shown.add_argument("merchant")
        compared = actions.add_parser("compare", help="what the day would cost by another plan")
        compared.add_argument("merchant")
        compared.add_argument("--plan", required=True)
        printed = actions.add_parser("file", help="the file whose SHA-256 is on the settlement")
        printed.add_argument("settlement", type=int)
        revived = actions.add_parser("revive", help="try a shard again that failed five times")
        revived.add_argument("shard", type=int)

    def handle(self, *_args: Any, **options: Any) -> None:
        with told():
            getattr(self, f"_{options['action']}")(options)

    def _preview(self, options: dict[str, Any]) -> None:
        found = merchant(options["merchant"])
        for day in preview(merchant=found, at=timezone.now()):
            until = day.closes_at.isoformat()
            self.stdout.write(f"{day.business_date} until {until}, due {day.due_on}")
            if day.settlement is None:
                self.stdout.write("  nothing so far")
                continue
            for name, (field, sign) in LINES.items():
                money = Money(sign * getattr(day.settlement, field), found.currency)
                if money.minor or field == "net_minor":
                    self.stdout.write(f"  {name:<18}{money}")

    def _compare(self, options: dict[str, Any]) -> None:
        found, other = merchant(options["merchant"]), plan(options["plan"])
        change = compare_plan(merchant=found, plan=other, at=timezone.now())
        for name, now, then in (
            ("fees", change.fee_minor, change.other_fee_minor),
            ("VAT", change.vat_minor, change.other_vat_minor),
        ):
            shown = (Money(now, found.currency), Money(then, found.currency))
            self.stdout.write(f"{name:<6}{shown[0]} now, {shown[1]} by {other.name}")
        net = Money(change.net_change_minor, found.currency)
        self.stdout.write(f"net   {net} more, of {change.payment_count} payments")

    def _file(self, options: dict[str, Any]) -> None:
        rows = Settlement.objects.select_related("run__calendar", "merchant", "previous")
        found = rows.filter(pk=options["settlement"]).first()
        if found is None:
            raise CommandError(f"there is no settlement {options['settlement']}")
        self.stdout.write(file_of(found), ending="")

    def _revive(self, options: dict[str, Any]) -> None:
        shard = revive(shard_id=options["shard"])
        self.stdout.write(f"{shard} may be claimed again")
