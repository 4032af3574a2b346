"""``manage.py where_is NUMBER``: from a payment to the line on the bank's statement."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.money import Money
from merchants.models import Payment
from merchants.reconciliation.tracing import Trace, trace


class Command(BaseCommand):
    help = "Says where a payment's money is, why, and when something happens next."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="the payment's number")

    def handle(self, *_args: Any, number: str, **_options: Any) -> None:
        payment = Payment.objects.select_related("merchant").filter(number=number[:20]).first()
        if payment is None:
            raise CommandError(f"there is no payment {number[:20]}")
        found = trace(payment=payment, at=timezone.now())
        for line in _steps(found):
            self.stdout.write(line)
        when = f"; next on {found.next_on}" if found.next_on else ""
        self.stdout.write(f"{found.where}: {found.reason}{when}")


def _steps(found: Trace) -> list[str]:
    payment, settlement, item = found.payment, found.settlement, found.item
    steps = [f"payment {payment.number}: {payment.captured}, {payment.state}, {payment.paid_at}"]
    if settlement is not None and item is not None:
        net = Money(item.net_minor, settlement.currency)
        steps.append(
            f"settlement {item.settlement_id} line {item.line_no}: {net} of"
            f" {settlement.business_date}, {settlement.state}, due {settlement.due_on}"
        )
    if settlement is not None and settlement.payout is not None:
        payout = settlement.payout
        steps.append(
            f"payout {payout.number} in file {payout.run}: {payout.amount}, {payout.state},"
            f" paid {payout.paid_at}"
        )
    if found.line is not None:
        steps.append(f"bank line {found.line.bank_reference} booked {found.line.booked_on}")
    return steps
