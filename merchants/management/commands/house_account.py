"""``manage.py house_account NUMBER``: say that an account at the bank is ours."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from merchants.errors import StatementUnreadable
from merchants.models import HouseAccount
from merchants.statements.accounts import add_house_account


class Command(BaseCommand):
    help = "Says that an account at the bank is ours, so that its statements are taken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="account number or IBAN")
        parser.add_argument("--currency", default="KRW")
        parser.add_argument("--purpose", choices=HouseAccount.Purpose.values, required=True)

    def handle(self, *_args: Any, number: str, currency: str, purpose: str, **_o: Any) -> None:
        try:
            made = add_house_account(
                number=number, currency=currency, purpose=purpose, at=timezone.now()
            )
        except StatementUnreadable as exc:
            raise CommandError(exc.why) from exc
        self.stdout.write(f"{made} stands for {made.ledger_account.code}")
